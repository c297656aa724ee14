"""Builds the kind's model from a draft's fields, and reports each error at its own place.

The kinds' models sort their lists before pydantic numbers the items. So this module first validates each item alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from ...core.resource import Part, Resource
from ..drafts import ResourceDraft
from ..keys import keys_of, models_at, unknown_key_hint
from ..messages import field_of, name_of, plain_message
from ..report import ProblemReport
from ..yaml.aliases import UnreadScalar
from ..yaml.tree import YamlPath


@dataclass(frozen=True)
class ModelError:
    """An error of pydantic, or of `_type_errors`, with its whole path."""

    path: YamlPath
    detail: Mapping[str, Any]


def build_model(draft: ResourceDraft, model: type[Resource], report: ProblemReport) -> Resource | None:
    """Returns the resource. None: it has problems, which are now in the report."""
    resource, errors = _read(model, draft.fields, ())
    for error in errors:
        _report(error, draft, model, report)
    return resource if isinstance(resource, Resource) else None


def _read(model: type[Part], data: Any, path: YamlPath) -> tuple[Part | None, list[ModelError]]:
    errors: list[ModelError] = []
    if isinstance(data, Mapping):
        fields = keys_of(model)
        errors += _type_errors(fields, data, path)
        for key, value in data.items():
            errors += _inside(fields.get(str(key)), value, (*path, key))
    broken = {error.path[len(path)] for error in errors}
    sound = {key: value for key, value in data.items() if key not in broken} if broken else data
    try:
        part = model.model_validate(sound)
    except ValidationError as error:
        return None, errors + _model_errors(error, path, broken)
    return (None if broken else part), errors


def _model_errors(error: ValidationError, path: YamlPath, broken: set[str | int]) -> list[ModelError]:
    """pydantic's errors, without those of fields that already have an error."""
    details = error.errors(include_url=False)
    if broken:
        details = [detail for detail in details if detail["loc"] and detail["loc"][0] not in broken]
    return [ModelError((*path, *detail["loc"]), {**detail}) for detail in details]


def _inside(annotation: Any, value: Any, path: YamlPath) -> Iterator[ModelError]:
    """The errors in the items of a list, or in a part."""
    item = _item(annotation)
    if item is not None:
        items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        for index, member in enumerate(items):
            yield from _of_item(item, member, (*path, index))
    elif isinstance(value, Mapping):
        for part in _parts(annotation):
            if _fits(part, value):
                yield from _read(part, value, path)[1]


def _of_item(item: Any, member: Any, path: YamlPath) -> list[ModelError]:
    parts = list(_parts(item))
    if parts and not isinstance(member, BaseModel):
        return _read(_part_for(parts, member), member, path)[1]
    try:
        _adapter(item).validate_python(member)
    except ValidationError as error:
        return _model_errors(error, path, set())
    return []


def _part_for(parts: Sequence[type[Part]], member: Any) -> type[Part]:
    """The model of a member: of several, the one with its `type`, or the last one, which takes every type."""
    fitting = (part for part in parts if isinstance(member, Mapping) and _fits(part, member))
    return parts[0] if len(parts) == 1 else next(fitting, parts[-1])


@cache
def _adapter(item: Any) -> TypeAdapter[Any]:
    return TypeAdapter(item)


def _item(annotation: Any) -> Any:
    """The type of a list's items, or None."""
    for option in (annotation, *get_args(annotation)):
        if get_origin(option) is tuple:
            return get_args(option)[0]
    return None


def _parts(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from _parts(inner)


def _fits(part: type[Part], value: Mapping[str, Any]) -> bool:
    """True if the value has the `type` of the model, or the model has none."""
    kind = part.model_fields.get("type")
    return kind is None or value.get("type") == kind.default


def _type_errors(fields: Mapping[str, Any], data: Mapping[Any, Any], path: YamlPath) -> Iterator[ModelError]:
    """Errors for values that pydantic would convert: `true` to 1, and `yes` to true."""
    for key, annotation in fields.items():
        kinds, value = {annotation, *get_args(annotation)}, data.get(key)
        wants_bool = bool in kinds and not isinstance(value, bool | None)
        if wants_bool or (int in kinds and isinstance(value, bool)):
            yield ModelError((*path, key), {"type": "bool_type" if wants_bool else "int_type", "input": value})


def _follows_from_lost_value(error: ModelError, report: ProblemReport) -> bool:
    """True for a missing certificate, if the parser removed the value that would name it."""
    return field_of(error.detail) == ("protocol",) and not report.complete("domain", "listeners", "certificate")


def _report(error: ModelError, draft: ResourceDraft, model: type[Resource], report: ProblemReport) -> None:
    place, kind = draft.place((*error.path, *field_of(error.detail))), error.detail["type"]
    if isinstance(error.detail.get("input"), UnreadScalar) or _follows_from_lost_value(error, report):
        return
    if kind == "extra_forbidden":
        *above, key = error.path
        known = sorted({key for part in models_at(model, above) for key in keys_of(part)})
        where = name_of(above) if above else str(draft.address)
        report.at(place, f'unknown key "{key}" in {where}', unknown_key_hint(str(key), known, model), key=True)
        return
    what, hint = plain_message(error.detail, name_of(error.path) if error.path else str(draft.address))
    report.at(place, what, hint, key=kind == "missing")
