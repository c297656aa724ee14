"""A YAML document as plain data, and where in the file each key and value stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...errors import MIN_SECRET_LENGTH, Problem, escaped, hide_values

YamlPath = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class SourceSpan:
    """A place in a file, 1-based, and how many characters it covers."""

    line: int
    column: int
    width: int = 1


@dataclass(frozen=True)
class Source:
    """A text with the name it goes by; `folder` is where files named in it are looked for."""

    file: str
    text: str
    folder: str = "."
    lines: Sequence[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", BREAK.split(self.text))

    def problem(self, spot: SourceSpan, what: str, hint: str = "") -> Problem:
        """The problem with its source line; a line that would upset a terminal is made harmless."""
        line = self.lines[spot.line - 1] if 0 < spot.line <= len(self.lines) else ""
        shown = printable(line)
        width = max(1, min(spot.width, len(shown) - spot.column + 1))
        return Problem(self.file, spot.line, spot.column, escaped(what), escaped(hint), shown, width)


def printable(text: str) -> str:
    """The text with what no terminal should be sent replaced, character by character, so that columns stay."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "\ufffd" for sign in text)


@dataclass(frozen=True)
class Tree:
    """One document: its data, and the spots of keys and values by path."""

    source: Source
    data: Any
    start: SourceSpan
    keys: Mapping[YamlPath, SourceSpan]
    values: Mapping[YamlPath, SourceSpan]
    origins: Mapping[YamlPath, str] = field(default_factory=dict)
    """The scalars in which variables stand, as they were written."""

    def resolve(self, path: Iterable[str | int]) -> YamlPath:
        """The way down this path as far as the document has it.

        Short forms stand for longer ones, a text for a map, a value for a list of one: steps that only the longer
        form has are passed over.
        """
        way: YamlPath = ()
        for step in path:
            way = (*way, step) if (*way, step) in self.values else way
        return way

    def at(self, path: YamlPath) -> Any:
        """The data at a path that exists."""
        data = self.data
        for step in path:
            data = data[step]
        return data

    def spot(self, path: Iterable[str | int]) -> SourceSpan:
        """Where to point: at a scalar itself, at the key of anything larger."""
        way = self.resolve(path)
        if isinstance(self.at(way), dict | list) and way in self.keys:
            return self.keys[way]
        return self.values.get(way, self.start)

    def key_spot(self, path: Iterable[str | int]) -> SourceSpan:
        """Where the key stands that leads to this path."""
        way = self.resolve(path)
        return self.keys.get(way) or self.values.get(way, self.start)

    def problem(self, path: Iterable[str | int], what: str, hint: str = "", *, key: bool = False) -> Problem:
        """A problem at the value of this path, or at its key. The values of variables are not told."""
        way = tuple(path)
        values = self._untold(self.resolve(way))
        spot = self.key_spot(way) if key else self.spot(way)
        return self.source.problem(spot, hide_values(what, values), hide_values(hint, values))

    def _untold(self, path: YamlPath) -> dict[str, str]:
        """Values and their references: of what stands at or below the path, and of whatever is long enough."""
        told = {}
        for place, origin in self.origins.items():
            value = str(self.at(place))
            near = place[: len(path)] == path
            if value and value not in origin and (near or len(value) >= MIN_SECRET_LENGTH):
                told[value] = origin
        return told

    def empties(self) -> Iterator[YamlPath]:
        """The paths whose value is null."""
        return (path for path in self.values if path and self.at(path) is None)

    def edited(self, drops: Collection[YamlPath], renames: Mapping[YamlPath, str]) -> Tree:
        """The same document less what stands at some paths, and with other keys at others; spots move along."""
        edit = _Edit(self, drops, renames)
        data = edit.copy((), (), self.data)
        return Tree(self.source, data, self.start, edit.keys, edit.values, edit.origins)


@dataclass
class _Edit:
    """Copies a tree with changes."""

    tree: Tree
    drops: Collection[YamlPath]
    renames: Mapping[YamlPath, str]
    keys: dict[YamlPath, SourceSpan] = field(default_factory=dict)
    values: dict[YamlPath, SourceSpan] = field(default_factory=dict)
    origins: dict[YamlPath, str] = field(default_factory=dict)

    def copy(self, old: YamlPath, new: YamlPath, data: Any) -> Any:
        """The data that stood at `old`, as it stands at `new`."""
        self.values[new] = self.tree.values[old]
        if old in self.tree.origins:
            self.origins[new] = self.tree.origins[old]
        if old in self.tree.keys:
            self.keys[new] = self.tree.keys[old]
        if isinstance(data, list):
            kept = [i for i in range(len(data)) if (*old, i) not in self.drops]
            return [self.copy((*old, i), (*new, n), data[i]) for n, i in enumerate(kept)]
        if not isinstance(data, dict):
            return data
        names = {key: self.renames.get((*old, key), key) for key in data if (*old, key) not in self.drops}
        return {name: self.copy((*old, key), (*new, name), data[key]) for key, name in names.items()}
