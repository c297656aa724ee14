"""Describes the differences between two versions of a resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..core.change import Change, field_difference
from ..core.hidden import redacted
from ..core.resource import Part, Resource, differing_fields
from ..errors import escaped
from ..kinds.aws.acm_validation import DnsValidation
from ..kinds.aws.actions import action_text
from ..kinds.aws.alias_tags import RecordPlace, is_mark
from ..kinds.aws.conditions import condition_text
from ..kinds.aws.ingress_rules import ingress_rule_text
from ..kinds.aws.leading_actions import leading_text
from ..kinds.aws.mutual_tls import mutual_tls_text
from ..kinds.aws.server_volumes import volume_text
from ..kinds.aws.transforms import transform_text
from ..kinds.aws.web_acls import name_in
from ..kinds.ingress_rules import rule_in_group_text
from .attribute_words import WORDS
from .style import duration, listed
from .summaries import target_text

ValueText = Callable[[Any], str]


LABELS: Mapping[str, str] = {
    "mutual_authentication": "client certificates",
    "records": "names in elbplan's tag",
    "proofs": "validation records",
    "members": "",
    "rules": "",
    "web_acl": "",
    "additional_claims": "",
    "leading_actions": "",
    "session_timeout": "session",
    "keep_days": "days that logs are kept",
    "minimum_capacity_units": "reserved capacity (LCU)",
    "evaluate_target_health": "answers only while healthy",
    "ingress": "in",
    "egress": "out",
    "user_data_digest": "user data",
    "options_digest": "options",
    "settings": "the tag of its settings",
    "http_tokens": "IMDSv2",
    "disable_api_termination": "termination protection",
    "disable_api_stop": "stop protection",
    "associate_public_ip_address": "public address",
    "instance_initiated_shutdown_behavior": "on shutdown",
}
"""What a person calls these fields."""


def _web_acl_text(web_acl: Any) -> str:
    return name_in(str(web_acl)).removeprefix("name:")


def _claim_text(claim: Any) -> str:
    return f"claim {claim.name}={' or '.join(claim.values)}"


def _mark_text(mark: str) -> str:
    """A record in the tag of its load balancer."""
    place = RecordPlace.of(mark) if is_mark(mark) else None
    if place is None:
        return mark
    return f"{place.type} {place.name}" + (f" as {place.identifier}" if place.identifier else "")


def _validation_text(validation: DnsValidation) -> str:
    return f"{validation.domain} in zone {validation.zone}"


FIELDS: Mapping[str, ValueText] = {
    "ingress": ingress_rule_text,
    "egress": ingress_rule_text,
    "rules": rule_in_group_text,
    "action": action_text,
    "leading_actions": leading_text,
    "mutual_authentication": mutual_tls_text,
    "conditions": condition_text,
    "transforms": transform_text,
    "members": target_text,
    "web_acl": _web_acl_text,
    "additional_claims": _claim_text,
    "session_timeout": duration,
    "records": _mark_text,
    "proofs": _validation_text,
    "volumes": volume_text,
}
"""Functions that describe the values of these fields; for a list, its items."""


FOLLOWS = "settings"
"""A field that changes with others, and that nobody needs to read beside them."""

ALL = 1000
BRIEF = 4
"""How many differences inside one field a narrow screen shows."""


def change_reason(change: Change, most: int = ALL) -> str:
    """Returns the reason of a change; for an update, its differences."""
    if change.action == "update" and change.before is not None and change.after is not None:
        return differences(change.before, change.after, most)
    return change.because


def differences(before: Resource, after: Resource, most: int = ALL) -> str:
    """Returns all changed fields: `ingress: + 8080 from anywhere; tags: team web → shop`."""
    differing = differing_fields(before, after)
    fields = [field for field in differing if field != FOLLOWS] or differing
    return "; ".join(field_text(before, after, field, most) for field in fields)


def field_text(before: Resource, after: Resource, field: str, most: int = ALL) -> str:
    """Returns the old and new value of a field on one line; for a list, at most `most` added and removed items."""
    return escaped(_field_text(before, after, field, most))


def _field_text(before: Part, after: Part, field: str, most: int) -> str:
    label = LABELS.get(field, field.replace("_", " "))
    if field in ("user_data_digest", "options_digest", "settings"):
        return f"{label} changed"
    if field == "fingerprints":
        return "the files of the certificate changed"
    value_text = FIELDS.get(field)
    before_value, after_value = getattr(before, field), getattr(after, field)
    if field == "leading_actions" and (changed := _changed_actions(before_value, after_value)):
        return listed(changed, most)
    old, new = redacted(before_value, after_value), redacted(after_value, before_value)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        entries = [f"{WORDS.get(key, key)} {_entry_text(old, key)} → {_entry_text(new, key)}" for key in keys]
        return f"{label}: {listed(entries, most)}"
    if value_text is None or (None in (old, new) and field != "mutual_authentication"):
        return field_difference(before, after, field, label)
    if not isinstance(new, tuple):
        old_text, new_text = (value_text(value) if value is not None else "none" for value in (old, new))
        if old_text == new_text:
            return field_difference(before, after, field, label)
        return f"{label}: {old_text} → {new_text}" if label else f"{old_text} → {new_text}"
    added = [f"+ {value_text(item)}" for item in new if item not in old]
    removed = [f"- {value_text(item)}" for item in old if item not in new]
    text = listed([*added, *removed], most) or "order changed"
    return f"{label}: {text}" if label else text


def _changed_actions(before: Sequence[Any], after: Sequence[Any]) -> list[str]:
    """The changed fields of each login or token check, if their types stay the same; else nothing."""
    old_types, new_types = [action.type for action in before], [action.type for action in after]
    if old_types != new_types or not all(type(a) is type(b) for a, b in zip(before, after, strict=True)):
        return []
    pairs = zip(before, after, strict=True)
    return [
        f"{leading_text(new).partition(' at ')[0]}: {_field_text(old, new, name, ALL)}"
        for old, new in pairs
        for name in differing_fields(old, new)
    ]


def _entry_text(values: Mapping[str, Any], key: str) -> str:
    return str(values.get(key, "not set")) or "empty"
