"""The functions behind the commands `plan`, `apply` and `destroy`."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from ..core.address import Address
from ..core.call import Answer, Call
from ..core.kind import Kinds, LiveResource
from ..core.plan import Plan
from ..core.resource import Resource
from ..core.stack import Stack
from ..errors import AwsProblem, Refused
from ..kinds.aws.foreign_rules import with_foreign_rules
from ..kinds.delegation import zones_of_new
from ..kinds.external_servers import NO_SERVERS
from ..kinds.quotas import DEFAULTS, LIMITS, excesses, limits_of
from ..kinds.traffic import filled_by_others
from ..live.delegation import ZoneDns, read_delegations
from ..live.foreign_rules import read_foreign_rules
from ..live.observe import Observed, observe
from ..live.server_labels import with_server_labels
from ..planner.deleted_groups import deleted_groups
from ..planner.guards import wanted_twice
from ..planner.reconcile import reconcile
from ..planner.rollback import rollback_target
from .clock import Clock
from .execute import execute
from .outcome import Outcome, Tell


class Cloud(Protocol):
    """The part of an AWS client that these functions use."""

    region: str

    def send(self, call: Call) -> Answer:
        """Sends a call and returns the answer."""


def plan(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds, *, dns: ZoneDns | None = None) -> list[Plan]:
    """The plan of each stack; all stacks are in one region. Only reads. Raises AwsProblem, NotFound, Refused.

    `dns` says whether hosted zones are delegated; None: nobody is asked.
    """
    seen = observe(aws.send, aws.region, stacks, kinds)
    account = account_of(aws, seen)
    for refused in wanted_twice({stack.name: seen[stack.name].desired for stack in stacks}):
        raise refused
    return [plan_of(aws, stack, seen[stack.name], kinds, account, seen[stack.name].desired, dns) for stack in stacks]


def plan_destroy(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[Plan]:
    """The plan that deletes each stack. Runs no lookups of the specs, because their results may be gone already."""
    seen = observe(aws.send, aws.region, stacks, kinds, looking_up=False)
    account = account_of(aws, seen)
    return [plan_of(aws, stack, seen[stack.name], kinds, account, {}) for stack in stacks]


def plan_back(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[Plan]:
    """The plan that rolls each stack back to what serves now. A change that has switched its traffic stays."""
    seen = observe(aws.send, aws.region, stacks, kinds)
    account = account_of(aws, seen)
    plans = []
    for stack in stacks:
        observed = replace(seen[stack.name], external=NO_SERVERS)  # a rollback registers nothing new
        forward = plan_of(aws, stack, observed, kinds, account, observed.desired)
        target = rollback_target(forward.lives, filled_by_others(forward.desired))
        plans.append(plan_of(aws, stack, observed, kinds, account, target, rollback=True))
    return plans


def plan_of(
    aws: Cloud,
    stack: Stack,
    seen: Observed,
    kinds: Kinds,
    account: str,
    desired: Mapping[Address, Resource],
    dns: ZoneDns | None = None,
    *,
    rollback: bool = False,
) -> Plan:
    """The plan that turns the observed resources of a stack into the desired ones. Raises Refused."""
    _refuse_beyond_quotas(aws, desired)
    deleted = list(deleted_groups(desired, seen.live, kinds))
    references = read_foreign_rules(aws.send, aws.region, stack.name, seen.live, deleted)
    plan = reconcile(
        stack.name,
        desired,
        [with_foreign_rules(live, references.get(live.id, ())) for live in seen.live],
        kinds,
        region=aws.region,
        account=account,
        names_in_use=seen.names_in_use,
        foreign=replace(seen.foreign, references=references),
        external=seen.external,
        delegations=read_delegations(aws.send, dns, zones_of_new(desired, seen.live)),
        endings=seen.endings,
        ignore=stack.ignore,
        domains=stack.domains,
        rollback=rollback,
    )
    return with_server_labels(plan, seen.external, seen.endings.labels, aws.send)


def _refuse_beyond_quotas(aws: Cloud, desired: Mapping[Address, Resource]) -> None:
    """Raises Refused if the spec exceeds the account's quotas. Asks AWS only if it exceeds the default quotas."""
    if not any(excesses(desired, DEFAULTS)):
        return
    try:
        limits = limits_of(aws.send(LIMITS))
    except AwsProblem:  # without permission to read quotas, AWS refuses the create later
        return
    if exceeded := list(excesses(desired, limits)):
        raise Refused(
            "\n".join(map(str, exceeded)),
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
    """Runs a plan, also that of a destroy."""
    return execute(plan, kinds, aws.send, tell, clock, run=secrets.token_hex(8), parallel=parallel, stop=stop)


def account_of(aws: Cloud, seen: Mapping[str, Observed]) -> str:
    """The account id from an ARN of the observed resources. Asks AWS only if there is none."""
    for observed in seen.values():
        for live in observed.live:
            if account := _account(live):
                return account
    return str(aws.send(Call("sts", "GetCallerIdentity")).get("Account", ""))


def _account(live: LiveResource[Resource]) -> str:
    match = re.match(r"arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):", live.id)
    return match.group(1) if match else live.facts.get("account", "")
