"""Builds the map of a stack from a plan. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from ...core.address import Address, Ref
from ...core.hidden import redacted
from ...core.plan import Plan
from ...core.resource import Resource
from ...errors import escaped
from ...kinds import KINDS
from ...kinds.listener import Listener
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.rule import Rule
from ...kinds.target import member_key
from ...kinds.target_group import TargetGroup
from ...kinds.target_states import TargetState
from ...kinds.targets import Targets
from ...kinds.traffic import attach_only, weighted_groups
from ..servers import with_names
from ..words import wording
from .boxes import COLUMN_OF, action_lines, kind_title, lines_of, percent, title_of
from .entries import Entries, Entry
from .fields import field_rows
from .map import Edge, FieldRow, MapAction, Node, StackMap, Tone
from .order import DEFAULT, in_order
from .target_boxes import found_targets, targets_of

TONES: Mapping[str, Tone] = {"active": "good", "ISSUED": "good", "active_impaired": "bad", "failed": "bad"}


def stack_map(plan: Plan, states: Mapping[Address, Sequence[TargetState]] | None = None) -> StackMap:
    """The map of what the plan does. `states` has the health of the targets by target group, as far as it is known."""
    entries = Entries(plan)
    nodes: list[Node] = []
    edges: dict[tuple[str, str], dict[str, str]] = {}
    for entry in entries:
        nodes += _nodes(entry, entries, plan, states or {})
        for side in ("before", "after"):
            for source, target, label in _edges(entry, getattr(entry, side), entries):
                edges.setdefault((source, target), {})[side] = label
    known = {node.id: node for node in nodes}
    made = [_edge(pair, sides, known[pair[1]]) for pair, sides in edges.items() if set(pair) <= set(known)]
    words = wording(plan)
    kept = [_readable(node, words) for node in in_order(nodes, made)]
    places = {node.id: place for place, node in enumerate(kept)}
    made.sort(key=lambda edge: (places[edge.source], places[edge.target]))
    return StackMap(plan.stack, tuple(kept), tuple(made))


def _nodes(
    entry: Entry, entries: Entries, plan: Plan, states: Mapping[Address, Sequence[TargetState]]
) -> Iterator[Node]:
    resource = entry.shown
    if isinstance(resource, Targets):
        yield from targets_of(entry, entries, plan, _states_of(resource.group, entries, states))
        return
    if attach_only(resource):
        return
    yield _node(entry, entries, plan)
    if isinstance(resource, Listener):
        yield _default_rule(entry, resource, entries, plan)
    if isinstance(resource, TargetGroup) and not _is_filled(entry.address, entries):
        yield from _filled_by_others(entry, plan, _states_of(entry.address, entries, states))


def _node(entry: Entry, entries: Entries, plan: Plan) -> Node:
    summary = KINDS[entry.address.kind].summary(redacted(entry.shown))
    state = entry.fact("state") if isinstance(entry.shown, LoadBalancer) or entry.address.kind == "certificate" else ""
    return Node(
        str(entry.address),
        str(entry.address),
        COLUMN_OF.get(entry.address.kind, "other"),
        kind_title(entry.shown),
        title_of(entry),
        lines_of(entry, entries, with_names(summary, plan.servers)),
        entry.action,
        with_names(entry.reason, plan.servers),
        _fields(entry),
        tuple(_notes(entry, plan)),
        state.lower(),
        TONES.get(state, "plain"),
    )


def _fields(entry: Entry) -> tuple[FieldRow, ...]:
    rows = field_rows(entry.before, entry.after)
    if entry.name and not any(row.name == "name" for row in rows):
        old = entry.fact("name") if entry.before is not None else ""
        return (FieldRow("name in AWS", old, entry.name if entry.after is not None else ""), *rows)
    return rows


def _notes(entry: Entry, plan: Plan) -> Iterator[str]:
    live = entry.live.address if entry.live else entry.address
    yield from (f"{hazard.name}: {hazard.text}" for hazard in plan.hazards if hazard.address in (entry.address, live))
    for label, texts in (
        ("replaces", plan.replaced),
        ("back to", plan.restored),
        ("does not bring back", plan.not_restored),
    ):
        for address in dict.fromkeys((entry.address, live)):
            if address in texts:
                yield f"{label}: {texts[address]}"
    if cause := plan.causes.get(entry.address):
        yield str(cause)


def _default_rule(entry: Entry, listener: Listener, entries: Entries, plan: Plan) -> Node:
    """The box of a listener's own action, which serves the requests that no rule matches."""
    action: MapAction = entry.action
    if action == "update" and isinstance(entry.before, Listener):
        old, new = ((side.leading_actions, side.action) for side in (entry.before, listener))
        action = "keep" if old == new else action
    reason = entry.reason if action != "keep" else ""
    node = _node(entry, entries, plan)
    lines = ("every other request", *action_lines(listener, entries))
    return replace(
        node, id=_default_id(entry.address), column="rule", kind="default action", title=DEFAULT, lines=lines,
        change=action, reason=reason, state="", tone="plain",
    )  # fmt: skip


