"""The order of the steps that change the records of one name."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Address, Ref
from ...core.plan import Step
from ...kinds.record import Record, excluded
from .builder import PlanBuilder, StepDraft

Name = tuple[Ref, str]


def order_records(builder: PlanBuilder) -> None:
    """Makes the writes at a name wait for each other if AWS refuses the old record sets beside the new ones.

    The first of them sends one batch for all. Two batches at the same time would delete the same record set, and AWS
    would refuse the second one.
    """
    previous: dict[Name, str] = {}
    for draft, record in _writes(builder):
        name = (record.zone, record.name)
        if name in previous:
            draft.needs.add(previous[name])
        elif not _makes_room(builder, draft.step, record):
            continue
        previous[name] = draft.step.id


def _writes(builder: PlanBuilder) -> Iterator[tuple[StepDraft, Record]]:
    """The creates and updates of records: first those that need room."""
    drafts = [draft for draft in builder.drafts.values() if draft.step.do in ("create", "update")]
    pairs = [(draft, draft.step.after) for draft in drafts if isinstance(draft.step.after, Record)]
    yield from sorted(pairs, key=lambda pair: not _makes_room(builder, pair[0].step, pair[1]))


def _makes_room(builder: PlanBuilder, step: Step, record: Record) -> bool:
    """True if AWS refuses the record beside one that the stack has at its name."""
    lives: dict[Address, Record] = {
        address: live.model for address, live in builder.diff.lives.items() if isinstance(live.model, Record)
    }
    others = [model for model in lives.values() if (model.zone, model.name) == (record.zone, record.name)]
    return any(model != step.before and excluded(model, record) for model in others) or (
        isinstance(step.before, Record) and step.before.type != record.type
    )
