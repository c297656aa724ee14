"""Reorders the rules of a listener: one step changes the priorities of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...core.address import Address, Ref
from ...core.resource import differing_fields
from ...kinds.rule import Rule
from ...kinds.traffic import reorders_of
from .builder import PlanBuilder, Stage, StepDraft


def reorder_rules(builder: PlanBuilder) -> None:
    """Adds one step for each listener whose rules change priority. Other updates of these rules wait for it."""
    for listener, moves in reorders_of(builder.diff, _new_rules(builder), builder.free).items():
        _create_at_free_priority(builder, listener, moves)
        why = f"one call changes the priority of {len(moves)} rules, so that no route is ever missing"
        # A listener of others has no address in this stack.
        address = listener if isinstance(listener, Address) else min(moves)
        id = builder.add(Stage.SWITCH, "switch", "reorder", address, why, moves=moves)
        for draft in builder.at(Stage.SWITCH):
            _wait_for_reorder(draft, listener, moves, id)
    for id in [id for id, draft in builder.drafts.items() if _is_empty_update(draft)]:
        del builder.drafts[id]


def _new_rules(builder: PlanBuilder) -> set[Address]:
    """The rules that exist before the reorder, because they attach a group."""
    drafts = builder.at(Stage.EXPAND)
    return {draft.step.address for draft in drafts if isinstance(draft.step.after, Rule) and draft.step.do == "create"}


def _create_at_free_priority(builder: PlanBuilder, listener: Ref, moves: Mapping[Address, int]) -> None:
    """A new rule whose priority another rule still has starts at a free priority. The reorder gives it its own."""
    for draft in builder.at(Stage.EXPAND):
        step = draft.step
        if step.do == "create" and step.address in moves and step.after is not None:
            free = builder.free.take(listener)
            draft.step = replace(step, after=step.after.model_copy(update={"priority": free}))


def _wait_for_reorder(draft: StepDraft, listener: Ref, moves: Mapping[Address, int], id: str) -> None:
    step = draft.step
    if step.address.kind != Rule.kind or step.do == "reorder":
        return
    if isinstance(step.after, Rule) and step.after.listener == listener:
        draft.needs.add(id)
    if step.address in moves and step.before is not None:
        moved = step.before.model_copy(update={"priority": moves[step.address]})
        draft.step = replace(step, before=moved)


def _is_empty_update(draft: StepDraft) -> bool:
    step = draft.step
    if step.do != "update" or step.before is None or step.after is None:
        return False
    return not differing_fields(step.before, step.after)
