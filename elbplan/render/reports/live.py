"""What AWS has of a stack now, from a plan that has read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...core.address import Address, Ref
from ...core.kind import LiveResource
from ...core.plan import Plan
from ...core.resource import rewrite


def live_plan(plan: Plan) -> Plan:
    """The plan without changes. A resource that the plan replaces is not an old one yet."""
    current = {address: address for address in plan.lives}
    for address in plan.lives:
        plain = address._replace(deposed="")
        if plain not in plan.lives and address.deposed == min(a.deposed for a in plan.lives if a[:2] == plain[:2]):
            current[address] = plain
    lives = {current[address]: _renamed(live, current) for address, live in plan.lives.items()}
    return replace(plan, lives=lives, steps=(), changes=(), desired={}, hazards=(), stays=(), refusals=())


def _renamed(live: LiveResource[Any], current: Mapping[Address, Address]) -> LiveResource[Any]:
    def renamed(ref: Ref) -> tuple[Ref, ...]:
        return (current.get(ref, ref),) if isinstance(ref, Address) else (ref,)

    return LiveResource(current[live.address], live.id, rewrite(live.model, renamed), live.facts)
