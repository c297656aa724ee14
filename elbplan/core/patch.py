"""What an update changes, as data: only what differs, so that it says the same about a model that knows less. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from .resource import Part, differing_fields, from_live
from .suggest import closest

P = TypeVar("P", bound=Part)


class InvalidFields(ValueError):
    """Fields that make no such part: what is wrong, and the path to it."""

    def __init__(self, what: str, path: tuple[str | int, ...]) -> None:
        super().__init__(what)
        self.path = path


def build_model(model: type[P], fields: Mapping[str, Any]) -> P:
    """A part from plain data. Raises InvalidFields."""
    try:
        return model.model_validate(dict(fields))
    except ValidationError as error:
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        if first["type"] == "extra_forbidden":
            near = closest(str(first["loc"][-1]), model.model_fields)
            meant = f"; did you mean {near}?" if near else ""
            raise InvalidFields(f"there is no field {first['loc'][-1]}{meant}", first["loc"]) from None
        raise InvalidFields(str(first["msg"]).removeprefix("Value error, "), first["loc"]) from None


def changes(before: Part, after: Part) -> dict[str, Any]:
    """The new values by field; of maps and nested parts only what differs, None for a key that goes."""
    return {name: _change(getattr(before, name), getattr(after, name)) for name in differing_fields(before, after)}


def patched(part: P, changed: Mapping[str, Any], *, live: bool = False) -> P:
    """The part with these changes; those that come from `live` may be what no spec could say. Raises InvalidFields."""
    fields = dict(part)
    values = fields | {name: _patch(fields.get(name), value, live) for name, value in changed.items()}
    return from_live(type(part), values) if live else build_model(type(part), values)


def _change(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {key: new.get(key) for key in sorted({*old, *new}) if old.get(key) != new.get(key)}
    if _alike(old) and type(old) is type(new):
        return changes(old, new)
    return new


def _patch(old: Any, value: Any, live: bool) -> Any:
    if not isinstance(value, Mapping):
        return value
    if isinstance(old, Mapping):
        return {key: item for key, item in {**old, **value}.items() if item is not None}
    return patched(old, value, live=live) if _alike(old) else value


def _alike(value: Any) -> bool:
    """A part that has one shape only; an action is a forward or a redirect, and is told whole."""
    return isinstance(value, Part) and "type" not in type(value).model_fields
