"""The map of a stack as a Mermaid flowchart, which GitHub and GitLab draw in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..style import SYMBOLS
from .map import COLUMNS, MapAction, Node, StackMap

CLASSES: Mapping[MapAction, str] = {
    "create": "fill:#e6f4ea,stroke:#0b6b3a,stroke-width:2px,color:#0b3d22",
    "update": "fill:#fff4d6,stroke:#8a5a00,stroke-width:2px,color:#4d3300",
    "replace": "fill:#efe7fb,stroke:#6b3fa0,stroke-width:2px,color:#38205a",
    "recreate": "fill:#fdeaea,stroke:#6b3fa0,stroke-width:2px,color:#38205a",
    "delete": "fill:#fdeaea,stroke:#b3261e,stroke-width:2px,stroke-dasharray:5 3,color:#5c1410",
    "stop": "fill:#fff4d6,stroke:#8a5a00,stroke-width:2px,stroke-dasharray:5 3,color:#4d3300",
    "adopt": "fill:#e3f1fb,stroke:#0b5a8a,stroke-width:2px,color:#0b3350",
    "keep": "fill:#f6f7f9,stroke:#8a94a3,color:#2b3440",
}
"""The look of each change. A symbol in the label says the same without colour."""

PLAIN = re.compile(r"[A-Za-z0-9 .,:/_()+=→≥-]")
LONGEST = 60
"""The longest line of a label."""

MOST_NODES = 150
"""Mermaid draws no more than about 500 connections, and nobody reads so many boxes."""


def mermaid(map: StackMap, most: int = MOST_NODES) -> str:
    """The flowchart of one stack. With more than `most` boxes, it leaves out unchanged ones and then the last ones."""
    return "\n".join(_lines([map], most)) + "\n"


def mermaid_of_all(maps: Sequence[StackMap]) -> str:
    """One flowchart with a frame for each stack."""
    return "\n".join(_lines(maps, MOST_NODES)) + "\n"


def _lines(maps: Sequence[StackMap], most: int) -> Iterator[str]:
    yield "flowchart LR"
    number, used, arrows = 0, set(), list[str]()
    for place, map in enumerate(maps, 1):
        shown, left_out = shown_nodes(map, most)
        ids = {node.id: f"n{number + index}" for index, node in enumerate(shown, 1)}
        number += len(shown)
        used |= {node.change for node in shown}
        indent = "  "
        if len(maps) > 1:
            yield f'  subgraph s{place}["{escaped_label(map.stack)}"]'
            indent = "    "
        for node in shown:
            yield f'{indent}{ids[node.id]}["{label_of(node)}"]:::{node.change}'
        if left_out:
            yield f'{indent}more{place}["{left_out} more unchanged or not shown"]:::keep'
            used |= {"keep"}
        if len(maps) > 1:
            yield "  end"
        arrows += _arrows(map, ids)
    yield from arrows
    for change, look in CLASSES.items():
        if change in used:
            yield f"  classDef {change} {look}"


def _arrows(map: StackMap, ids: Mapping[str, str]) -> Iterator[str]:
    for edge in map.edges:
        if edge.source in ids and edge.target in ids:
            arrow = "-.->" if edge.change == "delete" else "-->"
            label = f'|"{escaped_label(edge.label)}"|' if edge.label else ""
            yield f"  {ids[edge.source]} {arrow}{label} {ids[edge.target]}"


def shown_nodes(map: StackMap, most: int) -> tuple[list[Node], int]:
    """The boxes that a small picture shows, and how many it leaves out: first unchanged ones, then the last ones."""
    nodes = [node for node in map.nodes if node.column in COLUMNS]
    if len(nodes) <= most:
        return nodes, 0
    kept = [node for node in nodes if node.change != "keep"] or nodes
    kept = kept[:most]
    return kept, len(nodes) - len(kept)


def label_of(node: Node) -> str:
    """The label of a box: the symbol of its change, its title and its lines."""
    symbol = f"{SYMBOLS[node.change]} " if node.change != "keep" else ""
    first = f"{symbol}{node.kind} {node.title}"
    lines = [first, *node.lines, *([node.state] if node.state else [])]
    return "<br/>".join(escaped_label(line if len(line) <= LONGEST else line[: LONGEST - 1] + "…") for line in lines)


def escaped_label(text: str) -> str:
    """The text inside the quotes of a label. A character with a meaning in Mermaid or HTML becomes its number."""
    return "".join(character if _is_plain(character) else f"#{ord(character)};" for character in " ".join(text.split()))


def _is_plain(character: str) -> bool:
    return PLAIN.fullmatch(character) is not None or (ord(character) > 127 and character.isalnum())
