"""Carries the edits of a person from an old migration to one that was planned again. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...core.duration import duration_text
from ..migration import APPROVAL, MigrationStep

EDITABLE = ("why", "timeout", "on_failure", "allow", "because")
"""The fields that do not change what a step does."""

KeepsEnd = Callable[[Sequence[MigrationStep]], bool]
"""True if these steps end in the state in which the plan ends."""


@dataclass
class _NewStep:
    """A step of the new migration, and the index of the same step in the old one."""

    entry: MigrationStep
    old: int | None = None


@dataclass
class EditCarryOver:
    """Carries the edits of a person from old steps to new ones.

    old       the steps of the old file
    planned   the steps that elbplan planned for the old file; every difference from them is an edit of a person
    lost      the edits that could not be carried over
    """

    old: Sequence[MigrationStep]
    planned: Sequence[MigrationStep] | None
    lost: list[str] = field(default_factory=list)

    def apply_to(self, new: Sequence[MigrationStep], keeps_end: KeepsEnd) -> tuple[MigrationStep, ...]:
        """The new steps with the edited fields, the holds and the added steps of the old ones."""
        planned_by_old = _pairs(self.old, self.planned) if self.planned is not None else None
        added = {
            index
            for index, entry in enumerate(self.old)
            if entry.do == "hold" or (planned_by_old is not None and index not in planned_by_old)
        }
        new_by_old = _pairs(self.old, new, skip=added)
        steps = [_NewStep(entry) for entry in new]
        for index, entry in enumerate(self.old):
            if index in added:
                self._insert(steps, index, entry, keeps_end)
                continue
            edits = _edits(entry, self._planned(planned_by_old, index))
            if index in new_by_old:
                same = new[new_by_old[index]]
                steps[_position(steps, same)] = _NewStep(replace(same, **edits), index)
            elif edits:
                self.lost.append(f"{_step_text(entry)}: {', '.join(edits)}")
        return tuple(step.entry for step in steps)

    def _planned(self, planned_by_old: Mapping[int, int] | None, index: int) -> MigrationStep | None:
        if planned_by_old is None or self.planned is None:
            return None
        return self.planned[planned_by_old[index]]

    def _insert(self, steps: list[_NewStep], index: int, entry: MigrationStep, keeps_end: KeepsEnd) -> None:
        """Insert an added step behind the step that it followed in the old file, if the end stays the same."""
        behind = next((n for n, step in enumerate(steps, 1) if step.old == index - 1), None) if index else 0
        if behind is not None:
            trial = [*steps[:behind], _NewStep(replace(entry, then=""), index), *steps[behind:]]
            if keeps_end([step.entry for step in trial]):
                steps[:] = trial
                return
        self.lost.append(_step_text(entry))


def _position(steps: Sequence[_NewStep], entry: MigrationStep) -> int:
    return next(n for n, step in enumerate(steps) if step.entry is entry)


def _edits(entry: MigrationStep, planned: MigrationStep | None) -> dict[str, Any]:
    """The fields that a person edited, with their values."""
    original = planned or MigrationStep(entry.do)
    fields = {name: getattr(entry, name) for name in EDITABLE}
    return {name: value for name, value in fields.items() if value != getattr(original, name)}


def _pairs(old: Sequence[MigrationStep], new: Sequence[MigrationStep], skip: Collection[int] = ()) -> dict[int, int]:
    """The index of the new step for each old step: first the equal steps, then those with the same verb and address."""
    pairs: dict[int, int] = {}
    for key in (_whole_key, _short_key):
        free: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for number, entry in enumerate(new):
            if number not in pairs.values():
                free[key(entry)].append(number)
        for index, entry in enumerate(old):
            if index not in pairs and index not in skip and free[key(entry)]:
                pairs[index] = free[key(entry)].pop(0)
    return pairs


def _short_key(entry: MigrationStep) -> tuple[Any, ...]:
    return entry.do, entry.what, entry.until if entry.do == "wait" else ""


def _whole_key(entry: MigrationStep) -> tuple[Any, ...]:
    return *_short_key(entry), json.dumps(entry.set, sort_keys=True, default=str)


def _step_text(entry: MigrationStep) -> str:
    """`hold: 15m`, or `update listener.443 (a tenth of the requests first)`."""
    if entry.do == "hold":
        text = f"hold: {APPROVAL if entry.hold is None else duration_text(entry.hold)}"
    else:
        text = f"{entry.do} {entry.what}" if entry.what else entry.do
    return f"{text} ({entry.why})" if entry.why else text
