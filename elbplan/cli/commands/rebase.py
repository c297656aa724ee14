"""elbplan rebase: put the migrations of two merged branches in order, or refresh edited files."""

from __future__ import annotations

from pathlib import PurePath

import click

from ...errors import UsageProblem
from ...migrations.drift.accept import DriftAccepter
from ...migrations.files.fingerprints import refresh
from ...migrations.files.folder import Folder
from ...migrations.position.locator import Locator
from ...migrations.rebase.rebase import Rebase
from ..context import App
from ..group import HelpFirstCommand
from ..migration_files import observe_stack, report_files, write_files
from ..options import migrations_dir, shared
from ..select import select, select_spec

EXAMPLES = (
    "elbplan rebase specs/web.yaml             after a merge of two branches",
    "elbplan rebase specs/web.yaml 0005_cache  move this migration to the end",
    "elbplan rebase --refresh my-web           after you edited a migration",
)


@click.command(
    cls=HelpFirstCommand,
    name="rebase",
    examples=EXAMPLES,
    help="Put the migrations of two branches in order, or plan the pending migration again. "
    "Writes only files, not AWS.",
)
@click.argument("word", metavar="STACK|PATH")
@click.argument("file", required=False, default="", metavar="[FILE]")
@click.option("--refresh", is_flag=True, help="Only recompute from, to, then and HEAD from the steps.")
@click.option("--accept-drift", is_flag=True, help="First accept drift, as `elbplan accept-drift` does.")
@migrations_dir
@shared
@click.pass_obj
def command(app: App, word: str, file: str, refresh: bool, accept_drift: bool, base: str) -> int:
    """Refreshes the files, or rebases them with the spec and AWS."""
    if refresh:
        if file or accept_drift:
            raise UsageProblem(
                "--refresh takes neither FILE nor --accept-drift", hint=f"elbplan rebase --refresh {word}"
            )
        return _refresh(app, word, base)
    return _rebase(app, word, file, accept_drift, base)


def _used(folder: Folder) -> Folder:
    if not folder.used:
        raise UsageProblem(f"folder {folder.path} does not exist", hint="elbplan plan --save NAME creates it")
    return folder


def _refresh(app: App, word: str, base: str) -> int:
    """Recomputes the fingerprints in the files and in HEAD."""
    refreshed = [refresh(_used(selection.folder)) for selection in select(app, [word], base)]
    for file in (file for stack in refreshed for file in stack.changed):
        app.terminal.out(str(file))
    for id in (id for stack in refreshed for id in stack.off_spec):
        what = f"the result of {id} is no longer the spec that it was saved from"
        app.terminal.err(f"{what}: elbplan plan shows the difference")
    if not any(stack.changed for stack in refreshed):
        app.terminal.err("nothing to do: all fingerprints match their steps")
    return 0


def _rebase(app: App, word: str, file: str, accept_drift: bool, base: str) -> int:
    """Rebases the migrations; with `accept_drift` also adds one for drift."""
    selection = select_spec(app, word, base)
    stack, folder = selection.stack, _used(selection.folder)
    cloud, observed = observe_stack(app, stack, folder)
    rebased = Rebase(folder, stack, observed).rebased(_migration_id(file), drifted=accept_drift)
    files, notes, overrides = rebased.files, rebased.notes, ""
    if accept_drift and Locator(observed, stack.ignore).exact([written.migration for written in files]) is None:
        accepted = DriftAccepter(cloud, stack, observed).accept_into_files(files)
        files, notes, overrides = accepted.files, (*notes, *accepted.notes), accepted.block.text
    changes = write_files(folder, files)
    if not any(changes.values()):
        notes = (*notes, "nothing to do: every migration starts where the previous migration ends")
    report_files(app, stack.name, changes, notes)
    if overrides and not app.options.json:
        app.terminal.err("add this to the spec:", *overrides.rstrip().split("\n"))
    return 0


def _migration_id(file: str) -> str:
    """Returns `0005_cache` for migrations/web/0005_cache.yaml."""
    return PurePath(file).name.removesuffix(".yaml")
