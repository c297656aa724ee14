"""What is made and changed: births, ways, and the order between them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from ...core.address import Address, Ref
from ...core.change import Change
from ...core.kind import Kind, Phase
from ...core.resource import Resource, differing_fields, references
from ...kinds.traffic import attached_groups, idle_groups
from .builder import CONTRACT, EXPAND, STAGE, PlanBuilder


def add_create_or_update(sketch: PlanBuilder, change: Change, used: AbstractSet[Ref]) -> None:
    """The steps of the first two stages for one change, and the updates of the third."""
    kind = sketch.kind(change.address)
    if change.action in ("create", "replace"):
        assert change.after is not None
        _birth(sketch, kind, change, used)
    elif change.action == "update":
        assert change.before is not None
        way = kind.update_path(change.before, change.after, used)
        _chain(sketch, kind, change, change.before, way, _first_gate(sketch, kind, change))
        _scaffold(sketch, kind, change, used)


def _birth(sketch: PlanBuilder, kind: Kind[Any], change: Change, used: AbstractSet[Ref]) -> None:
    steps = list(kind.create_path(change.after, used))
    if kind.name == "rule" and _made(sketch, getattr(change.after, "listener", None)):
        steps = [("expand", change.after)]  # nobody reaches a listener that is only being made
    (phase, first), *rest = steps
    name = sketch.names.get(change.address, "")
    id = sketch.add(STAGE[phase], phase, "create", change.address, change.because, after=first, name=name)
    tail = _gates(sketch, kind, "create", change.address, first, STAGE[phase], id)
    _chain(sketch, kind, change, first, rest, tail)
    if STAGE[phase] == 1:
        sketch.done.setdefault(change.address, tail)


def _first_gate(sketch: PlanBuilder, kind: Kind[Any], change: Change) -> str:
    """What was made a moment ago, by a run that died, may not be ready to be changed."""
    unready = kind.pending_gate(change.live) if change.live else ""
    gate = next((g for g in kind.gates if g.name == unready and "create" in g.after), None)
    return sketch.wait(EXPAND, gate, change.address, change.before) if gate else ""


def _scaffold(sketch: PlanBuilder, kind: Kind[Any], change: Change, used: AbstractSet[Ref]) -> None:
    """What stands only for the time of the change; it goes with the old things."""
    helper = kind.temporary_resource(change.address, change.before, change.after, used)
    if helper is None:
        return
    address, wanted = helper
    why = "attaches what is new, so that it is health-checked before it gets requests"
    if live := sketch.found.lives.get(address):
        # An earlier run put it up, and being nobody's wish, it goes in the end. What it was to attach may be another.
        if set(attached_groups(wanted)) - set(attached_groups(live.model)):
            after = live.model.model_copy(update={"action": getattr(wanted, "action", None)})
            sketch.add(EXPAND, "expand", "update", address, why, before=live.model, after=after)
        return
    priority = sketch.free.take(getattr(wanted, "listener", change.address))
    placed: Resource = wanted.model_copy(update={"priority": priority})
    sketch.add(EXPAND, "expand", "create", address, why, after=placed)
    sketch.add(CONTRACT, "contract", "delete", address, "no longer needed", before=placed)


def _made(sketch: PlanBuilder, ref: Ref | None) -> bool:
    return any(c.action in ("create", "replace") and c.address == ref for c in sketch.found.changes)


def _chain(
    sketch: PlanBuilder,
    kind: Kind[Any],
    change: Change,
    before: Resource,
    way: Sequence[tuple[Phase, Resource]],
    tail: str = "",
) -> None:
    """Updates one after the other; a step that changes nothing is none."""
    for phase, after in way:
        if not differing_fields(before, after):
            continue
        why = _why(phase, before, after, change, last=after == way[-1][1])
        id = sketch.add(STAGE[phase], phase, "update", change.address, why, before=before, after=after)
        if tail:
            sketch.drafts[id].needs.add(tail)
        tail = _gates(sketch, kind, "update", change.address, after, STAGE[phase], id)
        if STAGE[phase] == 1:
            sketch.done[change.address] = tail
        before = after


def _why(phase: Phase, before: Resource, after: Resource, change: Change, *, last: bool) -> str:
    idle = [group for group in idle_groups(after) if group not in idle_groups(before)]
    if phase == "expand" and idle:
        return f"attach {', '.join(map(str, idle))} at weight 0: a group that nothing uses is not health-checked"
    if phase == "expand" and not last:
        return f"take in what is new ({change.because})"
    if phase == "protect":
        return "protection comes last, so that a run that is interrupted can be taken back"
    if phase == "contract":
        return f"let go of what is old ({change.because})"
    return change.because


def _gates(
    sketch: PlanBuilder, kind: Kind[Any], do: str, address: Address, after: Resource, stage: int, tail: str
) -> str:
    for gate in kind.gates:
        if do in gate.after:
            tail = sketch.wait(stage, gate, address, after, tail)
    return tail


def parents_first(sketch: PlanBuilder) -> None:
    """A build waits for what it points at, and for where it sends people."""
    for draft in list(sketch.drafts.values()):
        step = draft.step
        if draft.stage >= CONTRACT or step.do == "wait" or step.after is None:
            continue
        for ref in references(step.after, loose=False):
            draft.needs |= _ready(sketch, ref)
        for first in sketch.kind(step.address).also_wait_for(step.after, sketch.desired):
            draft.needs |= _ready(sketch, first) - {step.id}


def _ready(sketch: PlanBuilder, ref: Ref) -> set[str]:
    """The step after which what is pointed at may be used; a live one that is not ready yet gets its gate."""
    if not isinstance(ref, Address):
        return set()
    if ref not in sketch.done and (live := sketch.found.lives.get(ref)):
        kind = sketch.kind(ref)
        gate = next((g for g in kind.gates if g.name == kind.pending_gate(live)), None)
        if gate is not None and gate.name != "healthy":
            sketch.done[ref] = sketch.wait(1, gate, ref, sketch.desired.get(ref, live.model))
    return {sketch.done[ref]} if ref in sketch.done else set()
