"""What carries traffic: which groups an action reaches, which names lead there, and how rules move as a set.

Told by shape, not by class, since the core does not know the kinds: a resource with an `action` routes, one with
`members` is a pool, one with a `name` and a `load_balancer` leads people in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from ..core.address import Address, Ref
from ..core.change import Diff
from ..core.kind import LiveResource
from ..core.plan import Step
from ..core.resource import Resource
from .free_priorities import FreePriorities

GATE = "x-elbplan-gate"
"""A header that nobody sends: a rule that asks for it attaches its groups without taking a request."""


def attach_only(rule: Any) -> bool:
    """Is it a rule that nobody's request matches?"""
    return any(condition.name.lower() == GATE for condition in getattr(rule, "conditions", ()))


def weighted_groups(resource: Any) -> tuple[Any, ...]:
    """The groups with their weights that a listener or rule hands requests to; none for a redirect."""
    return tuple(getattr(getattr(resource, "action", None), "groups", ()))


def attached_groups(resource: Any) -> tuple[Ref, ...]:
    """The groups this resource is attached to, weight 0 included."""
    return tuple(share.group for share in weighted_groups(resource))


def idle_groups(resource: Any) -> tuple[Ref, ...]:
    """The groups that are attached but get no request."""
    return tuple(share.group for share in weighted_groups(resource) if share.weight == 0)


def target_group_of(resource: Any) -> Ref | None:
    """The group that these targets fill."""
    return getattr(resource, "group", None)


def weighted(resource: Any) -> tuple[Ref, ...]:
    """The groups that get requests by this listener or rule."""
    return () if attach_only(resource) else tuple(share.group for share in weighted_groups(resource) if share.weight)


def filled_by_others(resources: Mapping[Address, Any]) -> set[Address]:
    """The target groups whose targets nobody here speaks of: an Auto Scaling group or a service fills them."""
    pooled = {target_group_of(resource) for address, resource in resources.items() if address.kind == "targets"}
    return {address for address in resources if address.kind == "target_group" and address not in pooled}


def known_empty(lives: Mapping[Address, LiveResource[Any]]) -> frozenset[Address]:
    """The groups of which AWS says that they have no targets."""
    return frozenset(a for a, live in lives.items() if live.facts.get("registered") == "0")


def answers(resource: Any, empty: AbstractSet[Ref]) -> bool:
    """Does a listener or rule answer anybody, if these groups have no targets?"""
    return (
        any(group not in empty for group in weighted(resource))
        if weighted_groups(resource)
        else not attach_only(resource)
    )


def alias_target_of(resource: Any) -> Ref | None:
    """The balancer that a name leads people to; None for what is no name."""
    named = hasattr(resource, "zone") and hasattr(resource, "load_balancer")
    return resource.load_balancer if named else None


def groups_in_use(comparison: Diff) -> frozenset[Ref]:
    """The groups that are attached to a load balancer as things stand."""
    return frozenset(group for live in comparison.lives.values() for group in attached_groups(live.model))


def spare_balancers(lives: Mapping[Address, LiveResource[Any]]) -> frozenset[Address]:
    """Balancers that an interrupted run made and that never served: an older one of the same address does.

    No name of ours leads to them; where one leads to the older one, or to none, people come to that.
    """
    balancers = {a: live.facts.get("created", "") for a, live in lives.items() if a.kind == "load_balancer"}
    led = {alias_target_of(live.model) for live in lives.values()}
    spare = set()
    for address, created in balancers.items():
        others = {a: when for a, when in balancers.items() if a != address and a[:2] == address[:2]}
        serving = {a: when for a, when in others.items() if a in led} or others
        if address not in led and any(when and when < created for when in serving.values()):
            spare.add(address)
    return frozenset(spare)


def groups_served_after(step: Step, desired: Mapping[Address, Resource]) -> Iterator[Ref]:
    """The groups that will get requests by this step: a route that is switched, or a name that leads to routes."""
    for share in weighted_groups(step.after):
        if share.weight:
            yield share.group
    balancer = getattr(step.after, "load_balancer", None)
    if balancer is not None:
        listeners = {a for a, r in desired.items() if getattr(r, "load_balancer", None) == balancer}
        for address, resource in desired.items():
            if address in listeners or getattr(resource, "listener", None) in listeners:
                yield from attached_groups(resource)


def reorders_of(comparison: Diff, early: AbstractSet[Address], free: FreePriorities) -> dict[Any, dict[Address, int]]:
    """For each listener the rules whose priority changes, and the new ones.

    `early` names new rules that are made before the moves. A doomed rule that stands where another wants to be is
    pushed to the end: its successor comes before it goes.
    """
    moves: dict[Any, dict[Address, int]] = {}
    for listener, rules in _rules(comparison).items():
        wanted = {c.address: c.after.priority for c in rules if c.after is not None and c.action != "replace"}
        standing = {
            c.live.address: c.live.model.priority
            for c in rules
            if c.live is not None and c.live.model.listener == listener
        }
        moving = {a: p for a, p in wanted.items() if a in standing and standing[a] != p}
        moving |= {a: p for a, p in wanted.items() if a in early and p in standing.values()}
        for address, priority in standing.items():
            if address not in wanted and priority in wanted.values():
                moving[address] = free.take(listener)
        if moving:
            moves[listener] = moving
    return moves


def _rules(comparison: Diff) -> dict[Any, list[Any]]:
    """The changes of rules by the listener they hang on."""
    by_listener: dict[Any, list[Any]] = {}
    for change in comparison.changes:
        resource = change.after if change.after is not None else change.before
        if change.address.kind == "rule" and resource is not None:
            by_listener.setdefault(getattr(resource, "listener", None), []).append(change)
    return by_listener
