"""What differs between two versions of a resource, in a person's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..core.change import Change, field_difference
from ..core.hidden import redacted
from ..core.resource import Resource, differing_fields
from ..errors import escaped
from ..kinds.aws.actions import action_text, leading_text
from ..kinds.aws.conditions import condition_text
from ..kinds.aws.ingress_rules import ingress_rule_text
from .style import listed

ValueText = Callable[[Any], str]


def _member_text(member: Any) -> str:
    return f"{member.instance or member.address}{f':{member.port}' if member.port else ''}"


FIELDS: Mapping[str, ValueText] = {
    "ingress": ingress_rule_text,
    "egress": ingress_rule_text,
    "action": action_text,
    "leading_actions": leading_text,
    "conditions": condition_text,
    "members": _member_text,
}
"""Fields whose values a kind can tell better than their bare keys; of a list, its items."""


ALL = 1000
BRIEF = 4
"""So many of the differences inside one field are told where there is little room."""


def change_reason(change: Change, most: int = ALL) -> str:
    """Why a change is made; for an update, what changes."""
    if change.action == "update" and change.before is not None and change.after is not None:
        return differences(change.before, change.after, most)
    return change.because


def differences(before: Resource, after: Resource, most: int = ALL) -> str:
    """Every field that differs: `ingress: + 8080 from anywhere; tags: team web → shop`."""
    return "; ".join(field_text(before, after, field, most) for field in differing_fields(before, after))


def field_text(before: Resource, after: Resource, field: str, most: int = ALL) -> str:
    """One field, old and new, on one line; of a list only what comes and what goes, `most` of them."""
    return escaped(_field_text(before, after, field, most))


def _field_text(before: Resource, after: Resource, field: str, most: int) -> str:
    words = FIELDS.get(field)
    was, will = getattr(before, field), getattr(after, field)
    old, new = redacted(was, will), redacted(will, was)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        return f"{field}: {listed([f'{key} {_said(old, key)} → {_said(new, key)}' for key in keys], most)}"
    if words is None or old is None or new is None:
        return field_difference(before, after, field)
    if not isinstance(new, tuple):
        pair = words(old), words(new)
        return field_difference(before, after, field) if pair[0] == pair[1] else f"{field}: {pair[0]} → {pair[1]}"
    came = [f"+ {words(item)}" for item in new if item not in old]
    went = [f"- {words(item)}" for item in old if item not in new]
    return f"{field}: {listed([*came, *went], most) or 'another order'}"


def _said(values: Mapping[str, Any], key: str) -> str:
    return str(values.get(key, "not set")) or "empty"
