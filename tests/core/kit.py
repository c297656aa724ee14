"""Stacks and what AWS would have of them, without AWS."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from elbplan.core.address import Address, AwsId
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan, Step
from elbplan.core.resource import Resource, rewrite
from elbplan.kinds import KINDS
from elbplan.kinds.aws.target_ids import targets_id
from elbplan.live.lookups import LookupFacts
from elbplan.live.resolve import resolve
from elbplan.planner.reconcile import permitted, reconcile
from elbplan.spec import load

REGION = "eu-west-1"
SUBNETS = [
    {"SubnetId": f"subnet-{zone}", "VpcId": "vpc-1", "AvailabilityZone": f"{REGION}{zone}", "State": "available"}
    for zone in "abc"
]
ZONES = [{"Id": "/hostedzone/Z0123456789ABC", "Name": "example.com."}]
READY = {"state": {"load_balancer": "active", "instance": "running", "targets": "healthy", "certificate": "ISSUED"}}

Resources = Mapping[Address, Resource]


@cache
def desired(spec: str) -> Resources:
    """The resources of a spec, with everything looked up."""
    (stack,) = load(["-"], stdin=io.StringIO(spec))
    return resolve(stack.resources, LookupFacts(REGION, SUBNETS, ZONES), "spec")


def id_of(address: Address, mark: str = "") -> str:
    """What AWS would call it; a set of targets has its group's."""
    if address.kind == "targets":
        return targets_id(id_of(Address("target_group", address.name), mark))
    return f"arn:aws:{address.kind}:{address.name}{mark}"


def alive(resources: Resources, mark: str = "") -> list[LiveResource[Any]]:
    """What AWS has once these have been applied: ids for addresses, defaults said, everything ready."""

    def named(ref: Any) -> tuple[Any, ...]:
        return (AwsId(id_of(ref, mark)),) if isinstance(ref, Address) else (ref,)

    lives = []
    for address, resource in resources.items():
        model = rewrite(resource, named)
        model = KINDS[address.kind].with_live_defaults(model, model)
        if "name" in type(model).model_fields and getattr(model, "name", "") is None:
            model = model.model_copy(update={"name": f"shop-{address.name}"})
        state = READY["state"].get(address.kind, "")
        lives.append(LiveResource(address, id_of(address, mark), model, {"state": state}))
    return lives


def plan(want: Resources, lives: Sequence[LiveResource[Any]], **rest: Any) -> Plan:
    return permitted(reconcile("shop", want, lives, KINDS, region=REGION, account="123456789012", **rest))


def step(plan: Plan, id: str) -> Step:
    return next(step for step in plan.steps if step.id == id)


def ids(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps]


def before(plan: Plan, id: str) -> set[str]:
    """All that must be done before a step, however far."""
    needs = {step.id: step.needs for step in plan.steps}
    found: set[str] = set()
    open = [id]
    while open:
        new = set(needs[open.pop()]) - found
        found |= new
        open += new
    return found
