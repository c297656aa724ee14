"""The boxes of targets: one for each server or address that is registered before or after the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...core.address import Address
from ...core.plan import Plan
from ...kinds.aws.target_health import WELL
from ...kinds.target import Target, member_key
from ...kinds.target_group import TargetGroup
from ...kinds.target_states import TargetState
from ...kinds.targets import Targets
from ..servers import with_names
from ..summaries import target_text
from ..words import name_in_words
from .boxes import group_title
from .entries import Entries, Entry
from .map import FieldRow, MapAction, Node, Tone

RUNNING = "running"


def targets_of(entry: Entry, entries: Entries, plan: Plan, states: Sequence[TargetState]) -> Iterator[Node]:
    """A box for each target of one group."""
    before, after = _members(entry.before), _members(entry.after)
    for key in sorted(before.keys() | after.keys()):
        action = _action(entry, key in before, key in after)
        yield _box(entry, entries, plan, key, after.get(key) or before[key], action, states)


def _members(side: object) -> dict[str, Target]:
    return {member_key(member): member for member in side.members} if isinstance(side, Targets) else {}


def _action(entry: Entry, was: bool, will: bool) -> MapAction:
    if was and will:
        return entry.action if entry.action in ("replace", "recreate") else "keep"
    return "create" if will else "delete"


REASONS: Mapping[MapAction, str] = {
    "create": "it is registered in the target group",
    "replace": "it is registered in the new target group, and later deregistered from the old one",
    "recreate": "it is deregistered, and registered in the new target group",
    "delete": "it is deregistered from the target group",
}


def _box(
    entry: Entry, entries: Entries, plan: Plan, key: str, member: Target, action: MapAction,
    states: Sequence[TargetState],
) -> Node:  # fmt: skip
    id = _id(member, entries)
    group = entries.of(entry.shown.group) if isinstance(entry.shown, Targets) else None
    port = member.port or (group.shown.port if group and isinstance(group.shown, TargetGroup) else None)
    state = next((state for state in states if _is(state, id, member)), None)
    zone = (state.zone if state else "") or _zone(entry, key) or member.zone or ""
    if isinstance(zone, str) and zone == "all":
        zone = "outside the VPC"
    title, server = _title(member, entries, plan, id), entries.of(member.instance)
    group_name = group_title(group.address, entries) if group else ""
    fields = {"id": id, "port": str(port or ""), "zone": zone, "group": group_name}
    known = (id != title and not id.startswith("arn:") and not isinstance(member.instance, Address)) or bool(
        server and server.live
    )
    lines = [f":{port}" if port else "", id if known else "", zone]
    return Node(
        f"{entry.address}/{key}",
        str(entry.address),
        "target",
        "target",
        title,
        tuple(filter(None, lines)),
        action,
        REASONS.get(action, ""),
        tuple(_row(name, text, action) for name, text in fields.items() if text),
        tuple(_notes(state, plan, id)),
        state.state if state else _server_state(id, plan),
        _tone(state) if state else "bad" if _server_state(id, plan) else "plain",
    )


def _server_state(id: str, plan: Plan) -> str:
    """The state of a server that does not run; empty for all others."""
    state = plan.servers[id].state if id in plan.servers else ""
    return "" if state == RUNNING else state


def found_targets(entry: Entry, plan: Plan, states: Sequence[TargetState]) -> Iterator[Node]:
    """A box for each target that others registered."""
    for state in states:
        label = plan.servers.get(state.id)
        port = f":{state.port}" if state.port else ""
        yield Node(
            f"{entry.address}/others/{state.id}{port}",
            str(entry.address),
            "target",
            "target",
            (" ".join(label.name.split()) if label else "") or state.id,
            tuple(filter(None, (port, state.id if label else "", state.zone))),
            reason="others registered it",
            notes=tuple(_notes(state, plan, state.id)),
            state=state.state,
            tone=_tone(state),
        )


def _id(member: Target, entries: Entries) -> str:
    """The AWS id if the server exists, its address in the stack otherwise, or an IP address."""
    entry = entries.of(member.instance)
    if entry and entry.live:
        return entry.live.id
    return str(member.instance or member.address)


def _title(member: Target, entries: Entries, plan: Plan, id: str) -> str:
    if isinstance(member.instance, Address):
        return name_in_words(member.instance)
    label = plan.servers.get(id)
    name = label.name if label else plan.server_facts[id].name if id in plan.server_facts else ""
    return " ".join(name.split()) or (target_text(member) if id.startswith("arn:") else id)


def _zone(entry: Entry, key: str) -> str:
    for side in (entry.after, entry.before):
        if isinstance(side, Targets) and key in side.live_zones:
            return side.live_zones[key]
    return ""


def _is(state: TargetState, id: str, member: Target) -> bool:
    return state.id == id and member.port in (None, state.port)


def _row(name: str, text: str, action: MapAction) -> FieldRow:
    return FieldRow(name, "" if action == "create" else text, "" if action == "delete" else text)


def _notes(state: TargetState | None, plan: Plan, id: str) -> Iterator[str]:
    if state and state.state not in WELL and (state.reason or state.text):
        yield f"{state.reason}: {state.text}".strip(": ")
    facts = plan.server_facts.get(id)
    if facts and facts.closed:
        yield with_names(f"{facts.closed.text}: {facts.closed.fix}".strip(": "), plan.servers)


def _tone(state: TargetState | None) -> Tone:
    if state is None:
        return "plain"
    return "good" if state.state in WELL else "bad"
