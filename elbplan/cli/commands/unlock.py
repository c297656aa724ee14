"""elbplan unlock: take the lock from a run that is surely dead."""

from __future__ import annotations

import json

import click

from ...errors import Refused, UsageProblem
from ...render.runs import last_text, written_text
from ...run.lock.manager import DeadRun
from ...run.lock.messages import run_title
from ...run.lock.record import RunRecord
from ..context import App
from ..group import HelpFirstCommand
from ..locks import StackRunStore, run_stores_of
from ..options import shared

EXAMPLES = (
    "elbplan unlock my-web           check that the run is dead, then ask",
    "elbplan unlock my-web --yes     do not ask, for scripts",
    "elbplan unlock my-web --force   do not check that the run is dead",
)


@click.command(
    cls=HelpFirstCommand,
    name="unlock",
    examples=EXAMPLES,
    help="Release the lock of a dead run. You seldom need this: the next apply takes over after 90 s.",
)
@click.argument("word", metavar="STACK|PATH")
@click.option("-y", "--yes", "yes", is_flag=True, help="Do not ask.")
@click.option(
    "--force", is_flag=True, help="Do not check that the run is dead. A live run stops at its next heartbeat."
)
@shared
@click.pass_obj
def command(app: App, word: str, yes: bool, force: bool) -> int:
    """Look, watch, ask, mark the record."""
    them = run_stores_of(app, [word])
    if len(them) != 1:
        names = ", ".join(one.stack for one in them) or "none"
        raise UsageProblem(f"{word} holds several stacks: {names}", hint="name one: elbplan unlock STACK")
    return _unlock(app, them[0], yes, force)


def _unlock(app: App, one: StackRunStore, yes: bool, force: bool) -> int:
    runs = one.runs()
    holder = runs.holder
    if holder is None:
        return _say(app, one, False, f"{one.stack} is not locked (last run: {last_text(runs)}).")
    if not yes:
        _somebody_there(app)
    dead = None if force else _judged(one, holder)
    if dead is None and not force:
        return _say(app, one, False, f"{one.stack} is not locked: run {holder.number} has just ended by itself.")
    if not yes:
        _ask(app, one.stack, f"{run_title(holder)}: {dead.why if dead else written_text(holder)}")
    one.keeper.release(holder, f"unlocked by {one.keeper.who.name}", dead.seen if dead else None)
    return _say(app, one, True, f"{one.stack} is unlocked; run {holder.number} is marked as taken over.")


def _judged(one: StackRunStore, holder: RunRecord) -> DeadRun | None:
    """The dead run; None if it ended by itself meanwhile. Raises Refused while it lives."""
    try:
        return one.keeper.judge(holder)
    except Refused as alive:
        raise Refused(
            f"{one.stack} is not unlocked: {alive.what}",
            hint="wait until it has ended; --force takes the lock all the same, and stops it at its next heartbeat",
        ) from alive


def _somebody_there(app: App) -> None:
    """Raises Refused where nobody can be asked, before anybody waits."""
    if not app.terminal.asks:
        raise Refused("nobody is there to say yes: stdin is not a terminal", hint="pass --yes to unlock without asking")


def _ask(app: App, stack: str, holder: str) -> None:
    """Returns after a yes. Raises Refused."""
    app.terminal.err(f"{stack} is locked by {holder}.")
    if app.terminal.ask("Is it surely dead? Type yes to unlock: ").lower() != "yes":
        raise Refused("not unlocked: the answer was not yes", hint="nothing was changed")


def _say(app: App, one: StackRunStore, unlocked: bool, text: str) -> int:
    document = {"schema": 1, "stack": one.stack, "unlocked": unlocked}
    app.terminal.out(json.dumps(document) if app.options.json else text)
    return 0
