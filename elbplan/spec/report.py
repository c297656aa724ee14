"""Collects problems at the places of one document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import Problem
from .tree import Path, Tree


@dataclass
class Report:
    """The problems of one document, each place and sentence once."""

    tree: Tree
    problems: dict[Problem, None] = field(default_factory=dict)

    def at(self, path: Iterable[str | int], what: str, hint: str = "", *, key: bool = False) -> None:
        """A problem at the value of this path, or at its key."""
        self.problems[self.tree.problem(path, what, hint, key=key)] = None

    def near(self, path: Iterable[str | int], text: str, what: str, hint: str = "") -> None:
        """A problem at this text, if it stands somewhere under the path; else at the path itself."""
        way = self.tree.resolve(path)
        found = next(self._holding(way, text), None)
        if found is None:
            self.at(way, what, hint)
        else:
            self.at(found[0], what, hint, key=found[1])

    def _holding(self, path: Path, text: str) -> Iterable[tuple[Path, bool]]:
        """Paths below this one whose value (False) or key (True) is the text."""
        for below, spot in self.tree.values.items():
            if spot and below[: len(path)] == path:
                if len(below) > len(path) and below[-1] == text:
                    yield below, True
                elif str(self.tree.at(below)).lower() == text.lower():
                    yield below, False

    def __len__(self) -> int:
        return len(self.problems)
