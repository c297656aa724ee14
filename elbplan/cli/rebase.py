"""elbplan rebase: make edited migrations true again."""

from __future__ import annotations

import click

from ..errors import UsageProblem
from .app import App
from .lazy import Spoken
from .options import shared

EXAMPLES = ("elbplan rebase --refresh my-web   after a file was edited by hand",)


@click.command(cls=Spoken, name="rebase", examples=EXAMPLES, help="Make edited migrations true again, without AWS.")
@click.argument("stack")
@click.option("--refresh", is_flag=True, help="Compute from, to, then and HEAD anew from the steps.")
@click.option("--migrations", "base", default="migrations", metavar="DIR", help="Where migrations lie (migrations).")
@shared
@click.pass_obj
def command(app: App, stack: str, refresh: bool, base: str) -> int:
    """Rewrite the fingerprints in their places."""
    from ..history.refresh import refresh as refreshed
    from ..history.store import Folder
    from ..kinds import KINDS

    folder = Folder.of(stack, base)
    if not refresh:
        raise UsageProblem("say what to do: --refresh", hint=f"elbplan rebase --refresh {stack}")
    if not folder.used:
        raise UsageProblem(f"there is no folder {folder.path}", hint="elbplan plan --save NAME begins one")
    changed = refreshed(folder, KINDS)
    for file in changed:
        app.terminal.out(str(file))
    if not changed:
        app.terminal.err("nothing to do: every file says what its steps do")
    return 0
