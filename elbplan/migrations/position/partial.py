"""Recognises a step that was begun and not finished, by the state that it left in AWS. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.kind import Kind
from ...core.resource import IMMUTABLE, Part, Resource, field_values, marked_fields


def partially_applied(kind: Kind[Any], before: Resource | None, after: Resource | None, live: Resource) -> bool:
    """True if each live field has its value before the step, its value after the step, or a value between the two.

    `before` is None for a create, which may have set only some fields. `after` is None for a delete, which may have
    removed only a part. Any other value comes from somebody else.
    """
    resource = after if after is not None else before
    if resource is None:
        return False
    created = _only_created(kind, resource, live)
    first = kind.with_live_defaults(before, live) if before is not None else created
    last = kind.with_live_defaults(after, live) if after is not None else created
    return _fields_between(first, last, live)


def _only_created(kind: Kind[Any], resource: Resource, live: Resource) -> Resource:
    """The resource after the create call alone: its immutable fields, and AWS's defaults for all others."""
    fixed = {*marked_fields(type(resource), IMMUTABLE)}
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in type(resource).model_fields.items()
        if name not in fixed and not field.is_required()
    }
    created: Resource = kind.with_live_defaults(resource.model_copy(update=defaults), live)
    return created


def _fields_between(first: Part, last: Part, live: Part) -> bool:
    start, end, current = field_values(first), field_values(last), field_values(live)
    return all(_between(start[name], end[name], current[name]) for name in type(live).model_fields)


def _between(first: Any, last: Any, live: Any) -> bool:
    if live in (first, last):
        return True
    if isinstance(live, tuple) and isinstance(first, tuple) and isinstance(last, tuple):
        return set(map(_key, first)) & set(map(_key, last)) <= set(map(_key, live)) <= set(map(_key, (*first, *last)))
    if isinstance(live, Mapping) and isinstance(first, Mapping) and isinstance(last, Mapping):
        return all(value in (first.get(key), last.get(key)) for key, value in live.items())
    if isinstance(live, Part) and type(live) is type(first) is type(last):
        return _fields_between(first, last, live)
    return False


def _key(item: object) -> str:
    return repr(item)
