"""The map of a stack as JSON. Within a schema version, elbplan can add fields but never removes one."""

from __future__ import annotations

from typing import Any

from .map import Edge, Node, StackMap


def map_document(map: StackMap) -> dict[str, Any]:
    """The boxes and the connections of a stack."""
    return {"nodes": [_node(node) for node in map.nodes], "edges": [_edge(edge) for edge in map.edges]}


def _node(node: Node) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": node.id,
        "address": node.address,
        "column": node.column,
        "kind": node.kind,
        "title": node.title,
        "lines": list(node.lines),
        "change": node.change,
        "why": node.reason,
        "notes": list(node.notes),
        "state": node.state,
    }
    changed = {row.name: [row.before, row.after] for row in node.fields if row.changed and node.change != "keep"}
    return {key: value for key, value in {**document, "fields": changed}.items() if value not in ("", [], {})}


def _edge(edge: Edge) -> dict[str, Any]:
    document = {"from": edge.source, "to": edge.target, "label": edge.label, "change": edge.change}
    return {key: value for key, value in document.items() if value}
