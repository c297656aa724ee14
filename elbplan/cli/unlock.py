"""elbplan unlock: take the lock from a run that is surely dead."""

from __future__ import annotations

import json

import click

from ..errors import Refused, UsageProblem
from .app import App
from .lazy import Spoken
from .locking import Ledgered, ledgers
from .options import shared

EXAMPLES = (
    "elbplan unlock my-web           shows who has the lock, and asks",
    "elbplan unlock my-web --yes     without asking, for scripts",
    "elbplan unlock my-web --force   although it still shows signs of life",
)


@click.command(
    cls=Spoken,
    name="unlock",
    examples=EXAMPLES,
    help="Take the lock from a run that is dead. Seldom needed: the next apply takes over by itself after 90 s.",
)
@click.argument("word", metavar="STACK|PATH")
@click.option("-y", "--yes", "yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="Even from a run whose heartbeat is fresh.")
@shared
@click.pass_obj
def command(app: App, word: str, yes: bool, force: bool) -> int:
    """Look, ask, mark the record."""
    them = ledgers(app, [word])
    if len(them) != 1:
        names = ", ".join(one.stack for one in them) or "none"
        raise UsageProblem(f"{word} holds several stacks: {names}", hint="name one: elbplan unlock STACK")
    return _unlock(app, them[0], yes, force)


def _unlock(app: App, one: Ledgered, yes: bool, force: bool) -> int:
    from ..run.lock import title
    from ..show.runs import ago, last_text

    runs = one.runs()
    holder = runs.holder
    if holder is None:
        return _say(app, one, False, f"{one.stack} is not locked (last run: {last_text(runs)}).")
    heard = f"{title(holder)}, last heartbeat {ago(holder.silent(runs.now))}"
    if not runs.dead and not force:
        raise Refused(
            f"{one.stack} is not unlocked: {heard}; it lives",
            hint="wait until it has ended; --force takes the lock all the same, and stops it at its next heartbeat",
        )
    if not yes:
        _ask(app, one.stack, heard)
    one.keeper.release(holder, f"unlocked by {one.keeper.who.name}")
    return _say(app, one, True, f"{one.stack} is unlocked; run {holder.number} is marked as taken over.")


def _ask(app: App, stack: str, heard: str) -> None:
    """Returns after a yes. Raises Refused."""
    if not app.terminal.asks:
        raise Refused("nobody is there to say yes: stdin is not a terminal", hint="pass --yes to unlock without asking")
    app.terminal.err(f"{stack} is locked by {heard}.")
    if app.terminal.ask("Is it surely dead? Type yes to unlock: ").lower() != "yes":
        raise Refused("not unlocked: the answer was not yes", hint="nothing was changed")


def _say(app: App, one: Ledgered, unlocked: bool, text: str) -> int:
    document = {"schema": 1, "stack": one.stack, "unlocked": unlocked}
    app.terminal.out(json.dumps(document) if app.options.json else text)
    return 0
