"""Looks for the stack that a new one takes the place of, because its spec was renamed or is of another region now."""

from __future__ import annotations

from collections.abc import Callable

from ..core.call import Answer, Call
from ..core.stack import Stack
from ..kinds import KINDS
from ..live.observe import observe_each
from .asking import ask, is_usable
from .stack_names import recorded_specs
from .stacks import AccountStack, by_address

PERMISSIONS = ("ssm:DescribeParameters",)


def recorded_stacks(send: Callable[[Call], Answer]) -> dict[str, str]:
    """The stacks of a region with the path of their specs, as far as it is recorded. One call for 50 stacks."""
    filters = [{"Key": "Name", "Option": "Contains", "Values": ["/inventory"]}]
    answer = send(ask("ssm", "DescribeParameters", ParameterFilters=filters, MaxResults=50))
    return dict(recorded_specs(answer["Parameters"])) if is_usable(answer) else {}


def read_stack(send: Callable[[Call], Answer], region: str, name: str, account: str = "") -> AccountStack | None:
    """The stack with this name, by its tags; None if AWS has nothing of it, or does not let elbplan read it."""
    observed = observe_each(send, region, [Stack(name, None, {})], KINDS, looking_up=False)[name]
    return AccountStack(name, region, account, by_address(observed.live)) if observed.live else None
