"""elbplan doctor: check whether elbplan can work here, and say what to do if it cannot. Writes nothing to AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ...core.stack import Stack
from ...doctor.check import Check, healthy
from ...doctor.places import (
    MigrationFacts,
    SpecFacts,
    folder_check,
    migrations_checks,
    specs_check,
    stacks_with_migrations,
)
from ...doctor.software import Screen, sandbox_check, terminal_check, version_checks
from ...errors import ElbplanError, SpecProblem
from ...migrations.files.folder import Folder
from ...migrations.files.loader import load as load_migrations
from ...render.doctor import doctor_document, doctor_end, doctor_rows
from ...spec import BrokenSpec
from ...version import __version__
from ..context import App
from ..doctor import Examination
from ..errors import state_dir
from ..group import HelpFirstCommand
from ..options import DEFAULT_PATHS, migrations_dir, shared
from ..plans import stacks_or_problems_of, style_for
from ..select import entries_of

EXAMPLES = (
    "elbplan doctor                  check versions, credentials, permissions, quotas, folders",
    "elbplan doctor specs/web.yaml   only what this stack needs",
    "elbplan doctor --json           the checks as JSON, for scripts",
)


@click.command(
    cls=HelpFirstCommand,
    name="doctor",
    examples=EXAMPLES,
    help="Check whether elbplan can work here: versions, credentials, region, connection, clock, permissions, quotas. "
    "It changes nothing.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH]...")
@migrations_dir
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...], base: str) -> int:
    """Prints each check when it is done. Ends with 1 if one failed."""
    entries = entries_of(app, words) if words else _default_entries(app)
    stacks = [entry for entry in entries if isinstance(entry, Stack)]
    checks: list[Check] = []
    for check in _checks(app, words, entries, stacks, base):
        checks.append(check)
        if not app.options.json and not (app.options.quiet and check.state != "failed"):
            app.terminal.show([*doctor_rows(check, style_for(app, app.terminal.stdout), app.terminal.redacted)])
    if app.options.json:
        app.terminal.out(json.dumps(doctor_document(checks, app.terminal.redacted), indent=2))
    else:
        app.terminal.show(doctor_end(checks, style_for(app, app.terminal.stdout)))
    return 0 if healthy(checks) else ElbplanError.exit_code


def _default_entries(app: App) -> Sequence[Stack | BrokenSpec]:
    """The default specs; none if there are none."""
    folder = Path(DEFAULT_PATHS[0])
    if not folder.is_dir() or not any(folder.glob("*.y*ml")):
        return []
    return stacks_or_problems_of(app, (), must_have_one=False)


def _checks(
    app: App, words: Sequence[str], entries: Sequence[Stack | BrokenSpec], stacks: Sequence[Stack], base: str
) -> Iterator[Check]:
    examination = _examination(app, stacks)
    yield from version_checks(__version__)
    yield terminal_check(_screen(app))
    yield sandbox_check()
    yield folder_check(state_dir(app.terminal))
    yield specs_check(_spec_facts(entries, stacks, bool(words)))
    yield from migrations_checks(_migration_facts(base, stacks if words else None), [stack.name for stack in stacks])
    if isinstance(examination, ElbplanError):
        yield Check("sandbox", "failed", examination.what, examination.hint)
    else:
        yield from examination.checks()


def _examination(app: App, stacks: Sequence[Stack]) -> Examination | ElbplanError:
    """The checks of AWS. With --sandbox the simulator starts now; if it cannot, this is one more check that fails."""
    try:
        return Examination(app, stacks)
    except ElbplanError as problem:
        return problem


def _screen(app: App) -> Screen:
    terminal = app.terminal
    stream = terminal.stdout
    encoding = str(getattr(stream, "encoding", None) or "utf-8").lower()
    shown = stream.isatty()
    return Screen(encoding, terminal.width(stream), shown, terminal.colours(stream), terminal.ascii(stream))


def _spec_facts(entries: Sequence[Stack | BrokenSpec], stacks: Sequence[Stack], named: bool) -> SpecFacts:
    broken = [entry for entry in entries if isinstance(entry, BrokenSpec)]
    problems = [f"{p.file}:{p.line}: {p.what}" for entry in broken for p in entry.problem.problems[:1]]
    exists = named or bool(entries)
    return SpecFacts(f"{DEFAULT_PATHS[0]}/", exists, [stack.name for stack in stacks], problems)


def _migration_facts(base: str, stacks: Sequence[Stack] | None) -> MigrationFacts:
    """The migrations of these stacks, or of all folders."""
    known = stacks_with_migrations(base)
    names = known if stacks is None else [stack.name for stack in stacks if stack.name in known]
    folders = [folder for name in names if (folder := Folder.of(name, base)).used]
    problems = []
    for folder in folders:
        try:
            load_migrations(folder)
        except SpecProblem as problem:
            first = problem.problems[0]
            problems.append(f"{first.file}:{first.line}: {first.what}")
    return MigrationFacts(base, [folder.stack for folder in folders], problems)
