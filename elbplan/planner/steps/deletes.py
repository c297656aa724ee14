"""The steps that delete resources, and the order between them: a delete waits until nothing refers to the resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...core.address import Address, Ref
from ...core.change import Change
from ...core.resource import Resource, differing_fields, references
from ...kinds.auto_scaling_attachment import AutoScalingAttachment
from ...kinds.elastic_ip import ExternalElasticIp
from ...kinds.ingress_rules import IngressRules
from ...kinds.listener import Listener
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.rule import Rule
from ...kinds.security_group import SecurityGroup
from ...kinds.targets import Targets
from ...kinds.traffic import attached_groups, filled_group_of
from .builder import PlanBuilder, Stage, StepDraft

NEED_INGRESS = (Listener.kind, Rule.kind, Targets.kind, AutoScalingAttachment.kind, Record.kind)
"""Kinds whose traffic passes a security group: an inbound rule is removed after the last of their steps."""


def add_deletes(builder: PlanBuilder) -> None:
    """Adds the deletes, each with the gates that follow it."""
    deletes = [c for c in builder.diff.changes if c.action in ("delete", "replace") and c.live is not None]
    early = _early_deletes(builder, deletes)
    for change in deletes:
        _add_delete(builder, change, early)
    for change in builder.diff.changes:
        if change.action == "stop":
            before, after = change.before, change.after
            builder.add(Stage.CONTRACT, "contract", "stop", change.address, change.because, before=before, after=after)
    for draft in builder.at(Stage.CONTRACT):
        step = draft.step
        if step.writes and isinstance(step.before, Targets) and _gets_requests(builder, step.before.group):
            drained = builder.gate(Targets.kind, "drained")
            builder.wait(Stage.CONTRACT, drained, step.address, step.before, [step.id])
    _wait_for_resolvers(builder)


def _add_delete(builder: PlanBuilder, change: Change, early: Mapping[Address, str]) -> None:
    assert change.live is not None
    assert change.before is not None
    address = change.live.address
    stage = Stage.BEFORE if address in early else Stage.CONTRACT
    why = change.because if change.action == "delete" else "the new resource has replaced it"
    unlock = _unlock(builder, stage, address, change.before)
    id = builder.add(stage, "contract", "delete", address, early.get(address) or why, before=change.before)
    builder.drafts[id].needs |= unlock
    for gate in builder.kind(address).gates:
        if "delete" in gate.after:
            builder.wait(stage, gate, address, change.before, [id])


def _unlock(builder: PlanBuilder, stage: Stage, address: Address, before: Resource) -> set[str]:
    """Adds the update that removes deletion protection, if it is on. Returns the id of that step."""
    unlocked = builder.kind(address).unlocked(before)
    if not differing_fields(before, unlocked):
        return set()
    why = "an interrupted run created it and it never served, so elbplan removes its protection"
    return {builder.add(stage, "contract", "update", address, why, before=before, after=unlocked)}


def _early_deletes(builder: PlanBuilder, deletes: Sequence[Change]) -> dict[Address, str]:
    """The resources that cannot exist beside their successors, and the routes on them, each with the reason."""
    early: dict[Address, str] = {}
    for change in deletes:
        before, after = change.before, change.after
        if change.live is None or before is None:
            continue
        address, conflict = change.live.address, ""
        if change.action == "replace" and after is not None:
            conflict = builder.kind(address).coexistence_conflict(before, after)
        if conflict:
            early[address] = conflict
        elif isinstance(before, Listener | Rule):
            parents = [ref for ref in references(before) if isinstance(ref, Address) and ref in early]
            if parents:
                early[address] = early[parents[0]]
    return early


def _gets_requests(builder: PlanBuilder, group: Ref) -> bool:
    """True if a route that stays forwards to this group while its targets are deregistered."""
    deleted = {draft.step.address for draft in _contracting(builder) if draft.step.do == "delete"}
    models: dict[Address, Resource] = {address: live.model for address, live in builder.diff.lives.items()}
    for draft in builder.drafts.values():
        if draft.stage in (Stage.EXPAND, Stage.SWITCH) and draft.step.after is not None and draft.step.writes:
            models[draft.step.address] = draft.step.after
    return any(group in attached_groups(model) for address, model in models.items() if address not in deleted)


def _wait_for_resolvers(builder: PlanBuilder) -> None:
    """Keeps a replaced load balancer until DNS resolvers no longer return its addresses."""
    replaced = any(
        draft.step.do == "delete" and draft.step.address.kind == LoadBalancer.kind and draft.step.address.deposed
        for draft in builder.at(Stage.CONTRACT)
    )
    records = [(address, record) for address, record in builder.desired.items() if isinstance(record, Record)]
    if records and replaced:
        address, record = records[0]
        switches = [draft.step.id for draft in builder.at(Stage.SWITCH) if draft.step.address == address]
        builder.wait(Stage.SWITCH, builder.gate(Record.kind, "resolvers"), address, record, switches[-1:])


def _contracting(builder: PlanBuilder) -> list[StepDraft]:
    return [*builder.at(Stage.BEFORE), *builder.at(Stage.CONTRACT)]


def order_deletes(builder: PlanBuilder) -> None:
    """Makes each step that removes something wait for the steps that must come before it."""
    last = {draft.step.address: draft.step.id for draft in _contracting(builder)}
    unlinked = _unlinked(builder)
    for draft in _contracting(builder):
        if draft.step.writes:
            draft.needs |= set(_waits_for(builder, draft, last, unlinked)) - {draft.step.id}


def _waits_for(
    builder: PlanBuilder, draft: StepDraft, last: Mapping[Address, str], unlinked: Mapping[Ref, Sequence[Address]]
) -> Iterator[str]:
    step, before = draft.step, draft.step.before
    if step.do in ("delete", "stop") or isinstance(before, LoadBalancer):
        yield from (last[other] for other in unlinked.get(step.address, ()) if other != step.address)
    group = filled_group_of(before)
    if group is not None and step.do == "delete":
        yield from _route_deletes(builder, group)
    if isinstance(before, Targets):  # a detached Auto Scaling group deregisters its own instances
        scaling = [a for a in last if a.kind == AutoScalingAttachment.kind]
        yield from (last[a] for a in scaling if _live_group(builder, a) == group)
    if isinstance(before, ExternalElasticIp) and isinstance(before.instance, Address) and before.instance in last:
        yield last[before.instance]
    if isinstance(before, Listener | Rule) and step.do == "delete":
        # A record must not lead to a route that is gone.
        yield from (id for address, id in last.items() if address.kind == Record.kind)
    if isinstance(before, Listener | Rule) and step.do == "update":
        dropped = set(attached_groups(before)) - set(attached_groups(step.after))
        yield from (id for address, id in last.items() if _live_group(builder, address) in dropped)
    if isinstance(before, IngressRules) or (isinstance(before, SecurityGroup) and step.do == "update"):
        yield from (id for address, id in last.items() if address.kind in NEED_INGRESS)


def _route_deletes(builder: PlanBuilder, group: Ref) -> Iterator[str]:
    """The deletes of routes to a group: after them, its targets get no new requests."""
    for draft in _contracting(builder):
        if draft.step.do == "delete" and group in attached_groups(draft.step.before):
            yield draft.step.id


def _live_group(builder: PlanBuilder, address: Address) -> Ref | None:
    """The group that these targets or Auto Scaling groups fill in AWS; None for other resources."""
    live = builder.diff.lives.get(address)
    return filled_group_of(live.model) if live else None


def _unlinked(builder: PlanBuilder) -> dict[Ref, list[Address]]:
    """For each resource, the other resources whose steps remove a reference to it."""
    unlinked: dict[Ref, list[Address]] = {}
    for draft in _contracting(builder):
        step = draft.step
        if step.writes and step.before is not None:
            kept = () if step.do == "delete" else references(step.after, loose=False)
            for ref in set(references(step.before, loose=False)) - set(kept):
                unlinked.setdefault(ref, []).append(step.address)
    return unlinked
