"""Questions before something is changed."""

from __future__ import annotations

from ..errors import Refused
from .context import App


def confirm(app: App, stacks: str, *, approves: str = "") -> None:
    """Returns after the answer yes; `approves` is the step whose hold ends with it. Raises Refused."""
    if not app.terminal.asks:
        raise Refused("nobody can answer yes: stdin is not a terminal", hint="pass --yes to apply without asking")
    hold = f", and approve the hold at {approves}" if approves else ""
    answer = app.terminal.ask(f"Apply this to {stacks}{hold}? Type yes to go on: ")
    if answer.lower() != "yes":
        raise Refused("not applied: the answer was not yes", hint="nothing was changed")
