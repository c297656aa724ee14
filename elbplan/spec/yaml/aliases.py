"""Turns YAML nodes into plain data: copies aliases and merges `<<`, both within limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .tree import SourceSpan, YamlPath

MAX_DEPTH = 30
MAX_VALUES = 50_000


class UnreadableYaml(Exception):
    """elbplan cannot read this document and the documents after it in the file."""

    def __init__(self, spot: SourceSpan, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.spot, self.what, self.hint = spot, what, hint


class UnreadScalar:
    """Replaces a scalar that already has a problem."""

    def __repr__(self) -> str:
        return "(unread)"


@dataclass(frozen=True)
class YamlNode:
    """A value and its place: a scalar has `value`, a list `items`, a map `pairs` with the places of the keys."""

    spot: SourceSpan
    value: Any = None
    items: tuple[YamlNode, ...] | None = None
    pairs: tuple[tuple[str, SourceSpan, YamlNode], ...] | None = None
    origin: str = ""
    """The text of a scalar before variables were replaced; empty if it has none."""


Pairs = dict[str, tuple[SourceSpan, YamlNode]]


@dataclass
class Layout:
    """Turns one document into plain data; `keys` and `values` then have the place of each key and value."""

    keys: dict[YamlPath, SourceSpan] = field(default_factory=dict)
    values: dict[YamlPath, SourceSpan] = field(default_factory=dict)
    origins: dict[YamlPath, str] = field(default_factory=dict)
    """The texts of scalars before variables were replaced, for the scalars that have some."""
    _merged: dict[int, Pairs] = field(default_factory=dict)
    _pairs_merged: int = 0

    def put(self, path: YamlPath, node: YamlNode) -> Any:
        """Returns the node's data and notes its places under the path. Raises UnreadableYaml beyond the limits."""
        if len(path) > MAX_DEPTH:
            raise UnreadableYaml(node.spot, f"nested more than {MAX_DEPTH} levels deep", "a spec does not need this")
        self._check_limit(len(self.values), node.spot)
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
        """A map's own pairs, then those that `<<` merges."""
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
                raise UnreadableYaml(spot, "<< can merge only maps", "write <<: *name_of_an_anchor")
            merged = self._pairs(part)
            self._pairs_merged += len(merged) + 1
            self._check_limit(self._pairs_merged, spot)
            for key, pair in merged.items():
                pairs.setdefault(key, pair)

    def _check_limit(self, count: int, spot: SourceSpan) -> None:
        if count >= MAX_VALUES:
            what = f"more than {MAX_VALUES} values after all aliases are copied"
            raise UnreadableYaml(spot, what, "split the file, or use fewer aliases")
