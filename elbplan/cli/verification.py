"""Checks whether stacks answer: once, until they do, and after an apply."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from rich.text import Text

from ..api.planning import Planned
from ..core.address import Address
from ..core.resource import Resource
from ..errors import ElbplanError, Interrupted
from ..render.verify import apply_rows
from ..run.clock import Clock
from ..run.result import RunResult
from ..run.workflow import Cloud
from ..verify.check import CheckName, Verification
from ..verify.network import NoNetwork
from ..verify.stack import ServedStack
from ..verify.verifier import verify, with_facts
from .context import App
from .dns import network_of
from .plans import retry_command, style_for

BETWEEN = 5.0
"""Seconds between two rounds of checks."""

AFTER_APPLY = 90.0
"""Seconds in which a new load balancer begins to answer."""


class CheckView(Protocol):
    """What a person sees of a check after an apply; `clock` is the clock of its pauses."""

    clock: Clock

    def checking(self) -> AbstractContextManager[object]:
        """Surrounds the check."""

    def verified(self, verification: Verification, rows: Sequence[Text]) -> None:
        """Shows its result."""


def checked(app: App, stack: ServedStack, cloud: Cloud, clock: Clock | None = None) -> Verification:
    """All checks of a stack. Raises nothing: a problem is in the result."""
    try:
        network = network_of(app, stack.region, stack.account)
        return verify(with_facts(stack, cloud.send), network, clock or app.clock)
    except ElbplanError as problem:
        return Verification(stack.name, problem=problem.what)


def until_all_answer(
    clock: Clock,
    look: Callable[[], Sequence[Verification]],
    seconds: float,
    tell: Callable[[Sequence[Verification]], None] = lambda _: None,
    may_pass: Callable[[Verification], bool] = lambda _: True,
) -> Sequence[Verification]:
    """Looks again and again until every stack answers or the time is over.

    `tell` gets each round. `may_pass` says whether waiting can help a stack that does not answer.
    """
    end = clock.now() + seconds
    while True:
        found = look()
        tell(found)
        waiting = any(not verification.answers and may_pass(verification) for verification in found)
        if not waiting or clock.now() + BETWEEN > end:
            return found
        clock.sleep(BETWEEN)


LASTING: tuple[CheckName, ...] = ("listener", "certificate", "security-path", "delegation")
"""The checks whose failure does not pass by itself."""


def starts_soon(verification: Verification) -> bool:
    """True if every failure may be one of a load balancer that has just been created."""
    return not verification.problem and all(check.name not in LASTING for check in verification.failures)


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
        stack = self._served(result)
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

    def _served(self, result: RunResult) -> ServedStack:
        """The stack after the run, with the ids that it created."""
        stack = ServedStack.of(result.plan, retry_command(self.app, "apply", self.paths))
        known = result.known
        resources = {address: resource for address in known.ids if (resource := _current(result, address))}
        ids = {address: id for address, id in known.ids.items() if address in resources}
        return replace(stack, resources=resources, ids=ids, path=result.plan.security_path)


def _current(result: RunResult, address: Address) -> Resource | None:
    """The resource as the run left it; None for an old side of a replacement."""
    return None if address.deposed else result.resource(address)
