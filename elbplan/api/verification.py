"""Checks whether stacks answer: once, until they do, and after a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..core.address import Address
from ..core.resource import Resource
from ..errors import ElbplanError
from ..run.clock import Clock
from ..run.result import RunResult
from ..run.workflow import Cloud
from ..verification.check import CheckName, Verification
from ..verification.client_identity import ClientIdentity
from ..verification.stack import ServedStack
from ..verification.verifier import verify, with_facts
from .access import Access
from .network import network_of

BETWEEN = 5.0
"""Seconds between two rounds of checks."""

AFTER_APPLY = 90.0
"""Seconds in which a new load balancer begins to answer."""


def checked(
    access: Access, stack: ServedStack, cloud: Cloud, clock: Clock, identity: ClientIdentity | None = None
) -> Verification:
    """All checks of a stack. Raises nothing: a problem is in the result."""
    try:
        network = network_of(access, stack.region, stack.account)
        return verify(with_facts(stack, cloud.send), network, clock, identity=identity)
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


def served_after(result: RunResult, retry: str = "elbplan apply") -> ServedStack:
    """The stack after a run, with the ids that the run created. `retry` is the command that applies it again."""
    stack = ServedStack.of(result.plan, retry)
    known = result.known
    resources = {address: resource for address in known.ids if (resource := _current(result, address))}
    ids = {address: id for address, id in known.ids.items() if address in resources}
    return replace(stack, resources=resources, ids=ids, path=result.plan.security_path)


def _current(result: RunResult, address: Address) -> Resource | None:
    """The resource as the run left it; None for an old side of a replacement."""
    return None if address.deposed else result.resource(address)
