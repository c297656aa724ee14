"""elbplan rebase: one row of migrations again, after two branches met or a file was edited."""

from __future__ import annotations

from pathlib import PurePath

import click

from ...errors import UsageProblem
from ...kinds import KINDS
from ...migrations.drift.accept import DriftAccepter
from ...migrations.files.fingerprints import refresh
from ...migrations.files.folder import Folder
from ...migrations.position.nearest import position_of
from ...migrations.rebase.rebase import Rebase
from ..context import App
from ..group import HelpFirstCommand
from ..locks import is_path
from ..migration_files import observe_stack, one_stack, report_files, write_files
from ..options import migrations_dir, shared

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
@click.option("--accept-drift", "adopting", is_flag=True, help="First accept drift, as `elbplan accept-drift` does.")
@migrations_dir
@shared
@click.pass_obj
def command(app: App, word: str, file: str, refresh: bool, adopting: bool, base: str) -> int:
    """By the steps alone, or by spec and AWS."""
    if refresh:
        if file or adopting:
            raise UsageProblem("--refresh is about all files, and takes nothing in", hint=f"elbplan rebase {word}")
        return _refresh(app, word, base)
    return _rebase(app, word, file, adopting, base)


def _folder(stack: str, base: str) -> Folder:
    folder = Folder.of(stack, base)
    if not folder.used:
        raise UsageProblem(f"there is no folder {folder.path}", hint="elbplan plan --save NAME begins one")
    return folder


def _refresh(app: App, word: str, base: str) -> int:
    """Rewrite the fingerprints in their places."""
    refreshed = refresh(_folder(one_stack(app, word).name if is_path(word) else word, base), KINDS)
    for file in refreshed.changed:
        app.terminal.out(str(file))
    for id in refreshed.elsewhere:
        what = f"{id} does not lead to the spec that it was saved from any more"
        app.terminal.err(f"{what}: elbplan plan shows what the spec wants more")
    if not refreshed.changed:
        app.terminal.err("nothing to do: every file says what its steps do")
    return 0


def _rebase(app: App, word: str, file: str, adopting: bool, base: str) -> int:
    stack = one_stack(app, word)
    folder = _folder(stack.name, base)
    cloud, seen = observe_stack(app, stack, folder)
    made = Rebase(folder, stack, seen, KINDS).rebased(_id(file), drifted=adopting)
    files, notes, block = made.files, made.notes, ""
    if adopting and position_of(seen, [one.migration for one in files], KINDS, stack.ignore) is None:
        adopted = DriftAccepter(cloud, stack, seen, KINDS).behind(files)
        files, notes, block = adopted.files, (*notes, *adopted.notes), adopted.block.text
    said = write_files(folder, files)
    if not any(said.values()):
        notes = (*notes, "nothing to do: every file begins where the one before it ends")
    report_files(app, stack.name, said, notes)
    if block and not app.options.json:
        app.terminal.err("write this into the spec:", *block.rstrip().split("\n"))
    return 0


def _id(file: str) -> str:
    """`0005_cache` of migrations/web/0005_cache.yaml, too."""
    return PurePath(file).name.removesuffix(".yaml")
