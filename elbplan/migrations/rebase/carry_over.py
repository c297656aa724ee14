"""What a person wrote into a file, carried over to a plan that was made anew. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..files.notation import address_text, duration
from ..migration import APPROVAL, MigrationStep

WORDS: Mapping[str, str] = {
    "why": "why",
    "timeout": "timeout",
    "on_failure": "on_failure",
    "allow": "allow",
    "because": "because",
}
"""The fields that say nothing about what is done, and what files call them."""

KeepsEnd = Callable[[Sequence[MigrationStep]], bool]
"""Do these steps still lead where the plan leads?"""


@dataclass
class _Line:
    """A step of the new file, and which old one it is."""

    entry: MigrationStep
    old: int | None = None


@dataclass
class EditCarryOver:
    """Carries what a person wrote from old steps to new ones.

    old      the steps as they stand in the file
    usual    the steps as elbplan planned them then; what differs from these is a person's
    lost     what could not be carried, by name
    """

    old: Sequence[MigrationStep]
    usual: Sequence[MigrationStep] | None
    lost: list[str] = field(default_factory=list)

    def apply_to(self, new: Sequence[MigrationStep], fits: KeepsEnd) -> tuple[MigrationStep, ...]:
        """The new steps with the old ones' words, holds, and steps of a person's own."""
        known = _pairs(self.old, self.usual) if self.usual is not None else None
        own = {i for i, e in enumerate(self.old) if e.do == "hold" or (known is not None and i not in known)}
        here = _pairs(self.old, new, leaving=own)
        lines = [_Line(entry) for entry in new]
        for index, entry in enumerate(self.old):
            if index in own:
                self._insert(lines, index, entry, fits)
                continue
            words = _words(entry, self._usual(known, index))
            if index in here:
                lines[_at(lines, new[here[index]])] = _Line(replace(new[here[index]], **words), index)
            elif words:
                self.lost.append(f"{_name(entry)}: {', '.join(WORDS[word] for word in words)}")
        return tuple(line.entry for line in lines)

    def _usual(self, known: Mapping[int, int] | None, index: int) -> MigrationStep | None:
        return self.usual[known[index]] if known is not None and self.usual is not None else None

    def _insert(self, lines: list[_Line], index: int, entry: MigrationStep, fits: KeepsEnd) -> None:
        """Behind the step it stood behind, if that one is there and all still fits."""
        behind = next((n for n, line in enumerate(lines, 1) if line.old == index - 1), None) if index else 0
        if behind is not None:
            trial = [*lines[:behind], _Line(replace(entry, then=""), index), *lines[behind:]]
            if fits([line.entry for line in trial]):
                lines[:] = trial
                return
        self.lost.append(_name(entry))


def _at(lines: Sequence[_Line], entry: MigrationStep) -> int:
    return next(n for n, line in enumerate(lines) if line.entry is entry)


def _words(entry: MigrationStep, usual: MigrationStep | None) -> dict[str, Any]:
    """What a person said at a step."""
    plain = usual or MigrationStep(entry.do)
    words = {word: getattr(entry, word) for word in WORDS}
    return {word: said for word, said in words.items() if said != getattr(plain, word)}


def _pairs(
    old: Sequence[MigrationStep], new: Sequence[MigrationStep], leaving: set[int] | None = None
) -> dict[int, int]:
    """Which old step is which new one: the same in all it does first, then by what it does to what, in order."""
    found: dict[int, int] = {}
    for same in (_exactly, _about):
        free: dict[Any, list[int]] = defaultdict(list)
        for number, entry in enumerate(new):
            if number not in found.values():
                free[same(entry)].append(number)
        for index, entry in enumerate(old):
            if index not in found and index not in (leaving or ()) and free[same(entry)]:
                found[index] = free[same(entry)].pop(0)
    return found


def _about(entry: MigrationStep) -> tuple[Any, ...]:
    return entry.do, entry.what, entry.until if entry.do == "wait" else ""


def _exactly(entry: MigrationStep) -> tuple[Any, ...]:
    return *_about(entry), json.dumps(entry.set, sort_keys=True, default=str)


def _name(entry: MigrationStep) -> str:
    """`hold: 15m`, or `update listener.443 (a tenth of the requests first)`."""
    if entry.do == "hold":
        name = f"hold: {APPROVAL if entry.hold is None else duration(entry.hold)}"
    else:
        name = f"{entry.do} {address_text(entry.what)}" if entry.what else entry.do
    return f"{name} ({entry.why})" if entry.why else name
