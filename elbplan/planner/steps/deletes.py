"""What goes, and in which order: a removal waits for all that pointed at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...core.address import Address, Ref
from ...core.change import Change
from ...core.kind import Gate
from ...core.resource import Resource, differing_fields, references
from ...kinds.traffic import alias_target_of, attached_groups, target_group_of
from .builder import BEFORE, CONTRACT, SWITCH, PlanBuilder, StepDraft

LEADING_IN = ("listener", "rule", "targets", "record")
"""What brings traffic through a security group: a door is closed after the last of them has gone."""


def add_deletes(sketch: PlanBuilder) -> None:
    """Deletes, each with the gates that stand behind it."""
    going = [c for c in sketch.found.changes if c.action in ("delete", "replace") and c.live is not None]
    early = _in_the_way(sketch, going)
    for change in going:
        assert change.live is not None
        address = change.live.address
        stage = BEFORE if address in early else CONTRACT
        why = early.get(address) or (change.because if change.action == "delete" else "the new one has taken its place")
        unlock = _unlock(sketch, stage, change)
        id = sketch.add(stage, "contract", "delete", address, why, before=change.before)
        sketch.drafts[id].needs |= unlock
        for gate in sketch.kind(address).gates:
            if "delete" in gate.after:
                sketch.wait(stage, gate, address, change.before, id)
    for draft in sketch.at(CONTRACT):
        step = draft.step
        if step.address.kind == "targets" and step.writes and _in_use(sketch, target_group_of(step.before)):
            sketch.wait(CONTRACT, _gate(sketch, "targets", "drained"), step.address, step.before, step.id)
    _let_resolvers_forget(sketch)


def _unlock(sketch: PlanBuilder, stage: int, change: Change) -> set[str]:
    """The step after which AWS lets it go, if it needs one."""
    assert change.live is not None
    assert change.before is not None
    address = change.live.address
    unlocked: Resource = sketch.kind(address).unlocked(change.before)
    if not differing_fields(change.before, unlocked):
        return set()
    why = "it was made by a run that was interrupted and never served, so its protection goes"
    return {sketch.add(stage, "contract", "update", address, why, before=change.before, after=unlocked)}


def _in_the_way(sketch: PlanBuilder, going: list[Change]) -> dict[Address, str]:
    """What must go before its successor can be made, with the reason, and all that hangs on it."""
    early: dict[Address, str] = {}
    for change in going:
        if change.live is None:
            continue
        address = change.live.address
        if change.action == "replace" and (
            reason := sketch.kind(address).coexistence_conflict(change.before, change.after)
        ):
            early[address] = reason
        elif address.kind in ("listener", "rule") and change.before is not None:
            held = [ref for ref in references(change.before) if isinstance(ref, Address) and ref in early]
            if held:
                early[address] = early[held[0]]
    return early


def _gate(sketch: PlanBuilder, kind: str, name: str) -> Gate:
    return next(gate for gate in sketch.kinds[kind].gates if gate.name == name)


def _in_use(sketch: PlanBuilder, group: Ref | None) -> bool:
    """Does anything that stays hand requests to this group while it is emptied?"""
    going = {d.step.address for d in _going(sketch) if d.step.do == "delete"}
    standing: dict[Address, Resource] = {a: live.model for a, live in sketch.found.lives.items()}
    for draft in sketch.drafts.values():
        if draft.stage in (1, 2) and draft.step.after is not None and draft.step.writes:
            standing[draft.step.address] = draft.step.after
    return any(group in attached_groups(resource) for address, resource in standing.items() if address not in going)


def _let_resolvers_forget(sketch: PlanBuilder) -> None:
    """An old balancer serves on until nobody remembers its addresses."""
    old = [d for d in sketch.at(CONTRACT) if d.step.do == "delete" and d.step.address.kind == "load_balancer"]
    names = [address for address, resource in sketch.desired.items() if alias_target_of(resource)]
    if names and any(d.step.address.deposed for d in old):
        tail = [id for id, d in sketch.drafts.items() if d.stage == SWITCH and d.step.address == names[0]]
        sketch.wait(SWITCH, _gate(sketch, "record", "resolvers"), names[0], sketch.desired[names[0]], *tail[-1:])


def _going(sketch: PlanBuilder) -> list[StepDraft]:
    return [*sketch.at(BEFORE), *sketch.at(CONTRACT)]


def contract_in_order(sketch: PlanBuilder) -> None:
    """Whom each removal waits for."""
    last = {draft.step.address: draft.step.id for draft in _going(sketch)}
    unlinked = _unlinked(sketch)
    for draft in _going(sketch):
        if draft.step.writes:
            draft.needs |= set(_waits_for(sketch, draft, last, unlinked)) - {draft.step.id}


def _waits_for(
    sketch: PlanBuilder, draft: StepDraft, last: Mapping[Address, str], unlinked: Mapping[Ref, Sequence[Address]]
) -> Iterator[str]:
    step, kind = draft.step, draft.step.address.kind
    if step.do == "delete" or kind == "load_balancer":
        yield from (last[other] for other in unlinked.get(step.address, ()) if other != step.address)
    if kind == "targets" and step.do == "delete":
        yield from _losing(sketch, target_group_of(step.before))
    if kind in ("listener", "rule") and step.do == "delete":
        yield from (id for address, id in last.items() if address.kind == "record")  # no name leads to what is gone
    if kind in ("listener", "rule") and step.do == "update":
        dropped = set(attached_groups(step.before)) - set(attached_groups(step.after))
        yield from (last[a] for a in last if a.kind == "targets" and target_group_of(_found(sketch, a)) in dropped)
    if kind == "security_group" and step.do == "update":
        yield from (id for address, id in last.items() if address.kind in LEADING_IN)


def _losing(sketch: PlanBuilder, group: Ref | None) -> Iterator[str]:
    """The routes to a group that go altogether: its targets then have nothing to finish."""
    for draft in _going(sketch):
        if draft.step.do == "delete" and group in attached_groups(draft.step.before):
            yield draft.step.id


def _found(sketch: PlanBuilder, address: Address) -> Resource | None:
    live = sketch.found.lives.get(address)
    return live.model if live else None


def _unlinked(sketch: PlanBuilder) -> dict[Ref, list[Address]]:
    """For each resource the others whose steps cease to point at it."""
    found: dict[Ref, list[Address]] = {}
    for draft in _going(sketch):
        step = draft.step
        if step.writes and step.before is not None:
            left = () if step.do == "delete" else references(step.after, loose=False)
            for ref in set(references(step.before, loose=False)) - set(left):
                found.setdefault(ref, []).append(step.address)
    return found
