"""Collects problems at the places of one document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..errors import Problem
from .yaml.tree import Tree, YamlPath


@dataclass
class ProblemReport:
    """The problems of one document, each place and sentence once."""

    tree: Tree
    problems: dict[Problem, None] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """Top-level keys under which something that others need had to be left out."""

    def lose(self, path: YamlPath, *, harmless: bool = False) -> None:
        """Remembers that what stood here was left out."""
        if path and not harmless:
            self.lost.add(str(path[0]))

    def whole(self, *keys: str) -> bool:
        """Whether nothing under these top-level keys was left out: only then may a thing be called missing."""
        return self.lost.isdisjoint(keys)

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

    def _holding(self, path: YamlPath, text: str) -> Iterator[tuple[YamlPath, bool]]:
        """Paths from this one down whose key (True) or value (False) is the text."""
        data = self.tree.at(path)
        if path[-1:] == (text,):
            yield path, True
        elif isinstance(data, dict | list):
            for step in data if isinstance(data, dict) else range(len(data)):
                yield from self._holding((*path, step), text)
        elif str(data).lower() == text.lower():
            yield path, False

    def __len__(self) -> int:
        return len(self.problems)
