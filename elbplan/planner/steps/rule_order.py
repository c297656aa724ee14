"""Rules of a listener are one set: their moves go out together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...core.address import Address, Ref
from ...core.resource import differing_fields
from ...kinds.traffic import reorders_of
from .builder import PlanBuilder, StepDraft


def move_rules(sketch: PlanBuilder) -> None:
    """Rules of a listener are one set: all moves go out together, before anything else about them."""
    for listener, moves in reorders_of(sketch.found, _gated(sketch), sketch.free).items():
        _park(sketch, listener, moves)
        why = f"{len(moves)} rules move at once, so that no route is ever missing"
        id = sketch.add(2, "switch", "reorder", listener, why, moves=moves)
        for draft in sketch.drafts.values():
            _after_the_move(draft, listener, moves, id)
    for id in [id for id, d in sketch.drafts.items() if _is_settled(d)]:
        del sketch.drafts[id]


def _gated(sketch: PlanBuilder) -> set[Address]:
    """New rules that come before the moves, because they attach a group."""
    return {d.step.address for d in sketch.at(1) if d.step.address.kind == "rule" and d.step.do == "create"}


def _park(sketch: PlanBuilder, listener: Ref, moves: Mapping[Address, int]) -> None:
    """A new rule whose place is still held by another starts in a free one and moves with the others."""
    for draft in sketch.at(1):
        step = draft.step
        if step.do == "create" and step.address in moves and step.after is not None:
            free = sketch.free.take(listener)
            draft.step = replace(step, after=step.after.model_copy(update={"priority": free}))


def _after_the_move(draft: StepDraft, listener: Address, moves: Mapping[Address, int], id: str) -> None:
    step = draft.step
    if step.address.kind != "rule" or draft.stage != 2 or step.do == "reorder":
        return
    if getattr(step.after, "listener", None) == listener:
        draft.needs.add(id)
    if step.address in moves and step.before is not None:
        moved = step.before.model_copy(update={"priority": moves[step.address]})
        draft.step = replace(step, before=moved)


def _is_settled(draft: StepDraft) -> bool:
    step = draft.step
    return (
        step.do == "update" and not differing_fields(step.before, step.after) if step.before and step.after else False
    )
