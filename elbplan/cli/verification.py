"""Checks whether stacks answer: once, until they do, and after an apply."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from rich.text import Text

from ..api import verification
from ..api.planning import Planned
from ..api.verification import AFTER_APPLY, served_after, starts_soon, until_all_answer
from ..errors import Interrupted
from ..render.verify import apply_rows
from ..run.clock import Clock
from ..run.result import RunResult
from ..run.workflow import Cloud
from ..verification.check import Verification
from ..verification.network import NoNetwork
from ..verification.stack import ServedStack
from .connect import access_of
from .context import App
from .dns import network_of
from .plans import retry_command, style_for


class CheckView(Protocol):
    """What a person sees of a check after an apply; `clock` is the clock of its pauses."""

    clock: Clock

    def checking(self) -> AbstractContextManager[object]:
        """Surrounds the check."""

    def verified(self, verification: Verification, rows: Sequence[Text]) -> None:
        """Shows its result."""


def checked(app: App, stack: ServedStack, cloud: Cloud, clock: Clock | None = None) -> Verification:
    """All checks of a stack. Raises nothing: a problem is in the result."""
    return verification.checked(access_of(app), stack, cloud, clock or app.clock)


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
        stack = served_after(result, retry_command(self.app, "apply", self.paths))
        if not result.complete or not list(stack.balancers()):
            return None
        seconds = 0 if isinstance(network_of(self.app, stack.region, stack.account), NoNetwork) else self.seconds
        try:
            with view.checking():
                look = partial(self._look, stack, planned.cloud, view.clock)
                (found,) = until_all_answer(view.clock, look, seconds, may_pass=starts_soon)
        except (KeyboardInterrupt, Interrupted):
            what = f"{stack.name} is applied; the check whether it answers was interrupted"
            raise Interrupted(what, hint=self.command) from None
        style = style_for(self.app, self.app.terminal.stdout)
        view.verified(found, apply_rows(found, style, self.command, self.app.terminal.redacted))
        return found

    def _look(self, stack: ServedStack, cloud: Cloud, clock: Clock) -> Sequence[Verification]:
        return [checked(self.app, stack, cloud, clock)]

    @property
    def command(self) -> str:
        """The command that checks again until the stack answers."""
        return f"{retry_command(self.app, 'verify', self.paths)} --watch"
