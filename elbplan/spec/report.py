"""Collects the problems of one document, with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..errors import Problem
from .yaml.tree import Tree, YamlPath


@dataclass
class ProblemReport:
    """The problems of one document. The same problem at the same place counts once."""

    tree: Tree
    problems: dict[Problem, None] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """Top-level keys under which the parser removed something that other checks need."""

    def lose(self, path: YamlPath, *, harmless: bool = False) -> None:
        """Notes that the parser removed the value of this path."""
        if path and not harmless:
            self.lost.add(str(path[0]))

    def complete(self, *keys: str) -> bool:
        """True if nothing was removed under these top-level keys. Only then a check may report a thing as missing."""
        return self.lost.isdisjoint(keys)

    def at(self, path: Iterable[str | int], what: str, hint: str = "", *, key: bool = False) -> None:
        """Adds a problem at the value of this path, or at its key."""
        self.problems[self.tree.problem(path, what, hint, key=key)] = None

    def near(self, path: Iterable[str | int], text: str, what: str, hint: str = "") -> None:
        """Adds a problem at this text, if the text is below the path; else at the path itself."""
        place, key = self.place_of(path, text)
        self.at(place, what, hint, key=key)

    def place_of(self, path: Iterable[str | int], text: str) -> tuple[YamlPath, bool]:
        """The place of this text below the path, and whether it is a key; the path itself if it has no such text."""
        start = self.tree.resolve(path)
        return next(self._places_of(start, text), (start, False))

    def _places_of(self, path: YamlPath, text: str) -> Iterator[tuple[YamlPath, bool]]:
        """The paths below this one whose key (True) or value (False) is the text."""
        data = self.tree.at(path)
        if path[-1:] == (text,):
            yield path, True
        elif isinstance(data, dict | list):
            for step in data if isinstance(data, dict) else range(len(data)):
                yield from self._places_of((*path, step), text)
        elif str(data).lower() == text.lower():
            yield path, False

    def __len__(self) -> int:
        return len(self.problems)
