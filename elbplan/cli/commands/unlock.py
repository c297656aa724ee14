"""elbplan unlock: release the lock of a dead run."""

from __future__ import annotations

import json

import click

from ...errors import Refused, UsageProblem
from ...render.runs import last_run_text, written_text
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
    """Checks that the run is dead, asks the user, and marks its record as taken over."""
    stores = run_stores_of(app, [word])
    if len(stores) != 1:
        what = (
            f"{word} has several stacks: {', '.join(store.stack for store in stores)}"
            if stores
            else f"{word} has no stack"
        )
        raise UsageProblem(what, hint="use the name of one stack: elbplan unlock STACK")
    return _unlock(app, stores[0], yes, force)


def _unlock(app: App, store: StackRunStore, yes: bool, force: bool) -> int:
    runs = store.runs()
    holder = runs.holder
    if holder is None:
        return _report(app, store, False, f"{store.stack} is not locked (last run: {last_run_text(runs)}).")
    if not yes:
        app.terminal.require_user("pass --yes to unlock without a question")  # before the watch of 90 s
    dead = None if force else _dead_run(store, holder)
    if dead is None and not force:
        return _report(app, store, False, f"{store.stack} is not locked: run {holder.number} ended in the meantime.")
    if not yes:
        _ask(app, store.stack, f"{run_title(holder)}: {dead.why if dead else written_text(holder)}")
    store.locks.release(holder, f"unlocked by {store.locks.who.name}", dead.seen if dead else None)
    return _report(app, store, True, f"{store.stack} is unlocked; run {holder.number} is marked as taken over.")


def _dead_run(store: StackRunStore, holder: RunRecord) -> DeadRun | None:
    """Returns the dead run; None if the run ended in the meantime. Raises Refused if the run is alive."""
    try:
        return store.locks.find_dead_run(holder)
    except Refused as alive:
        raise Refused(
            f"{store.stack} is not unlocked: {alive.what}",
            hint="wait until the run ends; --force releases the lock anyway, and the run stops at its next heartbeat",
        ) from alive


def _ask(app: App, stack: str, holder: str) -> None:
    """Asks the user. Raises Refused for any answer but yes."""
    app.terminal.err(f"{stack} is locked by {holder}.")
    if app.terminal.ask("Are you sure that this run is dead? Type yes to unlock: ").lower() != "yes":
        raise Refused("not unlocked: the answer was not yes", hint="nothing was changed")


def _report(app: App, store: StackRunStore, unlocked: bool, text: str) -> int:
    document = {"schema": 1, "stack": store.stack, "unlocked": unlocked}
    app.terminal.out(json.dumps(document) if app.options.json else text)
    return 0
