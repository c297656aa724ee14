"""The steps that create and update resources, and the order between them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from ...core.address import Address, Ref
from ...core.change import Change
from ...core.kind import Gate, Kind, Phase
from ...core.resource import Resource, differing_fields, references
from ...kinds.ingress_rules import IngressRules
from ...kinds.rule import Rule
from ...kinds.traffic import attached_groups, filled_group_of, idle_groups
from .builder import STAGES, PlanBuilder, Stage


def add_create_or_update(builder: PlanBuilder, change: Change, used: AbstractSet[Ref], alone: AbstractSet[Ref]) -> None:
    """Adds the steps that create or update the resource of one change.

    `used` are the groups that get requests, `alone` those that AWS may refuse beside others.
    """
    kind = builder.kind(change.address)
    if change.after is None:
        return
    if change.action in ("create", "replace"):
        _create(builder, kind, change, change.after, used)
    elif change.action == "adopt":
        _adopt(builder, change, change.after)
    elif change.action == "update":
        assert change.before is not None
        path = kind.update_path(change.before, change.after, used, alone)
        previous = _wait_if_pending(builder, kind, change) or builder.ready_after.get(change.address, "")
        _add_updates(builder, kind, change, change.before, path, previous)
        if temporary := kind.temporary_resource(change.address, change.before, change.after, used, alone):
            _add_temporary_rule(builder, *temporary)


def _adopt(builder: PlanBuilder, change: Change, after: Resource) -> None:
    """Adds the step that writes the ownership tags. Everything else that changes the resource waits for it."""
    assert change.live is not None
    address, id = change.address, change.live.id
    builder.ready_after[address] = builder.add(
        Stage.EXPAND, "expand", "adopt", address, change.because, before=change.before, after=after, name=id
    )


def _create(
    builder: PlanBuilder, kind: Kind[Resource], change: Change, after: Resource, used: AbstractSet[Ref]
) -> None:
    path = list(kind.create_path(after, used))
    if isinstance(after, Rule) and _is_created(builder, after.listener):
        path = [("expand", after)]  # a listener that does not exist yet gets no requests
    (phase, first), *rest = path
    stage, name = STAGES[phase], builder.names.get(change.address, "")
    id = builder.add(stage, phase, "create", change.address, change.because, after=first, name=name)
    gates = [gate for gate in kind.gates if "create" in gate.after and gate.needed(None, first)]
    last = _add_gates(builder, gates, change.address, first, stage, id)
    _add_updates(builder, kind, change, first, rest, last)
    if stage == Stage.EXPAND:
        builder.ready_after.setdefault(change.address, last)


def _wait_if_pending(builder: PlanBuilder, kind: Kind[Resource], change: Change) -> str:
    """A resource from an interrupted run may not be ready for an update. Returns the wait's id, or ""."""
    pending = kind.pending_gate(change.live) if change.live else ""
    gate = next((gate for gate in kind.gates if gate.name == pending and "create" in gate.after), None)
    return builder.wait(Stage.EXPAND, gate, change.address, change.before, ()) if gate else ""


def _add_temporary_rule(builder: PlanBuilder, address: Address, rule: Resource) -> None:
    """Adds the rule that exists only during the change. The contract stage deletes it."""
    assert isinstance(rule, Rule)
    why = "attaches the new group, so that AWS checks its health before it gets requests"
    if live := builder.diff.lives.get(address):
        # From an interrupted run. The spec does not have the rule, so the diff deletes it. The group may be another.
        if set(attached_groups(rule)) - set(attached_groups(live.model)):
            attached = live.model.model_copy(update={"action": rule.action})
            builder.add(Stage.EXPAND, "expand", "update", address, why, before=live.model, after=attached)
        return
    placed = rule.model_copy(update={"priority": builder.free.take(rule.listener)})
    builder.add(Stage.EXPAND, "expand", "create", address, why, after=placed)
    builder.add(Stage.CONTRACT, "contract", "delete", address, "no longer needed", before=placed)


