"""plan, apply, destroy as functions: what the command line and the tests call."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..core.address import Address
from ..core.call import Answer, Call
from ..core.kind import Kinds, LiveResource
from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import AwsProblem, Refused
from ..kinds.quotas import DEFAULTS, LIMITS, excesses, limits_of
from ..kinds.traffic import filled_by_others
from ..live.observe import Observed, observe
from ..planner.guards import wanted_twice
from ..planner.reconcile import reconcile
from ..planner.rollback import rollback_target
from .clock import Clock
from .execute import execute
from .outcome import Outcome, Tell


class Cloud(Protocol):
    """What these functions need of AWS."""

    region: str

    def send(self, call: Call) -> Answer:
        """The answer to a call."""


def plan(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[Plan]:
    """What would change, for each stack of one region. Writes nothing. Raises AwsProblem, NotFound, Refused."""
    seen = observe(aws.send, aws.region, stacks, kinds)
    account = account_of(aws, seen)
    for refused in wanted_twice({stack.name: seen[stack.name].desired for stack in stacks}):
        raise refused
    return [plan_of(aws, stack, seen[stack.name], kinds, account, seen[stack.name].desired) for stack in stacks]


def plan_destroy(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[Plan]:
    """The end of each stack. What the specs describe is not looked up: it may be gone already."""
    seen = observe(aws.send, aws.region, stacks, kinds, looking_up=False)
    account = account_of(aws, seen)
    return [plan_of(aws, stack, seen[stack.name], kinds, account, {}) for stack in stacks]


def plan_back(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[Plan]:
    """The way back to what serves now, for each stack whose change has not switched yet."""
    seen = observe(aws.send, aws.region, stacks, kinds)
    account = account_of(aws, seen)
    forward = [plan_of(aws, stack, seen[stack.name], kinds, account, seen[stack.name].desired) for stack in stacks]
    return [
        plan_of(
            aws, stack, seen[stack.name], kinds, account, rollback_target(there.lives, filled_by_others(there.desired))
        )
        for stack, there in zip(stacks, forward, strict=True)
    ]


def plan_of(
    aws: Cloud, stack: Stack, seen: Observed, kinds: Kinds, account: str, desired: Mapping[Address, Any]
) -> Plan:
    """The plan from what was seen of one stack to what is desired. Raises Refused."""
    _refuse_beyond_quotas(aws, desired)
    return reconcile(
        stack.name,
        desired,
        seen.live,
        kinds,
        region=aws.region,
        account=account,
        taken=seen.taken,
        foreign=seen.foreign,
        ignore=stack.ignore,
        domains=stack.domains,
    )


def _refuse_beyond_quotas(aws: Cloud, desired: Mapping[Address, Any]) -> None:
    """Raises Refused for more than the account's quotas allow. AWS is asked only about more than its defaults."""
    if not any(excesses(desired, DEFAULTS)):
        return
    try:
        limits = limits_of(aws.send(LIMITS))
    except AwsProblem:  # who may not ask learns it from the refusal of a create
        return
    if found := list(excesses(desired, limits)):
        raise Refused(
            "\n".join(map(str, found)),
            hint="ask AWS for a higher quota (Service Quotas, Elastic Load Balancing), or make the spec smaller",
        )


def apply(
    aws: Cloud,
    plan: Plan,
    kinds: Kinds,
    tell: Tell,
    clock: Clock,
    *,
    parallel: int = 8,
    stop: threading.Event | None = None,
) -> Outcome:
    """Run a plan; for destroy too."""
    return execute(plan, kinds, aws.send, tell, clock, run=secrets.token_hex(8), parallel=parallel, stop=stop)


def account_of(aws: Cloud, seen: Mapping[str, Observed]) -> str:
    """The account, from any ARN that was read; asked for only if there is none."""
    for observed in seen.values():
        for live in observed.live:
            if found := _account(live):
                return found
    return str(aws.send(Call("sts", "GetCallerIdentity")).get("Account", ""))


def _account(live: LiveResource[Any]) -> str:
    found = re.match(r"arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):", live.id)
    return found.group(1) if found else live.facts.get("account", "")
