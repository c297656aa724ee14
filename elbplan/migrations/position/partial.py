"""A step that was begun and not finished: could it, and nobody else, have left things like this? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.kind import Kind
from ...core.resource import IMMUTABLE, Part, Resource, marked_fields


def partially_applied(kind: Kind[Any], before: Resource | None, after: Resource | None, live: Resource) -> bool:
    """Is each field of live as before the step, as after it, or on the way from one to the other?

    None stands for what is not there: a create may have made less than all, a delete may have taken something away.
    What anybody else has changed meanwhile lies on no such way.
    """
    told = after if after is not None else before
    if told is None:
        return False
    blank = _blank(kind, told, live)
    first = kind.with_live_defaults(before, live) if before is not None else blank
    last = kind.with_live_defaults(after, live) if after is not None else blank
    return all(_between(getattr(first, f), getattr(last, f), getattr(live, f)) for f in type(told).model_fields)


def _blank(kind: Kind[Any], told: Resource, live: Resource) -> Resource:
    """What a create that has only begun makes: what cannot change in place, and AWS's defaults for the rest."""
    fixed = {*marked_fields(type(told), IMMUTABLE)}
    usual = {
        name: field.get_default(call_default_factory=True)
        for name, field in type(told).model_fields.items()
        if name not in fixed and not field.is_required()
    }
    blank: Resource = kind.with_live_defaults(told.model_copy(update=usual), live)
    return blank


def _between(first: Any, last: Any, live: Any) -> bool:
    if live in (first, last):
        return True
    if isinstance(live, tuple) and isinstance(first, tuple) and isinstance(last, tuple):
        return set(map(_key, first)) & set(map(_key, last)) <= set(map(_key, live)) <= set(map(_key, (*first, *last)))
    if isinstance(live, Mapping) and isinstance(first, Mapping) and isinstance(last, Mapping):
        return all(value in (first.get(key), last.get(key)) for key, value in live.items())
    if isinstance(live, Part) and type(live) is type(first) is type(last):
        return all(_between(getattr(first, f), getattr(last, f), getattr(live, f)) for f in type(live).model_fields)
    return False


def _key(item: Any) -> str:
    return repr(item)