def _is_created(builder: PlanBuilder, ref: Ref) -> bool:
    return any(c.action in ("create", "replace") and c.address == ref for c in builder.diff.changes)


def _add_updates(
    builder: PlanBuilder,
    kind: Kind[Resource],
    change: Change,
    before: Resource,
    path: Sequence[tuple[Phase, Resource]],
    previous: str = "",
) -> None:
    """Adds one update for each model of the path; each waits for the one before it. Leaves out empty updates."""
    for phase, after in path:
        if not differing_fields(before, after):
            continue
        why = _why(phase, before, after, change, last=after == path[-1][1])
        stage = STAGES[phase]
        id = builder.add(stage, phase, "update", change.address, why, before=before, after=after)
        if previous:
            builder.drafts[id].needs.add(previous)
        gates = [gate for gate in kind.gates if "update" in gate.after and gate.needed(before, after)]
        previous = _add_gates(builder, gates, change.address, after, stage, id)
        if stage == Stage.EXPAND:
            builder.ready_after[change.address] = previous
        before = after


ATTACH, ADD, REMOVE = "attach", "add what is new", "remove what is old"
"""How the reasons of updates begin that are one part of a change."""


def _why(phase: Phase, before: Resource, after: Resource, change: Change, *, last: bool) -> str:
    idle = [group for group in idle_groups(after) if group not in idle_groups(before)]
    if phase == "expand" and idle:
        return f"{ATTACH} {', '.join(map(str, idle))} at weight 0: a group that nothing uses is not health-checked"
    if phase == "expand" and not last:
        return f"{ADD} ({change.because})"
    if phase == "protect":
        return "protection comes last, so that an interrupted run can be rolled back"
    if phase == "contract":
        return f"{REMOVE} ({change.because})"
    return change.because


def _add_gates(
    builder: PlanBuilder, gates: Sequence[Gate], address: Address, after: Resource, stage: Stage, last: str
) -> str:
    """Adds the gates one after the other. Returns the id of the last step."""
    for gate in gates:
        last = builder.wait(stage, gate, address, after, [last])
    return last


def wait_for_references(builder: PlanBuilder) -> None:
    """Makes each create and update wait for what it needs.

    That are the resources that it refers to, the target of a redirect,
    and for what registers servers the rules that open them.
    """
    for draft in list(builder.drafts.values()):
        step = draft.step
        if draft.stage >= Stage.CONTRACT or step.do == "wait" or step.after is None:
            continue
        if step.do == "adopt":  # only the order of the tags: parents first, and nothing has to be ready
            parents = (ref for ref in references(step.after) if isinstance(ref, Address) and ref != step.address)
            draft.needs |= {builder.ready_after[ref] for ref in parents if ref in builder.ready_after}
            continue
        for ref in references(step.after, loose=False):
            draft.needs |= _ready_after(builder, ref)
        for other in builder.kind(step.address).also_wait_for(step.after, builder.desired):
            draft.needs |= _ready_after(builder, other) - {step.id}
        if filled_group_of(step.after) is not None:
            draft.needs |= {id for a, id in builder.ready_after.items() if a.kind == IngressRules.kind}


def _ready_after(builder: PlanBuilder, ref: Ref) -> set[str]:
    """The step after which the resource is ready, if there is one. Adds a gate if a live resource is not ready yet."""
    if not isinstance(ref, Address):
        return set()
    if ref not in builder.ready_after and (live := builder.diff.lives.get(ref)):
        kind = builder.kind(ref)
        gate = next((g for g in kind.gates if g.name == kind.pending_gate(live)), None)
        if gate is not None and gate.name != "healthy":
            wanted = builder.desired.get(ref, live.model)
            builder.ready_after[ref] = builder.wait(Stage.EXPAND, gate, ref, wanted, ())
    return {builder.ready_after[ref]} if ref in builder.ready_after else set()
