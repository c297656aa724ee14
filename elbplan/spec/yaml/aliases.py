"""Composed YAML written out as plain data: aliases repeated, `<<` merged, both within limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .tree import SourceSpan, YamlPath

DEEPEST = 30
MOST_VALUES = 50_000


class Stop(Exception):
    """This document, and what follows it in the file, cannot be read."""

    def __init__(self, spot: SourceSpan, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.spot, self.what, self.hint = spot, what, hint


class UnreadScalar:
    """Stands for a scalar that has been complained about already."""

    def __repr__(self) -> str:
        return "(unread)"


@dataclass(frozen=True)
class YamlNode:
    """A value and its spot: a scalar's `value`, a list's `items`, or a map's `pairs` with their keys' spots."""

    spot: SourceSpan
    value: Any = None
    items: tuple[YamlNode, ...] | None = None
    pairs: tuple[tuple[str, SourceSpan, YamlNode], ...] | None = None
    origin: str = ""
    """A scalar as it was written, where that has variables."""


Pairs = dict[str, tuple[SourceSpan, YamlNode]]


@dataclass
class Layout:
    """Writes one document out; `keys` and `values` say afterwards where everything stands."""

    keys: dict[YamlPath, SourceSpan] = field(default_factory=dict)
    values: dict[YamlPath, SourceSpan] = field(default_factory=dict)
    origins: dict[YamlPath, str] = field(default_factory=dict)
    """The scalars with variables, as they were written."""
    _merged: dict[int, Pairs] = field(default_factory=dict)
    _pairs_merged: int = 0

    def put(self, path: YamlPath, node: YamlNode) -> Any:
        """The node's data; its spots are entered under the path. Raises Stop beyond the limits."""
        if len(path) > DEEPEST:
            raise Stop(node.spot, f"nested more than {DEEPEST} levels deep", "no key of a spec needs that")
        self._within(len(self.values), node.spot)
        self.values[path] = node.spot
        if node.items is not None:
            return [self.put((*path, i), item) for i, item in enumerate(node.items)]
        if node.pairs is None:
            self.origins |= {path: node.origin} if node.origin else {}
            return node.value
        data: dict[str, Any] = {}
        for key, (spot, value) in self._pairs(node).items():
            self.keys[(*path, key)] = spot
            data[key] = self.put((*path, key), value)
        return data

    def _pairs(self, node: YamlNode) -> Pairs:
        """A map's pairs, with what `<<` brings behind its own."""
        if id(node) not in self._merged:
            pairs: Pairs = {key: (spot, value) for key, spot, value in node.pairs or () if key != "<<"}
            for key, spot, value in node.pairs or ():
                if key == "<<":
                    self._merge(pairs, spot, value)
            self._merged[id(node)] = pairs
        return self._merged[id(node)]

    def _merge(self, pairs: Pairs, spot: SourceSpan, value: YamlNode) -> None:
        for part in value.items if value.items is not None else (value,):
            if part.pairs is None:
                raise Stop(spot, "<< merges maps, and this is none", "write <<: *name_of_an_anchor")
            brought = self._pairs(part)
            self._pairs_merged += len(brought) + 1
            self._within(self._pairs_merged, spot)
            for key, pair in brought.items():
                pairs.setdefault(key, pair)

    def _within(self, count: int, spot: SourceSpan) -> None:
        if count >= MOST_VALUES:
            what = f"more than {MOST_VALUES} values once every *alias is written out"
            raise Stop(spot, what, "split the file, or repeat less")
