"""Adds the waits for healthy targets: after their group is attached, and before traffic depends on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from ...core.address import Address, Ref
from ...core.resource import Resource, references
from ...kinds.auto_scaling_attachment import AutoScalingAttachment
from ...kinds.listener import Listener
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.rule import Rule
from ...kinds.targets import Targets
from ...kinds.traffic import (
    alias_target_of,
    answers,
    attached_groups,
    filled_by_others,
    groups_in_use,
    groups_served_after,
    known_empty,
    scaled_groups,
    weighted,
)
from ..record_guards import conflicts
from .builder import PlanBuilder, Stage, StepDraft
from .releases import healthy_targets, loses_its_healthy_targets, releasing_groups


def add_health_gates(builder: PlanBuilder) -> None:
    """Adds a gate `healthy` for targets that are new, or that will get requests and are not healthy yet.

    So it does for those that stay, if only targets that go are healthy.
    """
    switched = [draft.step for draft in builder.at(Stage.SWITCH) if draft.step.after]
    needed = {group for step in switched for group in groups_served_after(step, builder.desired)}
    attaching, releasing = _attaching(builder), releasing_groups(builder)
    for address, targets in builder.desired.items():
        if not isinstance(targets, Targets) or not targets.members:
            continue
        live = builder.diff.lives.get(address)
        registered = _filling(builder, address)
        unhealthy = live is None or builder.kind(address).pending_gate(live) == "healthy"
        last = targets.group in releasing and loses_its_healthy_targets(builder, targets)
        if registered or (unhealthy and targets.group in needed) or last:
            _wait_until_healthy(builder, targets.group, address, targets, attaching, registered)
    _wait_for_scaling_groups(builder, needed, attaching)
    for group in _groups_taking_over(builder):
        _wait_until_healthy(builder, group, group, builder.desired[group], attaching, set())


def _filling(builder: PlanBuilder, address: Address) -> set[str]:
    """The steps that register or attach something new. An adoption only writes tags."""
    return {
        draft.step.id
        for draft in builder.at(Stage.EXPAND)
        if draft.step.address == address and draft.step.do != "adopt"
    }


def _wait_until_healthy(
    builder: PlanBuilder,
    group: Ref,
    address: Address,
    resource: Resource,
    attaching: Mapping[Ref, list[StepDraft]],
    needs: AbstractSet[str],
) -> None:
    """Adds the gate `healthy` after the steps that attach the group. AWS does not check a group that is unattached."""
    drafts, in_use = attaching.get(group, []), group in groups_in_use(builder.diff)
    if not drafts and not in_use:
        return
    first = min((draft.stage for draft in drafts), default=Stage.EXPAND)
    attached = set() if in_use else {draft.step.id for draft in drafts if draft.stage == first}
    gate = builder.gate(address.kind, "healthy")
    needs = attached | needs | _reachable_after(builder, resource)
    builder.wait(first if attached else Stage.EXPAND, gate, address, resource, needs)


def _reachable_after(builder: PlanBuilder, targets: Resource) -> set[str]:
    """The steps without which targets stay unhealthy: servers that start, zones that the load balancer enters."""
    updated = {c.address for c in builder.diff.changes if c.action == "update" and c.address in builder.ready_after}
    servers = {ref for ref in references(targets) if isinstance(ref, Address)}
    balancers = {address for address in updated if address.kind == LoadBalancer.kind}
    return {builder.ready_after[address] for address in updated & (servers | balancers)}


def _wait_for_scaling_groups(
    builder: PlanBuilder, needed: AbstractSet[Ref], attaching: Mapping[Ref, list[StepDraft]]
) -> None:
    """Adds a gate `healthy` for Auto Scaling groups that are new, or whose target group will get requests.

    A target group that gets requests already is not waited for again while it has a healthy target: its Auto Scaling
    group may be replacing an instance. Before another Auto Scaling group or target goes, it is waited for.
    """
    serving = {group for live in builder.diff.lives.values() for group in weighted(live.model)}
    releasing = releasing_groups(builder)
    for address, attachment in builder.desired.items():
        if isinstance(attachment, AutoScalingAttachment):
            attached = _filling(builder, address)
            served = attachment.group in serving and healthy_targets(builder, attachment.group)
            if attached or attachment.group in releasing or (attachment.group in needed and not served):
                _wait_until_healthy(builder, attachment.group, address, attachment, attaching, attached)


def _attaching(builder: PlanBuilder) -> dict[Ref, list[StepDraft]]:
    """For each group, the steps that attach it to a listener or rule."""
    attaching: dict[Ref, list[StepDraft]] = {}
    for draft in builder.drafts.values():
        if draft.stage < Stage.CONTRACT and draft.step.writes:
            for group in set(attached_groups(draft.step.after)) - set(attached_groups(draft.step.before)):
                attaching.setdefault(group, []).append(draft)
    return attaching


# Groups that others fill ---------------------------------------------------------------------------------------------


def _groups_taking_over(builder: PlanBuilder) -> Iterator[Address]:
    """The groups that others fill and that will serve requests which another group or listener answers today.

    If nothing answers these requests today, the plan does not wait: an Auto Scaling group is often created after its
    target group.
    """
    empty = known_empty(builder.diff.lives)
    serving = {group for live in builder.diff.lives.values() for group in weighted(live.model)}
    for group in sorted(filled_by_others(builder.desired) - serving - scaled_groups(builder.desired)):
        routes = [(a, r) for a, r in builder.desired.items() if isinstance(r, Listener | Rule) and group in weighted(r)]
        if any(_is_answered(builder, address, route, empty) for address, route in routes):
            yield group


def _is_answered(builder: PlanBuilder, address: Address, route: Listener | Rule, empty: AbstractSet[Ref]) -> bool:
    """True if the requests that this route will get are answered today."""
    lives = builder.diff.lives
    if address in lives:
        return answers(lives[address].model, empty)
    listener = route.listener if isinstance(route, Rule) else address
    if not isinstance(listener, Address):
        return True  # the listener is not the stack's, so it may have requests already
    if listener in lives:
        return any(answers(live.model, empty) for a, live in lives.items() if listener in (a, _listener_of(live.model)))
    wanted = builder.desired[listener]
    assert isinstance(wanted, Listener)
    return any(answers(old, empty) for old in _predecessors(builder, wanted)) or _takes_a_name_over(builder, wanted)


def _predecessors(builder: PlanBuilder, listener: Listener) -> Iterator[Listener]:
    """The live listeners with this port on the older load balancer, or where the records of the new one lead today."""
    lives = builder.diff.lives
    new = listener.load_balancer
    older: set[Ref] = {a for a in lives if isinstance(new, Address) and a[:2] == new[:2] and a != new}
    records = [address for address, resource in builder.desired.items() if alias_target_of(resource) == new]
    current = {alias_target_of(lives[address].model) for address in records if address in lives}
    older |= {ref for ref in current if isinstance(ref, Address) and ref != new}
    for live in lives.values():
        old = live.model
        if isinstance(old, Listener) and old.load_balancer in older and old.port == listener.port:
            yield old


def _takes_a_name_over(builder: PlanBuilder, listener: Listener) -> bool:
    """True if a record of others has a name that will lead to this new listener."""
    ours = {live.id for live in builder.diff.lives.values()}
    desired = (resource for resource in builder.desired.values() if isinstance(resource, Record))
    records = [record for record in desired if record.load_balancer == listener.load_balancer]
    return any(used.holder not in ours for record in records for used in conflicts(record, builder.names_in_use))


def _listener_of(resource: Resource) -> Ref | None:
    return resource.listener if isinstance(resource, Rule) else None


def wait_until_empty(builder: PlanBuilder) -> None:
    """Makes the delete of a group that others fill wait until the group is empty.

    An Auto Scaling group cannot launch instances while its target group does not exist.
    """
    detached = scaled_groups({a: live.model for a, live in builder.diff.lives.items()})
    outside = filled_by_others(builder.desired)
    empty = known_empty(builder.diff.lives)
    for draft in builder.at(Stage.CONTRACT):
        step = draft.step
        if step.do != "delete" or step.address in empty | detached or step.address._replace(deposed="") not in outside:
            continue
        gate = builder.gate(step.address.kind, "empty")
        draft.needs.add(builder.wait(Stage.CONTRACT, gate, step.address, step.before, draft.needs))
