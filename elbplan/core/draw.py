"""From changes to a plan: expand, gate, switch, contract.

New things are made first; the plan waits until they are truly ready; traffic moves; old things drain and go. Two sentences
order everything inside a stage: a build waits for what it points at, a removal waits for all that pointed at it. Between the
stages stands a barrier: nothing switches before everything new is ready, nothing goes before everything has switched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ..errors import Refused
from .address import Address, Ref
from .change import Change, Comparison
from .kind import Gate, Kind, Kinds, Phase
from .plan import Do, Step
from .resource import Resource, differing, references
from .routes import LOWEST, carrying, idle_groups, moves_of, pool_of, reached, routes_to

STAGE: Mapping[str, int] = {"expand": 1, "switch": 2, "contract": 3}


@dataclass
class Draft:
    """A step while the plan is drawn: which stage it stands in, and whom it waits for so far."""

    step: Step
    stage: int
    needs: set[str] = field(default_factory=set)


@dataclass
class Sketch:
    """The plan while it is drawn."""

    kinds: Kinds
    found: Comparison
    desired: Mapping[Address, Resource]
    names: Mapping[Address, str]
    drafts: dict[str, Draft] = field(default_factory=dict)
    done: dict[Address, str] = field(default_factory=dict)
    """The last step of the first stage that makes an address ready for those who point at it."""

    def kind(self, address: Address) -> Kind[Any]:
        return self.kinds[address.kind]

    def add(self, stage: int, phase: Phase, do: Do, address: Address, why: str, **rest: Any) -> str:
        """A new step, with an id that says what it does."""
        what = f"{address.kind}.{address.name}{'@' + address.former if address.former else ''}"
        base = f"{do} {what}" + (f" {rest['until']}" if rest.get("until") else "")
        id, again = base, 1
        while id in self.drafts:
            again += 1
            id = f"{base} {again}"
        self.drafts[id] = Draft(Step(id, phase, do, address, why, **rest), stage)
        return id

    def wait(self, stage: int, gate: Gate, address: Address, after: Resource | None, *needs: str) -> str:
        """A gate of its own."""
        why = f"until {gate.what}"
        id = self.add(stage, "gate", "wait", address, why, after=after, until=gate.name, within=gate.within)
        self.drafts[id].needs |= set(needs)
        return id

    def at(self, stage: int) -> list[Draft]:
        return [draft for draft in self.drafts.values() if draft.stage == stage]


def draw(
    comparison: Comparison, desired: Mapping[Address, Resource], kinds: Kinds, names: Mapping[Address, str]
) -> list[Step]:
    """The steps of a plan, in an order in which they could be done one by one.

    `names` holds the physical name of everything that is created. Raises Refused where resources point at each other
    in a circle.
    """
    sketch = Sketch(kinds, comparison, desired, names)
    used = carrying(comparison)
    for change in comparison.changes:
        _build(sketch, change, used)
    _move_rules(sketch)
    _parents_first(sketch)
    _gates_of_health(sketch)
    _remove(sketch)
    _contract_in_order(sketch)
    _barriers(sketch)
    return _sorted(sketch)


def _build(sketch: Sketch, change: Change, used: AbstractSet[Ref]) -> None:
    """The steps of the first two stages for one change, and the updates of the third."""
    kind = sketch.kind(change.address)
    if change.action in ("create", "replace"):
        assert change.after is not None
        _birth(sketch, kind, change, used)
    elif change.action == "update":
        assert change.before is not None
        way = kind.way(change.before, change.after, used)
        _chain(sketch, kind, change, change.before, way)


def _birth(sketch: Sketch, kind: Kind[Any], change: Change, used: AbstractSet[Ref]) -> None:
    steps = list(kind.birth(change.after, used))
    if kind.name == "rule" and _made(sketch, getattr(change.after, "listener", None)):
        steps = [("expand", change.after)]  # nobody reaches a listener that is only being made
    (phase, first), *rest = steps
    name = sketch.names.get(change.address, "")
    id = sketch.add(STAGE[phase], phase, "create", change.address, change.because, after=first, name=name)
    tail = _gates(sketch, kind, "create", change.address, first, STAGE[phase], id)
    _chain(sketch, kind, change, first, rest, tail)
    if STAGE[phase] == 1:
        sketch.done.setdefault(change.address, tail)


def _made(sketch: Sketch, ref: Ref | None) -> bool:
    return any(c.action in ("create", "replace") and c.address == ref for c in sketch.found.changes)


def _chain(
    sketch: Sketch,
    kind: Kind[Any],
    change: Change,
    before: Resource,
    way: Sequence[tuple[Phase, Resource]],
    tail: str = "",
) -> None:
    """Updates one after the other; a step that changes nothing is none."""
    for phase, after in way:
        if not differing(before, after):
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
    if phase == "contract":
        return f"let go of what is old ({change.because})"
    return change.because


def _gates(sketch: Sketch, kind: Kind[Any], do: str, address: Address, after: Resource, stage: int, tail: str) -> str:
    for gate in kind.gates:
        if do in gate.after:
            tail = sketch.wait(stage, gate, address, after, tail)
    return tail


def _move_rules(sketch: Sketch) -> None:
    """Rules of a listener are one set: all moves go out together, before anything else about them."""
    for listener, moves in moves_of(sketch.found, _gated(sketch)).items():
        _park(sketch, moves)
        why = f"{len(moves)} rules move at once, so that no route is ever missing"
        id = sketch.add(2, "switch", "move", listener, why, moves=moves)
        for draft in sketch.drafts.values():
            _after_the_move(draft, listener, moves, id)
    for id in [id for id, d in sketch.drafts.items() if _is_settled(d)]:
        del sketch.drafts[id]


def _gated(sketch: Sketch) -> set[Address]:
    """New rules that come before the moves, because they attach a group."""
    return {d.step.address for d in sketch.at(1) if d.step.address.kind == "rule" and d.step.do == "create"}


def _park(sketch: Sketch, moves: Mapping[Address, int]) -> None:
    """A new rule whose place is still held by another starts in a free one and moves with the others."""
    taken = {getattr(live.model, "priority", 0) for live in sketch.found.lives.values()} | set(moves.values())
    free = (priority for priority in range(LOWEST, 0, -1) if priority not in taken)
    for draft in sketch.at(1):
        step = draft.step
        if step.do == "create" and step.address in moves and step.after is not None:
            draft.step = replace(step, after=step.after.model_copy(update={"priority": next(free)}))


def _after_the_move(draft: Draft, listener: Address, moves: Mapping[Address, int], id: str) -> None:
    step = draft.step
    if step.address.kind != "rule" or draft.stage != 2 or step.do == "move":
        return
    if getattr(step.after, "listener", None) == listener:
        draft.needs.add(id)
    if step.address in moves and step.before is not None:
        moved = step.before.model_copy(update={"priority": moves[step.address]})
        draft.step = replace(step, before=moved)


def _is_settled(draft: Draft) -> bool:
    step = draft.step
    return step.do == "update" and not differing(step.before, step.after) if step.before and step.after else False


def _parents_first(sketch: Sketch) -> None:
    """A build waits for what it points at, and for where it sends people."""
    for draft in list(sketch.drafts.values()):
        step = draft.step
        if draft.stage == 3 or step.do == "wait" or step.after is None:
            continue
        for ref in references(step.after, loose=False):
            draft.needs |= _ready(sketch, ref)
        for first in sketch.kind(step.address).after(step.after, sketch.desired):
            draft.needs |= _ready(sketch, first) - {step.id}


def _ready(sketch: Sketch, ref: Ref) -> set[str]:
    """The step after which what is pointed at may be used; a live one that is not ready yet gets its gate."""
    if not isinstance(ref, Address):
        return set()
    if ref not in sketch.done and (live := sketch.found.lives.get(ref)):
        kind = sketch.kind(ref)
        gate = next((g for g in kind.gates if g.name == kind.unready(live)), None)
        if gate is not None and gate.name != "healthy":
            sketch.done[ref] = sketch.wait(1, gate, ref, sketch.desired.get(ref, live.model))
    return {sketch.done[ref]} if ref in sketch.done else set()


def _gates_of_health(sketch: Sketch) -> None:
    """Targets are waited for once their group is attached, and before anything relies on them."""
    relied = {group for draft in sketch.at(2) if draft.step.after for group in routes_to(draft.step, sketch.desired)}
    for address, targets in sketch.desired.items():
        if address.kind != "targets" or not getattr(targets, "members", ()):
            continue
        group = pool_of(targets)
        live = sketch.found.lives.get(address)
        fresh = any(d.step.address == address and d.stage == 1 for d in sketch.drafts.values())
        unwell = live is None or sketch.kind(address).unready(live) == "healthy"
        if not fresh and not (unwell and group in relied):
            continue
        attaching = [d for d in sketch.drafts.values() if d.stage < 3 and d.step.writes and _attaches(d.step, group)]
        if not attaching and group not in carrying(sketch.found):
            continue  # nothing uses the group, so nobody checks its health
        stage = min((d.stage for d in attaching), default=1)
        gate = next(g for g in sketch.kind(address).gates if g.name == "healthy")
        first = {d.step.id for d in attaching if d.stage == stage} if group not in carrying(sketch.found) else set()
        registered = {id for id, d in sketch.drafts.items() if d.step.address == address and d.stage == 1}
        sketch.wait(stage if first else 1, gate, address, targets, *first, *registered)


def _attaches(step: Step, group: Ref | None) -> bool:
    return group in reached(step.after) and group not in reached(step.before)


def _remove(sketch: Sketch) -> None:
    """Deletes, each with the gates that stand behind it."""
    for change in sketch.found.changes:
        if change.action not in ("delete", "replace") or change.live is None:
            continue
        address = change.live.address
        why = change.because if change.action == "delete" else "the new one has taken its place"
        id = sketch.add(3, "contract", "delete", address, why, before=change.before)
        kind = sketch.kind(address)
        for gate in kind.gates:
            if "delete" in gate.after:
                sketch.wait(3, gate, address, change.before, id)
    for draft in sketch.at(3):
        step = draft.step
        if step.address.kind == "targets" and step.do != "wait" and _in_use(sketch, pool_of(step.before)):
            gate = next(g for g in sketch.kind(step.address).gates if g.name == "drained")
            sketch.wait(3, gate, step.address, step.before, step.id)


def _in_use(sketch: Sketch, group: Ref | None) -> bool:
    """Does anything that stays hand requests to this group while it is emptied?"""
    going = {d.step.address for d in sketch.at(3) if d.step.do == "delete"}
    standing: dict[Address, Resource] = {a: live.model for a, live in sketch.found.lives.items()}
    for draft in sketch.drafts.values():
        if draft.stage < 3 and draft.step.after is not None and draft.step.do != "wait":
            standing[draft.step.address] = draft.step.after
    return any(group in reached(resource) for address, resource in standing.items() if address not in going)


def _contract_in_order(sketch: Sketch) -> None:
    """A removal waits for all that pointed at it."""
    last = _last_steps(sketch)
    for draft in sketch.at(3):
        step = draft.step
        if step.do == "wait":
            continue
        if step.do == "delete" or step.address.kind == "load_balancer":
            draft.needs |= set(_unlinking(sketch, step.address, last)) - {step.id}
        if step.address.kind == "targets" and step.do == "delete":
            group = pool_of(step.before)
            draft.needs |= {
                d.step.id for d in sketch.at(3) if d.step.do == "delete" and group in reached(d.step.before)
            }
        if step.address.kind in ("listener", "rule") and step.do == "delete":
            draft.needs |= {id for a, id in last.items() if a.kind == "record"}  # no name leads to what is gone
        if step.address.kind in ("listener", "rule") and step.do == "update":
            dropped = set(reached(step.before)) - set(reached(step.after))
            emptied = [a for a in last if a.kind == "targets" and pool_of(_before(sketch, a)) in dropped]
            draft.needs |= {last[a] for a in emptied}
        if step.address.kind == "security_group" and step.do == "update":
            others = ("listener", "rule", "targets", "record")
            draft.needs |= {id for a, id in last.items() if a.kind in others}


def _before(sketch: Sketch, address: Address) -> Resource | None:
    return next(d.step.before for d in sketch.at(3) if d.step.address == address and d.step.before)


def _last_steps(sketch: Sketch) -> dict[Address, str]:
    """The last step of the third stage for each address, its gates included."""
    return {draft.step.address: draft.step.id for draft in sketch.at(3)}


def _unlinking(sketch: Sketch, address: Address, last: Mapping[Address, str]) -> Iterator[str]:
    for draft in sketch.at(3):
        step = draft.step
        if step.do == "wait" or step.before is None or step.address == address:
            continue
        pointed = address in set(references(step.before, loose=False))
        if pointed and (step.do == "delete" or address not in set(references(step.after, loose=False))):
            yield last[step.address] if step.do == "delete" else step.id


def _barriers(sketch: Sketch) -> None:
    """Nothing switches before everything new is ready; nothing goes before everything has switched; names move last."""
    records = {id for id, d in sketch.drafts.items() if d.stage == 2 and d.step.address.kind == "record"}
    for draft in sketch.at(2):
        if draft.step.id in records:
            draft.needs |= _sinks(d for d in sketch.at(2) if d.step.id not in records)
    previous: set[str] = set()
    for stage in (1, 2, 3):
        drafts = sketch.at(stage)
        if previous:
            for draft in drafts:
                if not draft.needs & {d.step.id for d in drafts}:
                    draft.needs |= previous
        previous = _sinks(drafts) or previous


def _sinks(drafts: Iterable[Draft]) -> set[str]:
    """The steps that no other of these waits for."""
    drafts = list(drafts)
    awaited = {need for draft in drafts for need in draft.needs}
    return {draft.step.id for draft in drafts} - awaited


def _sorted(sketch: Sketch) -> list[Step]:
    graph = {id: draft.needs & set(sketch.drafts) for id, draft in sketch.drafts.items()}
    order = {id: index for index, id in enumerate(sketch.drafts)}
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise Refused(f"these steps wait for each other: {circle}", hint="break the circle in the spec") from None
    steps: list[Step] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda id: (sketch.drafts[id].stage, order[id]))
        for id in ready:
            steps.append(replace(sketch.drafts[id].step, needs=tuple(sorted(graph[id]))))
        sorter.done(*ready)
    return steps