def _default_id(listener: Address) -> str:
    return f"{listener}/default"


def _is_filled(group: Address, entries: Entries) -> bool:
    sides = (side for entry in entries for side in (entry.before, entry.after))
    return any(isinstance(side, Targets) and entries.address(side.group) == group for side in sides)


def _filled_by_others(entry: Entry, plan: Plan, states: Sequence[TargetState]) -> Iterator[Node]:
    """The targets of a group that an Auto Scaling group or a service fills: each by itself if its state is known."""
    if states:
        yield from found_targets(entry, plan, states)
        return
    number = entry.fact("registered")
    text = f"{number} registered" if number and number != "0" else "none registered yet"
    address = str(entry.address)
    title = "filled by others"
    reason = "elbplan does not change them"
    yield Node(f"{address}/others", address, "target", "targets", title, (text,), "keep", reason)


def _states_of(group: Ref, entries: Entries, states: Mapping[Address, Sequence[TargetState]]) -> Sequence[TargetState]:
    entry = entries.of(group)
    live = entry.live.address if entry and entry.live else None
    return states.get(live, ()) if live else ()


def _edges(entry: Entry, resource: Resource | None, entries: Entries) -> Iterator[tuple[str, str, str]]:
    """The connections of one side of a resource: from, to, label."""
    if resource is None:
        return
    here = str(entry.address)
    if isinstance(resource, Record):
        yield here, str(entries.address(resource.load_balancer)), ""
    elif isinstance(resource, Listener):
        yield str(entries.address(resource.load_balancer)), here, ""
        yield here, _default_id(entry.address), ""
        yield from _shares(_default_id(entry.address), resource, entries)
    elif isinstance(resource, Rule) and not attach_only(resource):
        yield str(entries.address(resource.listener)), here, ""
        yield from _shares(here, resource, entries)
    elif isinstance(resource, Targets):
        group = str(entries.address(resource.group))
        yield from ((group, f"{here}/{member_key(member)}", "") for member in resource.members)
    elif isinstance(resource, TargetGroup):
        yield here, f"{here}/others", ""


def _shares(source: str, resource: Resource, entries: Entries) -> Iterator[tuple[str, str, str]]:
    shares = weighted_groups(resource)
    total = sum(share.weight for share in shares)
    for share in shares:
        label = percent(share.weight, total) if len(shares) > 1 else ""
        yield source, str(entries.address(share.group)), label


def _edge(pair: tuple[str, str], sides: Mapping[str, str], target: Node) -> Edge:
    both: MapAction = target.change if target.change in ("replace", "recreate") else "keep"
    change: MapAction = both if len(sides) == 2 else "create" if "after" in sides else "delete"
    before, after = sides.get("before", ""), sides.get("after", "")
    moved = len(sides) == 2 and before != after
    label = f"{before or '100 %'} → {after or '100 %'}" if moved else after or before
    return Edge(*pair, label, "update" if moved else change)


def _readable(node: Node, words: Callable[[str], str]) -> Node:
    """The box with words for addresses, and without control characters in its texts."""
    return replace(
        node,
        title=escaped(node.title),
        lines=tuple(escaped(words(line)) for line in node.lines),
        reason=escaped(words(node.reason)),
        notes=tuple(escaped(words(note)) for note in node.notes),
        fields=tuple(FieldRow(row.name, words(row.before), words(row.after)) for row in node.fields),
    )
