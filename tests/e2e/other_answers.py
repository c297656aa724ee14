"""Changes AWS's answers in ways that its API allows: what a newer region, an older one or a simulator may answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3

from tests.direct import direct_session

Change = Callable[[str, Any, str], Any]
"""Gets the name of a member, its value and the operation, and returns the new value."""

ORDERED = frozenset(("Actions", "DefaultActions", "NameServers", "Values"))
"""Lists in which AWS's order means something."""


def session(*changes: Change) -> boto3.session.Session:
    """A session whose answers go through these changes."""
    changed = direct_session("test", "test")

    def change(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if "Error" in parsed:
            return
        for name in [name for name in parsed if name != "ResponseMetadata"]:
            for each in changes:
                parsed[name] = _through(each, name, parsed[name], model.name)

    changed.events.register("after-call.*.*", change)
    return changed


def _through(change: Change, name: str, value: Any, operation: str) -> Any:
    if isinstance(value, dict):
        value = {key: _through(change, key, inner, operation) for key, inner in value.items()}
    elif isinstance(value, list):
        value = [_through(change, name, inner, operation) for inner in value]
    return change(name, value, operation)


def reversed_lists(name: str, value: Any, operation: str) -> Any:
    """Lists in another order."""
    return value[::-1] if isinstance(value, list) and name not in ORDERED else value


def more_attributes(name: str, value: Any, operation: str) -> Any:
    """An attribute that nobody knows yet. (botocore leaves out members that its model does not have.)"""
    if name == "Attributes" and isinstance(value, list):
        return [*value, {"Key": "brand_new.feature.enabled", "Value": "true"}]
    return value


def other_case(name: str, value: Any, operation: str) -> Any:
    """`True` and `FALSE` where an attribute is a boolean."""
    if name != "Attributes" or not isinstance(value, list):
        return value
    words = {"true": "True", "false": "FALSE"}
    return [{**raw, "Value": words.get(raw.get("Value"), raw.get("Value"))} for raw in value if isinstance(raw, dict)]


def times_without_zone(name: str, value: Any, operation: str) -> Any:
    """Moments without a time zone."""
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


def nothing_empty(name: str, value: Any, operation: str) -> Any:
    """No member that is empty: AWS leaves such members out as often as it sends them."""
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if inner is False or inner not in ("", None, [], {})}
    return value
