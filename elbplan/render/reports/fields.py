"""The fields of a resource before and after a plan, as texts. Values of variables and write-only values never occur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.hidden import redacted
from ...core.resource import WRITE_ONLY, Part, Resource, field_values, marked_fields, plain
from ...errors import escaped
from ..differences import FIELDS
from .map import FieldRow

MOST = 2000
"""The longest text of one value."""


def field_rows(before: Resource | None, after: Resource | None) -> tuple[FieldRow, ...]:
    """The fields that have a value on one of the two sides. A mapping has a row for each key."""
    model = type(after or before)
    secret = marked_fields(model, WRITE_ONLY) if issubclass(model, Resource) else ()
    old = field_values(before) if before is not None else {}
    new = field_values(after) if after is not None else {}
    names = [name for name in dict.fromkeys([*new, *old]) if name not in secret]
    return tuple(row for name in names for row in _rows(name, old.get(name), new.get(name)) if row.before or row.after)


def _rows(name: str, before: Any, after: Any) -> Iterator[FieldRow]:
    old, new = redacted(before, after), redacted(after, before)
    if name not in FIELDS and (isinstance(old, Part) or isinstance(new, Part)):
        old, new = (field_values(value) if isinstance(value, Part) else {} for value in (old, new))
    if isinstance(old, Mapping) or isinstance(new, Mapping):
        olds, news = (value if isinstance(value, Mapping) else {} for value in (old, new))
        for key in dict.fromkeys([*olds, *news]):
            yield FieldRow(escaped(f"{name}: {key}"), _text("", olds.get(key)), _text("", news.get(key)))
    else:
        texts = _text(name, old), _text(name, new)
        if texts[0] == texts[1] and old != new:
            texts = _text("", old), _text("", new)  # the short text leaves out what differs
        yield FieldRow(name.replace("_", " "), *texts)


def _text(name: str, value: Any) -> str:
    if value in (None, "", (), [], {}):
        return ""
    value_text = FIELDS.get(name)
    if type(value) is tuple:  # an address is a tuple too
        texts = [value_text(item) if value_text else _plain_text(item) for item in value]
        return escaped("\n".join(texts), "\n")[:MOST]
    return escaped(value_text(value) if value_text else _plain_text(value))[:MOST]


def _plain_text(value: Any) -> str:
    value = plain(value)
    if isinstance(value, dict):
        parts = [f"{key} {_plain_text(item)}" for key, item in value.items() if item not in (None, "", [], {})]
        return ", ".join(parts)
    if isinstance(value, list):
        return ", ".join(map(_plain_text, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
