"""How requests flow through resources: the groups of an action, the names of a load balancer, the order of rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from ..core.address import Address, Ref
from ..core.change import Change, Diff
from ..core.kind import LiveResource
from ..core.plan import Step
from ..core.resource import Resource
from .auto_scaling_attachment import AutoScalingAttachment
from .aws.actions import Forward, WeightedGroup
from .free_priorities import FreePriorities
from .listener import Listener
from .load_balancer import LoadBalancer
from .record import Record
from .rule import GATE, Rule
from .target_group import TargetGroup
from .targets import Targets


def attach_only(resource: Resource | None) -> bool:
    """True for a rule that matches no request: it only attaches its groups, so that AWS checks their health."""
    return isinstance(resource, Rule) and any(condition.name.lower() == GATE for condition in resource.conditions)


def weighted_groups(resource: Resource | None) -> tuple[WeightedGroup, ...]:
    """The groups, with their weights, that a listener or rule forwards to; none for a redirect or a fixed answer."""
    action = resource.action if isinstance(resource, Listener | Rule) else None
    return action.groups if isinstance(action, Forward) else ()


def attached_groups(resource: Resource | None) -> tuple[Ref, ...]:
    """The groups that a listener or rule uses, those of weight 0 included."""
    return tuple(share.group for share in weighted_groups(resource))


def idle_groups(resource: Resource | None) -> tuple[Ref, ...]:
    """The groups that a listener or rule uses at weight 0."""
    return tuple(share.group for share in weighted_groups(resource) if share.weight == 0)


def weighted(resource: Resource | None) -> tuple[Ref, ...]:
    """The groups that get requests from this listener or rule."""
    return () if attach_only(resource) else tuple(share.group for share in weighted_groups(resource) if share.weight)


def target_group_of(resource: Resource | None) -> Ref | None:
    """The group in which these targets are registered; None for other kinds."""
    return resource.group if isinstance(resource, Targets) else None


def filled_group_of(resource: Resource | None) -> Ref | None:
    """The group that these targets, or these Auto Scaling groups, fill; None for other kinds."""
    return resource.group if isinstance(resource, Targets | AutoScalingAttachment) else None


def scaled_groups(*states: Mapping[Address, Resource]) -> set[Ref]:
    """The target groups that Auto Scaling groups of the stack's resources fill."""
    resources = (resource for state in states for resource in state.values())
    return {resource.group for resource in resources if isinstance(resource, AutoScalingAttachment)}


def alias_target_of(resource: Resource | None) -> Ref | None:
    """The load balancer that a record points at; None for other kinds."""
    return resource.load_balancer if isinstance(resource, Record) else None


def filled_by_others(*states: Mapping[Address, Resource]) -> set[Address]:
    """The target groups without `targets` in any of these states: an Auto Scaling group or a service fills them."""
    resources = [(address, resource) for state in states for address, resource in state.items()]
    filled = {resource.group for _, resource in resources if isinstance(resource, Targets)}
    return {address for address, _ in resources if address.kind == TargetGroup.kind and address not in filled}


def are_targets_of(address: Address, groups: AbstractSet[Address]) -> bool:
    """True for the targets, old or current, of one of these groups."""
    return address.kind == Targets.kind and Address(TargetGroup.kind, address.name) in groups


def known_empty(lives: Mapping[Address, LiveResource[Any]]) -> frozenset[Address]:
    """The groups for which AWS reports no registered target."""
    return frozenset(a for a, live in lives.items() if live.facts.get("registered") == "0")


def answers(resource: Resource, empty: AbstractSet[Ref]) -> bool:
    """True if a listener or rule answers requests while the groups in `empty` have no targets."""
    if weighted_groups(resource):
        return any(group not in empty for group in weighted(resource))
    return not attach_only(resource)


def groups_in_use(diff: Diff) -> frozenset[Ref]:
    """The groups that a live listener or rule uses."""
    return frozenset(group for live in diff.lives.values() for group in attached_groups(live.model))


def spare_balancers(lives: Mapping[Address, LiveResource[Any]]) -> frozenset[Address]:
    """The load balancers that an interrupted run created and that never served.

    Such a load balancer has an older one of the same name beside it, and no record points at it. If a record points at
    the older one, or at neither, clients use the older one.
    """
    created = {a: live.facts.get("created", "") for a, live in lives.items() if a.kind == LoadBalancer.kind}
    named = {alias_target_of(live.model) for live in lives.values()}
    spare = set()
    for address, when in created.items():
        others = {a: time for a, time in created.items() if a != address and a[:2] == address[:2]}
        serving = {a: time for a, time in others.items() if a in named} or others
        if address not in named and any(time and time < when for time in serving.values()):
            spare.add(address)
    return frozenset(spare)


def groups_served_after(step: Step, desired: Mapping[Address, Resource]) -> Iterator[Ref]:
    """The groups that get requests once this step is done: it switches a route, or points a name at routes."""
    after = step.after
    yield from (share.group for share in weighted_groups(after) if share.weight)
    if isinstance(after, Listener | Record):
        yield from _groups_behind(after.load_balancer, desired)


def _groups_behind(balancer: Ref, desired: Mapping[Address, Resource]) -> Iterator[Ref]:
    """The groups that the listeners and rules of a load balancer use."""
    listeners = {a for a, r in desired.items() if isinstance(r, Listener) and r.load_balancer == balancer}
    for address, resource in desired.items():
        if address in listeners or (isinstance(resource, Rule) and resource.listener in listeners):
            yield from attached_groups(resource)


def reorders_of(diff: Diff, early: AbstractSet[Address], free: FreePriorities) -> dict[Ref, dict[Address, int]]:
    """For each listener, the rules that need another priority before the new rules are created.

    `early` names the new rules that are created before the priorities change. A rule that will be deleted may hold a
    priority that another rule wants. It gets a free priority, since its successor is created before it is deleted.
    """
    moves: dict[Ref, dict[Address, int]] = {}
    for listener, changes in _rule_changes(diff).items():
        wanted = {c.address: c.after.priority for c in changes if isinstance(c.after, Rule) and c.action != "replace"}
        current = dict(_live_priorities(changes, listener))
        moving = {a: p for a, p in wanted.items() if a in current and current[a] != p}
        moving |= {a: p for a, p in wanted.items() if a in early and p in current.values()}
        for address, priority in current.items():
            if address not in wanted and priority in wanted.values():
                moving[address] = free.take(listener)
        if moving:
            moves[listener] = moving
    return moves


def _live_priorities(changes: list[Change], listener: Ref) -> Iterator[tuple[Address, int]]:
    """The priority that each rule has in AWS at this listener."""
    for change in changes:
        rule = change.live.model if change.live is not None else None
        if change.live is not None and isinstance(rule, Rule) and rule.listener == listener:
            yield change.live.address, rule.priority


def _rule_changes(diff: Diff) -> dict[Ref, list[Change]]:
    """The changes of rules by their listener."""
    by_listener: dict[Ref, list[Change]] = {}
    for change in diff.changes:
        rule = change.after if change.after is not None else change.before
        if isinstance(rule, Rule):
            by_listener.setdefault(rule.listener, []).append(change)
    return by_listener
