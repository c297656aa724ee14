"""Puts the stages together, and sorts the steps so that they could run one after the other."""

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
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.rule import Rule
from ...kinds.traffic import groups_in_use
from .builder import PlanBuilder, Stage, StepDraft
from .create_update import add_create_or_update, wait_for_references
from .deletes import add_deletes, order_deletes
from .health_gates import add_health_gates, wait_until_empty
from .record_order import order_records
from .rule_order import reorder_rules
from .stickiness import alone_in_forward, delay_target_stickiness, wait_for_group_stickiness


def build_steps(
    comparison: Diff,
    desired: Mapping[Address, Resource],
    kinds: Kinds,
    names: Mapping[Address, str],
    names_in_use: NamesInUse | None = None,
) -> list[Step]:
    """The steps of a plan, sorted so that they could run one after the other.

    `names` has the physical name of each resource that is created, `taken` the names, ports and priorities in use.
    Raises Refused if resources refer to each other in a cycle.
    """
    held = names_in_use or {}
    free = FreePriorities(comparison, held.get(Rule.kind, {}))
    builder = PlanBuilder(kinds, comparison, desired, names, free, held)
    used, alone = groups_in_use(comparison), alone_in_forward(comparison, desired)
    for change in comparison.changes:
        add_create_or_update(builder, change, used, alone)
    delay_target_stickiness(builder)
    reorder_rules(builder)
    wait_for_references(builder)
    add_health_gates(builder)
    add_deletes(builder)
    order_deletes(builder)
    wait_for_group_stickiness(builder)
    wait_until_empty(builder)
    order_records(builder)
    _add_barriers(builder)
    return _sorted(builder)


def _add_barriers(builder: PlanBuilder) -> None:
    """Makes each stage wait for the stage before it. In the stage SWITCH, records come last."""
    switches = builder.at(Stage.SWITCH)
    records = {draft.step.id for draft in switches if draft.step.address.kind == Record.kind}
    for draft in switches:
        if draft.step.id in records:
            draft.needs |= _last_steps(other for other in switches if other.step.id not in records)
    _shorten_interruption(builder)
    previous: set[str] = set()
    for stage in (Stage.EXPAND, Stage.SWITCH, Stage.CONTRACT, Stage.PROTECT):
        drafts = builder.at(stage)
        if previous:
            for draft in drafts:
                if not draft.needs & {other.step.id for other in drafts}:
                    draft.needs |= previous
        previous = _last_steps(drafts) or previous


def _shorten_interruption(builder: PlanBuilder) -> None:
    """If a load balancer must be deleted before the new one is created, everything else is prepared before that."""
    deletes = builder.at(Stage.BEFORE)
    if not deletes:
        return
    balancers = {d.step.address._replace(deposed="") for d in deletes if d.step.address.kind == LoadBalancer.kind}
    late = {draft.step.id for draft in builder.at(Stage.EXPAND) if draft.step.address in balancers}
    while more := {draft.step.id for draft in builder.at(Stage.EXPAND) if draft.needs & late} - late:
        late |= more
    prepared = _last_steps(draft for draft in builder.at(Stage.EXPAND) if draft.step.id not in late)
    for draft in deletes:
        draft.needs |= prepared
    for id in late:
        step = builder.drafts[id].step
        if step.do == "create" and step.address in balancers:
            builder.drafts[id].needs |= _last_steps(deletes)


def _last_steps(drafts: Iterable[StepDraft]) -> set[str]:
    """The steps for which no other of these steps waits."""
    drafts = list(drafts)
    awaited = {need for draft in drafts for need in draft.needs}
    return {draft.step.id for draft in drafts} - awaited


def _sorted(builder: PlanBuilder) -> list[Step]:
    graph = {id: draft.needs & set(builder.drafts) for id, draft in builder.drafts.items()}
    order = {id: index for index, id in enumerate(builder.drafts)}
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        cycle = " → ".join(error.args[1])
        raise Refused(f"these steps wait for each other: {cycle}", hint="break the cycle in the spec") from None
    steps: list[Step] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda id: (builder.drafts[id].stage, order[id]))
        for id in ready:
            steps.append(replace(builder.drafts[id].step, needs=tuple(sorted(graph[id]))))
        sorter.done(*ready)
    return steps
