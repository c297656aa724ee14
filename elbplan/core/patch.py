"""Updates as data: only the values that differ, so that they fit a model with fewer fields too. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from .resource import Part, differing_fields, field_values, from_live
from .suggest import closest

P = TypeVar("P", bound=Part)


class InvalidFields(ValueError):
    """The fields do not make a valid part. The message has the error, `path` the place."""

    def __init__(self, what: str, path: tuple[str | int, ...]) -> None:
        super().__init__(what)
        self.path = path


def build_model(model: type[P], fields: Mapping[str, Any]) -> P:
    """Builds a part from plain data. Raises InvalidFields."""
    try:
        return model.model_validate(dict(fields))
    except ValidationError as error:
        first = min(error.errors(), key=lambda detail: detail["type"] != "extra_forbidden")
        if first["type"] == "extra_forbidden":
            near = closest(str(first["loc"][-1]), model.model_fields)
            suggestion = f"; did you mean {near}?" if near else ""
            raise InvalidFields(f"there is no field {first['loc'][-1]}{suggestion}", first["loc"]) from None
        raise InvalidFields(str(first["msg"]).removeprefix("Value error, "), first["loc"]) from None


def changes(before: Part, after: Part) -> dict[str, Any]:
    """The new values by field. Maps and nested parts have only what differs; None stands for a removed key."""
    old, new = field_values(before), field_values(after)
    return {name: _change(old[name], new[name]) for name in differing_fields(before, after)}


def patched(part: P, changed: Mapping[str, Any], *, live: bool = False) -> P:
    """The part with these changes. With `live`, values are allowed that a spec refuses. Raises InvalidFields."""
    fields = field_values(part)
    values = fields | {name: _patch(fields.get(name), value, live) for name, value in changed.items()}
    return from_live(type(part), values) if live else build_model(type(part), values)


def _change(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {key: new.get(key) for key in sorted({*old, *new}) if old.get(key) != new.get(key)}
    if _has_one_shape(old) and type(old) is type(new):
        return changes(old, new)
    return new


def _patch(old: Any, value: Any, live: bool) -> Any:
    if not isinstance(value, Mapping):
        return value
    if isinstance(old, Mapping):
        return {key: item for key, item in {**old, **value}.items() if item is not None}
    return patched(old, value, live=live) if _has_one_shape(old) else value


def _has_one_shape(value: Any) -> bool:
    """False for a part with a `type`, as a forward or a redirect: its new value is written in full."""
    return isinstance(value, Part) and "type" not in type(value).model_fields
