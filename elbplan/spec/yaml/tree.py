"""A YAML document as plain data, with the place of each key and value in the file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import MIN_SECRET_LENGTH, Problem, escaped, hide_values

YamlPath = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class SourceSpan:
    """A place in a file, 1-based, and how many characters it covers.

    source   the text, if it is another one than that of the document: a file of `defaults:`
    """

    line: int
    column: int
    width: int = 1
    source: Source | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Source:
    """A text and the name of its file. Paths in the text are relative to `folder`."""

    file: str
    text: str
    folder: str = "."
    lines: Sequence[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", BREAK.split(self.text))

    def problem(self, spot: SourceSpan, what: str, hint: str = "") -> Problem:
        """A problem with its source line, without characters that could control a terminal."""
        line = self.lines[spot.line - 1] if 0 < spot.line <= len(self.lines) else ""
        shown = printable(line)
        width = max(1, min(spot.width, len(shown) - spot.column + 1))
        return Problem(self.file, spot.line, spot.column, escaped(what), escaped(hint), shown, width)


def printable(text: str) -> str:
    """Replaces each unprintable character by one other character, so that columns stay the same."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "\ufffd" for sign in text)


@dataclass(frozen=True)
class Tree:
    """One document: its data, and the places of keys and values by path."""

    source: Source
    data: Any
    start: SourceSpan
    keys: Mapping[YamlPath, SourceSpan]
    values: Mapping[YamlPath, SourceSpan]
    origins: Mapping[YamlPath, str] = field(default_factory=dict)
    """The texts of scalars with variables, before the variables were replaced."""
    defaults: tuple[str, ...] = ()
    """The files whose keys the document has as well."""

    def resolve(self, path: Iterable[str | int]) -> YamlPath:
        """Returns the path without the steps that the document does not have.

        A path may come from a model whose value the document has as a shorthand: text in place of a map, or one value
        in place of a list.
        """
        resolved: YamlPath = ()
        for step in path:
            resolved = (*resolved, step) if (*resolved, step) in self.values else resolved
        return resolved

    def at(self, path: YamlPath) -> Any:
        """The data at an existing path."""
        data = self.data
        for step in path:
            data = data[step]
        return data

    def spot(self, path: Iterable[str | int]) -> SourceSpan:
        """The place of a value: of a scalar itself, of a map or list its key."""
        resolved = self.resolve(path)
        if isinstance(self.at(resolved), dict | list) and resolved in self.keys:
            return self.keys[resolved]
        return self.values.get(resolved, self.start)

    def key_spot(self, path: Iterable[str | int]) -> SourceSpan:
        """The place of the key of a path."""
        resolved = self.resolve(path)
        return self.keys.get(resolved) or self.values.get(resolved, self.start)

    def problem(self, path: Iterable[str | int], what: str, hint: str = "", *, key: bool = False) -> Problem:
        """A problem at the value of this path, or at its key. It does not show values of variables."""
        steps = tuple(path)
        values = self._variable_values(self.resolve(steps))
        spot = self.key_spot(steps) if key else self.spot(steps)
        problem = (spot.source or self.source).problem(spot, hide_values(what, values), hide_values(hint, values))
        for secret in self._secrets():
            what, line = (text.replace(secret, "*" * len(secret)) for text in (problem.what, problem.source))
            problem = replace(problem, what=what, source=line)
        return problem

    def _secrets(self) -> Iterator[str]:
        """Texts that must be references to secrets and are none: somebody has written the secret itself."""
        for path in self.values:
            value = self.at(path) if path and path[-1] in SECRET_KEYS else None
            if isinstance(value, str) and len(value) >= MIN_SECRET_LENGTH and not value.startswith(REFERENCES):
                yield str(value)

    def _variable_values(self, path: YamlPath) -> dict[str, str]:
        """Values of variables with their texts: those at or below the path, and all long ones."""
        references = {}
        for place, origin in self.origins.items():
            value = str(self.at(place))
            near = place[: len(path)] == path
            if value and value not in origin and (near or len(value) >= MIN_SECRET_LENGTH):
                references[value] = origin
        return references

    def empties(self) -> Iterator[YamlPath]:
        """The paths whose value is null."""
        return (path for path in self.values if path and self.at(path) is None)

    def edited(self, drops: Collection[YamlPath], renames: Mapping[YamlPath, str]) -> Tree:
        """Returns the document without some paths and with some keys renamed. The places stay right."""
        edit = _Edit(self, drops, renames)
        data = edit.copy((), (), self.data)
        return replace(self, data=data, keys=edit.keys, values=edit.values, origins=edit.origins)


SECRET_KEYS = ("client_secret", "ClientSecret")
REFERENCES = ("ssm:", "secretsmanager:", "env:")


@dataclass
class _Edit:
    """Copies a tree and changes it."""

    tree: Tree
    drops: Collection[YamlPath]
    renames: Mapping[YamlPath, str]
    keys: dict[YamlPath, SourceSpan] = field(default_factory=dict)
    values: dict[YamlPath, SourceSpan] = field(default_factory=dict)
    origins: dict[YamlPath, str] = field(default_factory=dict)

    def copy(self, old: YamlPath, new: YamlPath, data: Any) -> Any:
        """Copies the data of the path `old` to the path `new`."""
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
