"""The order of the boxes in each column of a map, with few crossing connections."""

from __future__ import annotations

from collections.abc import Sequence

from .map import COLUMNS, Edge, Node

DEFAULT = "default"
"""The title of the box for a listener's own action. AWS's console calls it so."""

LAST = 1_000_000
"""A place after every rule."""


def in_order(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Node]:
    """Rules stand by their listener and priority, the default last. Groups and targets follow what leads to them."""
    columns = [[node for node in nodes if node.column == column] for column in (*COLUMNS, "other")]
    sources: dict[str, list[str]] = {}
    for edge in edges:
        sources.setdefault(edge.target, []).append(edge.source)
    places: dict[str, int] = {}
    ordered: list[Node] = []
    for column in columns:
        column.sort(key=lambda node: (_first(node, sources, places), _priority(node)))
        places |= {node.id: len(places) + number for number, node in enumerate(column)}
        ordered += column
    return ordered


def _first(node: Node, sources: dict[str, list[str]], places: dict[str, int]) -> int:
    """The place of the first box that leads to this one."""
    if node.column == "other":
        return 0
    return min((places[source] for source in sources.get(node.id, ()) if source in places), default=LAST)


def _priority(node: Node) -> int:
    if node.column != "rule":
        return 0
    return LAST if node.title == DEFAULT else int(node.title)
