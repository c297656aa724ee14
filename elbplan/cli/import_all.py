"""`elbplan import --all`: a spec for each load balancer of a region."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from ..core.call import Call
from ..core.stack import Stack
from ..core.utc import time_text
from ..errors import ElbplanError
from ..importer.every import Candidate, every_candidate
from ..importer.owners import TERRAFORM
from ..importer.read import read_any
from ..importer.write import spec_text
from ..live.batch import BatchReader
from ..render.imports import ImportRow, imports_document, imports_screen
from ..run.workflow import Cloud
from .context import App
from .errors import worst
from .options import DEFAULT_PATHS
from .plans import retry_command, style_for
from .reading import reading
from .spec_files import write_file

WHO = Call("sts", "GetCallerIdentity")


def import_all(app: App, cloud: Cloud, folder: str | None, force: bool) -> int:
    """Writes the specs into the folder, and says which load balancers have none. Returns the exit code."""
    folder = folder or DEFAULT_PATHS[0]
    with reading(app, [Stack("all load balancers", cloud.region, {})], cloud.region):
        account = str(cloud.send(WHO)["Account"])
        reader = BatchReader(cloud.send)
        (candidates,) = reader.run([every_candidate(force)])
        rows = [
            _imported(reader, cloud.region, account, candidate, folder, force, app.wall) for candidate in candidates
        ]
    if app.options.json:
        app.terminal.out(json.dumps(imports_document(rows, account, cloud.region), indent=2))
    else:
        _show(app, rows, cloud.region, folder)
    return worst(row.code for row in rows)


def _imported(
    reader: BatchReader,
    region: str,
    account: str,
    candidate: Candidate,
    folder: str,
    force: bool,
    wall: Callable[[], float],
) -> ImportRow:
    """Writes one spec. What elbplan refuses for one load balancer does not concern the others."""
    if candidate.why:
        return ImportRow(candidate.title, candidate.id, why=candidate.why)
    file = f"{folder}/{candidate.stack}.yaml"
    if Path(file).exists():
        return ImportRow(candidate.title, candidate.id, why=f"{file} exists already")
    try:
        source = read_any(reader, region, account, candidate.raw, candidate.stack)
        if source.owner and not force:
            why = f"it belongs to {source.owner.name}: --force imports it nevertheless"
            return ImportRow(candidate.title, candidate.id, why=why)
        write_file(file, spec_text(source, candidate.stack, file, time_text(wall())[:10]))
    except ElbplanError as problem:
        return ImportRow(candidate.title, candidate.id, why=problem.what, hint=problem.hint, code=problem.exit_code)
    return ImportRow(candidate.title, candidate.id, file, source)


def _show(app: App, rows: Sequence[ImportRow], region: str, folder: str) -> None:
    """The files on stdout, and a line for each load balancer on stderr."""
    written = [row.file for row in rows if row.file]
    if written:
        app.terminal.out("\n".join(written))
    if app.options.quiet:
        return
    commands = [(retry_command(app, "plan", [folder]), "shows what elbplan would do")] if written else []
    note = TERRAFORM if any(row.source and row.source.ids for row in rows) else ""
    lines = imports_screen(rows, region, note, commands, style_for(app, app.terminal.stderr))
    app.terminal.show(lines, app.terminal.stderr)
