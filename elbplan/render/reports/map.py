"""The map of a stack as data: names, load balancers, listeners, rules, target groups and targets, and what changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

MapAction = Literal["create", "update", "replace", "recreate", "stop", "delete", "adopt", "keep"]
"""What a plan does with a box. `recreate` is a replacement that deletes the old resource first."""

Column = Literal["name", "balancer", "listener", "rule", "group", "target", "other"]

COLUMNS: Mapping[Column, str] = {
    "name": "Names",
    "balancer": "Load balancers",
    "listener": "Listeners",
    "rule": "Rules",
    "group": "Target groups",
    "target": "Targets",
}
"""The columns in the order of a request. They are those of the resource map in AWS's console."""

OTHER = "Also in this stack"
"""The title of the resources that no request passes."""

CHANGE_WORDS: Mapping[MapAction, str] = {
    "create": "create",
    "update": "change",
    "replace": "replace",
    "recreate": "replace",
    "delete": "delete",
    "stop": "stop",
    "adopt": "adopt",
    "keep": "unchanged",
}

Tone = Literal["good", "bad", "plain"]


@dataclass(frozen=True)
class FieldRow:
    """A field of a resource, before and after the plan, as a person reads it. Values of variables are hidden."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """True if the plan changes the field."""
        return self.before != self.after


@dataclass(frozen=True)
class Node:
    """A box of the map.

    id       the address; for a part of a resource with a suffix: `listener.443/default`, `targets.web/i-0abc`
    address  the address of its resource, in which `changes` of the plan are found
    kind     in words: `target group`
    title    the first line: a name
    lines    further lines
    change   what the plan does with it
    reason   why
    fields   its values before and after
    notes    further remarks: hazards, what a record replaces
    state    its state in AWS: `healthy`, `active`; empty if it is unknown
    tone     whether that state is good or bad
    """

    id: str
    address: str
    column: Column
    kind: str
    title: str
    lines: tuple[str, ...] = ()
    change: MapAction = "keep"
    reason: str = ""
    fields: tuple[FieldRow, ...] = ()
    notes: tuple[str, ...] = ()
    state: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True)
class Edge:
    """A connection between two boxes, in the direction of a request. `label` is a weight such as `90 %`."""

    source: str
    target: str
    label: str = ""
    change: MapAction = "keep"


@dataclass(frozen=True)
class StackMap:
    """The map of one stack. `nodes` are in the order in which every format shows them."""

    stack: str
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    by_id: Mapping[str, Node] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {node.id: node for node in self.nodes})

    def column(self, column: Column) -> tuple[Node, ...]:
        """The boxes of a column, from top to bottom."""
        return tuple(node for node in self.nodes if node.column == column)

    def after(self, node: Node) -> tuple[tuple[Edge, Node], ...]:
        """The boxes to which a box leads."""
        return tuple((edge, self.by_id[edge.target]) for edge in self.leaving.get(node.id, ()))

    @cached_property
    def leaving(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges by the box that they leave."""
        return _grouped((edge.source, edge) for edge in self.edges)

    @cached_property
    def arriving(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges by the box at which they arrive."""
        return _grouped((edge.target, edge) for edge in self.edges)


def _grouped(pairs: Iterable[tuple[str, Edge]]) -> Mapping[str, tuple[Edge, ...]]:
    groups: dict[str, tuple[Edge, ...]] = {}
    for key, edge in pairs:
        groups[key] = (*groups.get(key, ()), edge)
    return groups
