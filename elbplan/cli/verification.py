"""Checks whether stacks answer: once, until they do, and after an apply."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.text import Text

from ..api import verification
from ..api.planning import Planned
from ..api.runs import RunView, answers_after
from ..api.verification import AFTER_APPLY
from ..errors import Interrupted
from ..render.verify import apply_rows
from ..run.result import RunResult
from ..run.workflow import Cloud
from ..verification.check import Verification
from ..verification.client_identity import ClientIdentity
from ..verification.stack import ServedStack
from .connect import access_of
from .context import App
from .plans import retry_command, style_for


class CheckView(RunView, Protocol):
    """What a person sees of a check after an apply."""

    def verified(self, verification: Verification, rows: Sequence[Text]) -> None:
        """Shows its result."""


def checked(app: App, stack: ServedStack, cloud: Cloud, identity: ClientIdentity | None = None) -> Verification:
    """All checks of a stack. Raises nothing: a problem is in the result."""
    return verification.checked(access_of(app), stack, cloud, app.clock, identity)


@contextlib.contextmanager
def checking(app: App, stacks: str) -> Iterator[None]:
    """Shows that a stack is checked."""
    if app.options.quiet or app.options.json or not app.terminal.can_redraw:
        yield
        return
    with app.terminal.console(app.terminal.stderr).status(f"checking that {stacks} answers"):
        yield


@dataclass
class AnswerCheck:
    """The check after an apply.

    paths    the specs of the command, for the next command
    seconds  how long a new load balancer may take to answer
    """

    app: App
    paths: Sequence[str]
    seconds: float = AFTER_APPLY

    def after(self, planned: Planned, result: RunResult, view: CheckView) -> Verification | None:
        """Checks the stack as the run left it, and shows the result; None if there is nothing to check.

        Raises Interrupted after Ctrl-C.
        """
        retry = retry_command(self.app, "apply", self.paths)
        try:
            found = answers_after(access_of(self.app), planned.cloud, result, view, retry, self.seconds)
        except (KeyboardInterrupt, Interrupted):
            what = f"{result.plan.stack} is applied; the check whether it answers was interrupted"
            raise Interrupted(what, hint=self.command) from None
        if found is None:
            return None
        style = style_for(self.app, self.app.terminal.stdout)
        view.verified(found, apply_rows(found, style, self.command, self.app.terminal.redacted))
        return found

    @property
    def command(self) -> str:
        """The command that checks again until the stack answers."""
        return f"{retry_command(self.app, 'verify', self.paths)} --watch"
