"""The stages put together, and the order in which the steps could be done one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from ...core.address import Address
from ...core.change import Diff
from ...core.kind import Kinds, NamesInUse
from ...core.plan import Step
from ...core.resource import Resource
from ...errors import Refused
from ...kinds.free_priorities import FreePriorities
from ...kinds.traffic import groups_in_use
from .builder import BEFORE, CONTRACT, EXPAND, PROTECT, SWITCH, PlanBuilder, StepDraft
from .create_update import add_create_or_update, parents_first
from .deletes import add_deletes, contract_in_order
from .health_gates import gates_of_health, wait_for_others
from .rule_order import move_rules


def build_steps(
    comparison: Diff,
    desired: Mapping[Address, Resource],
    kinds: Kinds,
    names: Mapping[Address, str],
    taken: NamesInUse | None = None,
) -> list[Step]:
    """The steps of a plan, in an order in which they could be done one by one.

    `names` holds the physical name of everything that is created, `taken` who holds the places that matter. Raises
    Refused where resources point at each other in a circle.
    """
    held = taken or {}
    sketch = PlanBuilder(kinds, comparison, desired, names, FreePriorities(comparison, held.get("rule", {})), held)
    used = groups_in_use(comparison)
    for change in comparison.changes:
        add_create_or_update(sketch, change, used)
    move_rules(sketch)
    parents_first(sketch)
    gates_of_health(sketch)
    add_deletes(sketch)
    contract_in_order(sketch)
    wait_for_others(sketch)
    _barriers(sketch)
    return _sorted(sketch)


def _barriers(sketch: PlanBuilder) -> None:
    """Nothing switches before everything new is ready; nothing goes before everything has switched; names move last."""
    records = {id for id, d in sketch.drafts.items() if d.stage == 2 and d.step.address.kind == "record"}
    for draft in sketch.at(2):
        if draft.step.id in records:
            draft.needs |= _sinks(d for d in sketch.at(2) if d.step.id not in records)
    _outage(sketch)
    previous: set[str] = set()
    for stage in (EXPAND, SWITCH, CONTRACT, PROTECT):
        drafts = sketch.at(stage)
        if previous:
            for draft in drafts:
                if not draft.needs & {d.step.id for d in drafts}:
                    draft.needs |= previous
        previous = _sinks(drafts) or previous


def _outage(sketch: PlanBuilder) -> None:
    """Where the old must go before the new can be made: all that can be ready before is, to keep it short."""
    going = sketch.at(BEFORE)
    if not going:
        return
    gone = {d.step.address._replace(deposed="") for d in going if d.step.address.kind == "load_balancer"}
    late = {id for id, d in sketch.drafts.items() if d.stage == EXPAND and d.step.address in gone}
    while more := {id for id, d in sketch.drafts.items() if d.stage == EXPAND and d.needs & late} - late:
        late |= more
    early = _sinks(d for d in sketch.at(EXPAND) if d.step.id not in late)
    for draft in going:
        draft.needs |= early
    for id in late:
        step = sketch.drafts[id].step
        if step.do == "create" and step.address in gone:
            sketch.drafts[id].needs |= _sinks(going)


def _sinks(drafts: Iterable[StepDraft]) -> set[str]:
    """The steps that no other of these waits for."""
    drafts = list(drafts)
    awaited = {need for draft in drafts for need in draft.needs}
    return {draft.step.id for draft in drafts} - awaited


def _sorted(sketch: PlanBuilder) -> list[Step]:
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
