"""The map of a stack as a tree of text: what leads to what, with the names of servers and their health."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from ..layout import flow
from ..style import COLOURS, SYMBOLS, Style
from .map import OTHER, Edge, Node, StackMap

MARKS = {"good": ("✓", "green"), "bad": ("✗", "red"), "plain": ("·", "")}
WIDEST = 80
"""The tree is never wider, so that it fits a mail and a comment."""


def tree_lines(map: StackMap, style: Style) -> list[Text]:
    """The lines of the tree: load balancers with their names, then what stands aside."""
    style = Style(min(style.width, WIDEST), style.ascii)
    lines: list[Text] = []
    shown: set[str] = set()
    roots = [node for node in map.nodes if node.column != "other" and node.id not in map.arriving]
    for place, node in enumerate(roots):
        following = roots[place + 1] if place + 1 < len(roots) else None
        if node.column == "name" and following and following.column == "name" and _same_way(map, node, following):
            lines += _row(node, None, style, "", "")  # the last of the names shows where they lead
        else:
            lines += _branch(map, node, None, style, "", "", shown)
    others = map.column("other")
    if others:
        lines += [Text(), style.line((OTHER, "bold"))]
        for node in others:
            lines += _row(node, None, style, "  ", "  ")
    return lines


def _same_way(map: StackMap, first: Node, second: Node) -> bool:
    return [node.id for _, node in map.after(first)] == [node.id for _, node in map.after(second)]


def _branch(
    map: StackMap, node: Node, edge: Edge | None, style: Style, first: str, rest: str, shown: set[str]
) -> Iterator[Text]:
    """A box and all that it leads to. What stands above already is not repeated."""
    again = node.id in shown
    yield from _row(node, edge, style, first, rest, again=again and bool(map.after(node)))
    if again:
        return
    shown.add(node.id)
    branches = map.after(node)
    for number, (below, after) in enumerate(branches, 1):
        last = number == len(branches)
        corner, line = _corners(style, last=last)
        yield from _branch(map, after, below, style, f"{rest}{corner} ", f"{rest}{line} ", shown)


def _corners(style: Style, *, last: bool) -> tuple[str, str]:
    if style.ascii:
        return ("`-", "  ") if last else ("|-", "| ")
    return ("└─", "  ") if last else ("├─", "│ ")


def _row(node: Node, edge: Edge | None, style: Style, first: str, rest: str, *, again: bool = False) -> Iterator[Text]:
    symbol = (f"{SYMBOLS[node.change]} ", f"bold {COLOURS[node.change]}") if node.change != "keep" else ("", "")
    mark, colour = MARKS[node.tone] if node.state else ("", "")
    share = f"{edge.label} " if edge and edge.label else ""
    kind = "" if node.column in ("rule", "target", "listener") else f"{node.kind} "
    head = Text(first, "dim").append_text(
        style.line(symbol, (f"{mark} " if mark else "", colour), (share, "bold"), (kind, "dim"), (node.title, "bold"))
    )
    texts = ["(above)"] if again else [*node.lines, *([node.state] if node.state else [])]
    head.truncate(style.width - 2, overflow="ellipsis")
    head.append("  ")
    below = cell_len(rest) + 4
    yield from flow(style, head, ", ".join(texts), "dim", back=below)
    notes = () if again else node.notes
    for note in notes:
        yield from flow(style, Text(f"{rest}    "), note, "yellow")
