"""When targets must be healthy: once their group is attached, and before anything relies on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...core.address import Address, Ref
from ...core.resource import Resource
from ...kinds.traffic import (
    alias_target_of,
    answers,
    attached_groups,
    filled_by_others,
    groups_in_use,
    groups_served_after,
    known_empty,
    target_group_of,
    weighted,
)
from .builder import CONTRACT, PlanBuilder, StepDraft


def gates_of_health(sketch: PlanBuilder) -> None:
    """Targets are waited for once their group is attached, and before anything relies on them."""
    relied = {
        group for draft in sketch.at(2) if draft.step.after for group in groups_served_after(draft.step, sketch.desired)
    }
    attaching = _attaching(sketch)
    for address, targets in sketch.desired.items():
        if address.kind != "targets" or not getattr(targets, "members", ()):
            continue
        group = target_group_of(targets)
        live = sketch.found.lives.get(address)
        fresh = any(d.step.address == address and d.stage == 1 for d in sketch.drafts.values())
        unwell = live is None or sketch.kind(address).pending_gate(live) == "healthy"
        if fresh or (unwell and group in relied):
            registered = {id for id, d in sketch.drafts.items() if d.step.address == address and d.stage == 1}
            _wait(sketch, address, targets, attaching.get(group, []), registered)
    for group in _taking_over(sketch):
        _wait(sketch, group, sketch.desired[group], attaching.get(group, []), set())


def _wait(
    sketch: PlanBuilder, address: Address, resource: Resource, attaching: list[StepDraft], needs: set[str]
) -> None:
    """The gate `healthy` behind whatever attaches the group; none where nothing ever does."""
    group = address if address.kind == "target_group" else target_group_of(resource)
    if not attaching and group not in groups_in_use(sketch.found):
        return  # nothing uses the group, so nobody checks its health
    stage = min((d.stage for d in attaching), default=1)
    gate = next(g for g in sketch.kind(address).gates if g.name == "healthy")
    first = {d.step.id for d in attaching if d.stage == stage} if group not in groups_in_use(sketch.found) else set()
    sketch.wait(stage if first else 1, gate, address, resource, *first, *needs)


def _attaching(sketch: PlanBuilder) -> dict[Ref | None, list[StepDraft]]:
    """For each group the steps that attach it."""
    found: dict[Ref | None, list[StepDraft]] = {}
    for draft in sketch.drafts.values():
        if draft.stage < CONTRACT and draft.step.writes:
            for group in set(attached_groups(draft.step.after)) - set(attached_groups(draft.step.before)):
                found.setdefault(group, []).append(draft)
    return found


# Groups that others fill ---------------------------------------------------------------------------------------------


def _taking_over(sketch: PlanBuilder) -> Iterator[Address]:
    """The groups that others fill and that come to serve requests which are answered today.

    Where nobody is answered yet, nobody is kept waiting: an Auto Scaling group often comes after its target group.
    """
    empty = known_empty(sketch.found.lives)
    serving = {group for live in sketch.found.lives.values() for group in weighted(live.model)}
    for group in sorted(filled_by_others(sketch.desired) - serving):
        places = [(a, resource) for a, resource in sketch.desired.items() if group in weighted(resource)]
        if any(_answered(sketch, address, resource, empty) for address, resource in places):
            yield group


def _answered(sketch: PlanBuilder, address: Address, place: Any, empty: frozenset[Address]) -> bool:
    """Do those who will come to this listener or rule get an answer today?"""
    lives = sketch.found.lives
    if address in lives:
        return answers(lives[address].model, empty)
    listener = address if address.kind == "listener" else place.listener
    if not isinstance(listener, Address):
        return True  # somebody else's, who did not make it for us
    if listener in lives:
        return any(answers(live.model, empty) for a, live in lives.items() if listener in (a, _listener(live.model)))
    wanted: Any = sketch.desired[listener]
    return any(answers(live.model, empty) for live in _before(sketch, wanted)) or _taken_over(sketch, wanted)


def _before(sketch: PlanBuilder, listener: Any) -> Iterator[Any]:
    """The listeners that serve at present where a new one will: on the older balancer, or where its names lead."""
    lives = sketch.found.lives
    new: Ref = listener.load_balancer
    older = {a for a in lives if isinstance(new, Address) and a[:2] == new[:2] and a != new}
    names = [a for a, resource in sketch.desired.items() if alias_target_of(resource) == new]
    older |= {
        to for a in names if a in lives and isinstance(to := alias_target_of(lives[a].model), Address) and to != new
    }
    for address, live in lives.items():
        if address.kind == "listener" and live.model.load_balancer in older and live.model.port == listener.port:
            yield live


def _taken_over(sketch: PlanBuilder, listener: Any) -> bool:
    """Does a name that leads somewhere else today come to lead to this new listener?"""
    ours = {live.id for live in sketch.found.lives.values()}
    held = {place for place, holder in sketch.taken.get("record", {}).items() if holder not in ours}
    records: list[Any] = [r for r in sketch.desired.values() if alias_target_of(r) == listener.load_balancer]
    return any(f"{r.zone}/{r.name}/{type}" in held for r in records for type in (r.type, "CNAME"))


def _listener(resource: Any) -> Ref | None:
    return getattr(resource, "listener", None)


def wait_for_others(sketch: PlanBuilder) -> None:
    """A group goes only when others have let it go: an Auto Scaling group cannot launch with a group that is gone."""
    outside = filled_by_others(sketch.desired)
    empty = known_empty(sketch.found.lives)
    for draft in sketch.at(CONTRACT):
        step = draft.step
        theirs = step.address._replace(deposed="") in outside and step.address not in empty
        if step.do == "delete" and theirs:
            gate = next(g for g in sketch.kind(step.address).gates if g.name == "empty")
            id = sketch.wait(CONTRACT, gate, step.address, step.before, *draft.needs)
            draft.needs.add(id)
