"""The functions behind the commands `plan`, `apply` and `destroy`."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ..core.address import Address
from ..core.call import Answer, Call
from ..core.kind import Kinds, LiveResource
from ..core.plan import Plan, Refusal
from ..core.resource import Resource
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError, Refused
from ..kinds.aws.foreign_rules import with_foreign_rules
from ..kinds.delegation import zones_of_new
from ..kinds.external_servers import NO_SERVERS
from ..kinds.traffic import filled_by_others
from ..live.batch import BatchReader
from ..live.delegation import ZoneDns, read_delegations
from ..live.foreign_rules import read_foreign_rules
from ..live.observe import Observed, Unobserved, observe_each
from ..live.server_labels import with_server_labels
from ..planner.deleted_groups import deleted_groups
from ..planner.reconcile import permitted, reconcile
from ..planner.record_guards import wanted_twice
from ..planner.rollback import rollback_target
from .clock import Clock
from .execute import execute
from .outcome import Outcome, Tell
from .protections_of_others import with_lost_protections
from .quota_check import checked, checked_each
from .read_needs import ReadNeeds
from .secret_check import refuse_missing_secrets
from .slots import Slots


class Cloud(Protocol):
    """The part of an AWS client that these functions use."""

    region: str

    def send(self, call: Call) -> Answer:
        """Sends a call and returns the answer."""


@dataclass(frozen=True)
class Unplanned:
    """A stack that could not be planned, and why; `lives` is what AWS has of it, if that could be read."""

    stack: str
    problem: ElbplanError
    lives: Mapping[Address, LiveResource[Resource]] = field(default_factory=dict)
    account: str = ""


StackPlan = Plan | Unplanned


def plan(
    aws: Cloud, stacks: Sequence[Stack], kinds: Kinds, *, dns: ZoneDns | None = None, deep: bool = False
) -> list[Plan]:
    """The plan of each stack; all stacks are in one region. Only reads. Raises AwsProblem, NotFound, Refused.

    `dns` says whether hosted zones are delegated; None: nobody is asked. `deep` also finds resources of the stacks that
    only a read of the whole account finds.
    """
    return [planned(stack_plan) for stack_plan in plan_each(aws, stacks, kinds, dns=dns, deep=deep)]


def plan_destroy(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[Plan]:
    """The plan that deletes each stack. Raises AwsProblem, Refused."""
    return [planned(stack_plan) for stack_plan in plan_destroy_each(aws, stacks, kinds)]


def plan_back(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[Plan]:
    """The plan that rolls each stack back to what serves now. Raises AwsProblem, NotFound, Refused."""
    return [planned(stack_plan) for stack_plan in plan_back_each(aws, stacks, kinds)]


def planned(stack_plan: StackPlan) -> Plan:
    """The plan. Raises the problem of a stack that could not be planned, and Refused for a plan with refusals."""
    if isinstance(stack_plan, Unplanned):
        raise stack_plan.problem
    return permitted(stack_plan)


def plan_each(
    aws: Cloud, stacks: Sequence[Stack], kinds: Kinds, *, dns: ZoneDns | None = None, deep: bool = False
) -> list[StackPlan]:
    """The plan of each stack, or why there is none. A plan with refusals must not be carried out.

    First reads only what a plan without new names and rules needs, and reads on if the plan has some.
    """

    def of(stack: Stack, observed: Observed, account: str) -> Plan:
        return _plan_of(aws, stack, observed, kinds, account, observed.desired, dns)

    reader, needs = BatchReader(aws.send), ReadNeeds()
    while True:
        seen = observe_each(
            aws.send, aws.region, stacks, kinds, deep=deep, lean=not needs.rules, names=needs.names, reader=reader
        )
        plans = _each(aws, stacks, seen, of)
        more = needs.with_needs_of((each for each in plans if isinstance(each, Plan)), kinds)
        if deep or more == needs:
            break
        needs = more
    claimed = wanted_twice({name: each.desired for name, each in seen.items() if isinstance(each, Observed)})
    results = iter(checked_each([each for each in plans if isinstance(each, Plan)], aws.send))
    return [_refused_too(next(results) if isinstance(each, Plan) else each, claimed) for each in plans]


def plan_destroy_each(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[StackPlan]:
    """The plan that deletes each stack, or why there is none.

    Runs no lookups of the specs, because their results may be gone already.
    """

    def of(stack: Stack, observed: Observed, account: str) -> Plan:
        return _plan_of(aws, stack, observed, kinds, account, {})

    return _each(aws, stacks, observe_each(aws.send, aws.region, stacks, kinds, looking_up=False), of)


def plan_back_each(aws: Cloud, stacks: Sequence[Stack], kinds: Kinds) -> list[StackPlan]:
    """The plan that rolls each stack back, or why there is none. A change that has switched its traffic stays."""

    def of(stack: Stack, observed: Observed, account: str) -> Plan:
        old = replace(observed, external=NO_SERVERS, refusals=())  # a rollback registers nothing new
        forward = _plan_of(aws, stack, old, kinds, account, old.desired)
        target = rollback_target(forward.lives, filled_by_others(forward.desired))
        return _plan_of(aws, stack, old, kinds, account, target, rollback=True)

    return _each(aws, stacks, observe_each(aws.send, aws.region, stacks, kinds), of)


def _each(
    aws: Cloud,
    stacks: Sequence[Stack],
    seen: Mapping[str, Observed | Unobserved],
    of: Callable[[Stack, Observed, str], Plan],
) -> list[StackPlan]:
    """The plans of the stacks that could be read, and the problems of the others."""
    if all(isinstance(each, Unobserved) and not each.live for each in seen.values()):
        return [_unplanned(stack, seen[stack.name], "") for stack in stacks]
    account = account_of(aws, seen)
    plans: list[StackPlan] = []
    for stack in stacks:
        observed = seen[stack.name]
        try:
            if isinstance(observed, Observed):
                plans.append(of(stack, observed, account))
                continue
        except AwsProblem as problem:  # planning reads what deletes need
            observed = Unobserved(problem, observed.live)
        plans.append(_unplanned(stack, observed, account))
    return plans


def _unplanned(stack: Stack, unobserved: Observed | Unobserved, account: str) -> Unplanned:
    assert isinstance(unobserved, Unobserved)
    return Unplanned(stack.name, unobserved.problem, {live.address: live for live in unobserved.live}, account)


def _refused_too(stack_plan: StackPlan, claimed: Mapping[str, Sequence[Refused]]) -> StackPlan:
    """The plan with a refusal for each record that another of the stacks wants too."""
    if isinstance(stack_plan, Unplanned) or stack_plan.stack not in claimed:
        return stack_plan
    refusals = [Refusal(refused.what, refused.hint) for refused in claimed[stack_plan.stack]]
    return replace(stack_plan, refusals=(*stack_plan.refusals, *refusals))


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
    plan = _plan_of(aws, stack, seen, kinds, account, desired, dns, rollback=rollback)
    return permitted(checked(plan, aws.send))


def _plan_of(
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
    """The same, also with refusals, and without a look at the quotas."""
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
    plan = with_lost_protections(plan, aws.send)
    missing = seen.refusals if desired else ()
    plan = replace(plan, refusals=(*missing, *plan.refusals), file=stack.file)
    return with_server_labels(plan, seen.external, seen.endings.labels, aws.send)


def apply(
    aws: Cloud,
    plan: Plan,
    kinds: Kinds,
    tell: Tell,
    clock: Clock,
    *,
    parallel: int = 8,
    stop: threading.Event | None = None,
    slots: Slots | None = None,
) -> Outcome:
    """Runs a plan, also that of a destroy. Raises Refused for a plan with refusals, or without a secret it sends."""
    refuse_missing_secrets(permitted(plan), aws.send)
    run = secrets.token_hex(8)
    return execute(plan, kinds, aws.send, tell, clock, run=run, parallel=parallel, stop=stop, slots=slots)


def account_of(aws: Cloud, seen: Mapping[str, Observed | Unobserved]) -> str:
    """The account id from an ARN of the observed resources. Asks AWS only if there is none."""
    for observed in seen.values():
        for live in observed.live:
            if account := _account(live):
                return account
    return str(aws.send(Call("sts", "GetCallerIdentity")).get("Account", ""))


def _account(live: LiveResource[Resource]) -> str:
    match = re.match(r"arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):", live.id)
    return match.group(1) if match else live.facts.get("account", "")
