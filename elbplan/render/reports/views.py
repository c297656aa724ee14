"""What the templates show of a stack: plain data, without a decision left to a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...core.plan import Plan
from ...kinds import KINDS
from ..downtime import downtime
from ..notes import ignored_texts
from ..order import Moment, moments
from ..style import ACTION_VERBS, SYMBOLS
from ..words import in_words, wording
from .cost import CostView, cost_notes, cost_view
from .map import CHANGE_WORDS, COLUMNS, FieldRow, Node, StackMap
from .page import Report, Section
from .samples import Sample
from .security import SecurityRow, security_rows
from .timeline_view import TimelineView, timeline_view

TALL = 14
"""With more boxes in a column, columns begin at the top, and are not centred."""


@dataclass(frozen=True)
class NodeView:
    """A box, with its ids in the page: its own, and that of the resource whose fields it shows."""

    id: str
    detail: str
    address: str
    kind: str
    title: str
    change: str
    symbol: str
    word: str
    lines: tuple[str, ...]
    reason: str
    notes: tuple[str, ...]
    state: str
    tone: str
    leads_to: str
    changed: tuple[FieldRow, ...]
    same: tuple[FieldRow, ...]

    @property
    def short(self) -> str:
        """Its lines in one."""
        return " · ".join(self.lines)


@dataclass(frozen=True)
class Chip:
    """A number in the header: `2 to create`."""

    change: str
    symbol: str
    number: int
    verb: str


@dataclass(frozen=True)
class Risk:
    """A hazard (`hazard`), a refusal (`refused`) or a warning (`warning`)."""

    level: str
    name: str
    address: str
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class ColumnView:
    """A column of the map."""

    name: str
    title: str
    nodes: Sequence[NodeView]


@dataclass(frozen=True)
class DetailGroup:
    """Resources in the list of changes; one with a title is folded."""

    nodes: Sequence[NodeView]
    title: str = ""
    open: bool = False


@dataclass(frozen=True)
class View:
    """A stack for the templates. `ids` has the id in the page for each box of the map."""

    id: str
    index: int
    name: str
    region: str
    account: str
    error: str
    counts: Sequence[Chip]
    counts_text: str
    facts: Sequence[tuple[str, str]]
    risks: Sequence[Risk]
    columns: Sequence[ColumnView]
    others: Sequence[NodeView]
    tall: bool
    legend: Sequence[tuple[str, str, str]]
    has_traffic: bool
    sample_url: str
    samples: Sequence[Sample]
    security: Sequence[SecurityRow]
    timeline: TimelineView | None
    order: Sequence[Moment]
    details: Sequence[DetailGroup]
    ids: Mapping[str, str] = field(repr=False)
    cost: CostView | None = None


def view_of(section: Section, number: int, report: Report) -> View:
    """The view of one stack; `number` makes the ids of a page differ."""
    map, plan, id = section.map, section.plan, f"s{number}"
    ids = {node.id: f"{id}n{place}" for place, node in enumerate(map.nodes, 1)}
    nodes = {node.id: _node_view(node, map, ids) for node in map.nodes}
    columns = [
        ColumnView(column, title, [nodes[node.id] for node in map.column(column)])
        for column, title in COLUMNS.items()
        if map.column(column)
    ]
    counts = list(_chips(plan))
    samples = [sample for sample in section.samples if sample.url]
    return View(
        id, number - 1, plan.stack, plan.region, plan.account, section.error, counts,
        ", ".join(f"{chip.number} to {chip.verb}" for chip in counts if chip.number) or "no change",
        list(_facts(section, report)), list(_risks(plan)), columns,
        [nodes[node.id] for node in map.column("other")],
        any(len(column.nodes) > TALL for column in columns), _legend(map, report),
        bool(section.before or section.after), samples[0].url if samples else "https://", section.samples,
        security_rows(section.security, plan), timeline_view(section.timeline),
        moments(plan, KINDS) if report.verb == "plan" else [], list(_details(map, nodes)), ids,
        cost=cost_view(section.cost, report.verb) if section.cost else None,
    )  # fmt: skip


def _node_view(node: Node, map: StackMap, ids: Mapping[str, str]) -> NodeView:
    detail = node.address if node.id.endswith("/default") else node.id
    changes = node.change != "keep"
    leads = ", ".join(f"{after.title}{f' {edge.label}' if edge.label else ''}" for edge, after in map.after(node))
    return NodeView(
        ids[node.id], ids[detail], node.address, node.kind, node.title, node.change,
        SYMBOLS[node.change] if changes else "", CHANGE_WORDS[node.change] if changes else "",
        node.lines, node.reason, node.notes, node.state, node.tone, leads,
        tuple(row for row in node.fields if row.changed), tuple(row for row in node.fields if not row.changed),
    )  # fmt: skip


def _chips(plan: Plan) -> Iterator[Chip]:
    for action, number in plan.summary.items():
        yield Chip(action, SYMBOLS[action], number, ACTION_VERBS.get(action, action))


def _facts(section: Section, report: Report) -> Iterator[tuple[str, str]]:
    yield from section.notes
    yield from cost_notes(section.cost, report.verb)
    plan = section.plan
    if report.verb == "plan" and plan.changes:
        yield "Downtime", downtime(plan)
    yield from (("Ignored", text) for text in ignored_texts(plan))
    yield from (("Stays", text) for text in plan.stays)
    yield from (("Stays", f"{left.text} {left.command}") for left in plan.remaining)
    yield from (("Not read", text) for text in plan.unread)
    yield from (("Not checked", text) for text in plan.unchecked)


def _risks(plan: Plan) -> Iterator[Risk]:
    words = wording(plan)
    for refusal in plan.refusals:
        yield Risk("refused", "refused", "", words(refusal.what), words(refusal.hint))
    for hazard in plan.hazards:
        yield Risk("hazard", hazard.name, in_words(hazard.address), words(hazard.text), words(hazard.remedy))
    for warning in plan.warnings:
        yield Risk("warning", "warning", "", warning)


def _legend(map: StackMap, report: Report) -> list[tuple[str, str, str]]:
    used = {node.change for node in map.nodes}
    if report.verb != "plan":
        return []
    words = {change: word for change, word in CHANGE_WORDS.items() if change in used}
    return [(change, SYMBOLS.get(change, "·"), word) for change, word in words.items()]


def _details(map: StackMap, nodes: Mapping[str, NodeView]) -> Iterator[DetailGroup]:
    shown = [node for node in map.nodes if not node.id.endswith("/default")]
    changed = [nodes[node.id] for node in shown if node.change != "keep"]
    same = [nodes[node.id] for node in shown if node.change == "keep"]
    if changed:
        yield DetailGroup(changed)
    if same:
        yield DetailGroup(same, f"{len(same)} without change" if changed else "")
