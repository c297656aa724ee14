"""Stacks of elbplan that are left over as a whole: past their end, without a load balancer, or moved. Pure.

A stack whose spec is not in this folder, or whose file has another name now, is not left over for that reason alone:
another folder may have the spec.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ..core.stack import Stack
from ..core.utc import log_time
from ..cost.quantities import Billed, quantities
from ..cost.quantity import Quantity
from .leftover import Leftover, SinceWhat
from .specs import SpecOf, same_file, spec_of
from .stacks import AccountStack
from .words import destroy_command

NAMED_KINDS = ("instance", "elastic_ip", "target_group", "security_group", "certificate")
"""The kinds that the reason names, those that cost something first."""


def left_stacks(stacks: Iterable[AccountStack], specs: Sequence[Stack], now: float) -> list[Leftover]:
    """The stacks that are left over, each as one leftover with everything that AWS bills of it."""
    return list(chain.from_iterable(_left(stack, spec_of(stack, specs), now) for stack in stacks))


def _left(stack: AccountStack, spec: SpecOf, now: float) -> Iterator[Leftover]:
    expiry = stack.expiry
    if stack.problem or (stack.last_run is not None and stack.last_run.holds):
        return
    if expiry is not None and expiry.at is not None and expiry.is_past(now):
        yield _leftover(stack, f"its spec says `expires: {expiry.text}`", expiry.at, "expired")
    elif spec.state == "other-region" and same_file(spec.file, stack.spec):
        yield _leftover(stack, f"its spec {spec.file} is of {spec.now} now", stack.created, "created")
    elif stack.lives and not stack.has("load_balancer"):
        yield _leftover(stack, f"it has no load balancer, only {_content(stack)}", stack.created, "created")


def _content(stack: AccountStack) -> str:
    """`2 instances, 1 target group`"""
    counts = {kind: len(stack.has(kind)) for kind in NAMED_KINDS}
    words = [f"{n} {kind.replace('_', ' ')}{'s' if n > 1 else ''}" for kind, n in counts.items() if n]
    return ", ".join(words) or "records and rules"


def _leftover(stack: AccountStack, why: str, since: float | None, what: SinceWhat) -> Leftover:
    return Leftover(
        "stack",
        stack.name,
        stack.region,
        f"stack {stack.name}",
        why,
        (destroy_command(stack.name, stack.region),),
        list(_quantities(stack)),
        log_time(since) if since is not None else "",
        what if since is not None else "",
        stack.name,
    )


def _quantities(stack: AccountStack) -> Iterator[Quantity]:
    models = {address: live.model for address, live in stack.lives.items()}
    return quantities(Billed(models, stack.lives))


def without_parts(leftovers: Sequence[Leftover], stacks: Sequence[Leftover]) -> list[Leftover]:
    """The leftovers without those that end with a stack that is left over as a whole."""
    whole = {(stack.stack, stack.region) for stack in stacks}
    return [each for each in leftovers if (each.stack, each.region) not in whole]
