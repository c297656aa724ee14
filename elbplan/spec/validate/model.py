"""A draft's fields read as the kind's model, with every error at its own place.

The kinds' models put their lists in order before pydantic counts them, so each item is read here first, by itself.
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
    """What pydantic (or a trap below) says, with the whole path."""

    path: YamlPath
    detail: Mapping[str, Any]


def build_model(draft: ResourceDraft, model: type[Resource], report: ProblemReport) -> Resource | None:
    """The resource, or None and its problems in the report."""
    resource, errors = _read(model, draft.fields, ())
    for error in errors:
        _tell(error, draft, model, report)
    return resource if isinstance(resource, Resource) else None


def _read(model: type[Part], data: Any, path: YamlPath) -> tuple[Part | None, list[ModelError]]:
    errors: list[ModelError] = []
    if isinstance(data, Mapping):
        fields = keys_of(model)
        errors += _traps(fields, data, path)
        for key, value in data.items():
            errors += _inside(fields.get(str(key)), value, (*path, key))
    broken = {error.path[len(path)] for error in errors}
    sound = {key: value for key, value in data.items() if key not in broken} if broken else data
    try:
        part = model.model_validate(sound)
    except ValidationError as error:
        return None, errors + _spread(error, path, broken)
    return (None if broken else part), errors


def _spread(error: ValidationError, path: YamlPath, broken: set[str | int]) -> list[ModelError]:
    """pydantic's errors; those that only follow from what is broken already left out."""
    details = error.errors(include_url=False)
    if broken:
        details = [detail for detail in details if detail["loc"] and detail["loc"][0] not in broken]
    return [ModelError((*path, *detail["loc"]), {**detail}) for detail in details]


def _inside(annotation: Any, value: Any, path: YamlPath) -> Iterator[ModelError]:
    """Errors in the items of a list, or in a part."""
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
        return _read(parts[0], member, path)[1]
    try:
        _adapter(item).validate_python(member)
    except ValidationError as error:
        return _spread(error, path, set())
    return []


@cache
def _adapter(item: Any) -> TypeAdapter[Any]:
    return TypeAdapter(item)


def _item(annotation: Any) -> Any:
    """The type of a list's items, or None."""
    for one in (annotation, *get_args(annotation)):
        if get_origin(one) is tuple:
            return get_args(one)[0]
    return None


def _parts(annotation: Any) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from _parts(inner)


def _fits(part: type[Part], value: Mapping[str, Any]) -> bool:
    """Of several models, the one whose `type` the value says."""
    kind = part.model_fields.get("type")
    return kind is None or value.get("type") == kind.default


def _traps(fields: Mapping[str, Any], data: Mapping[Any, Any], path: YamlPath) -> Iterator[ModelError]:
    """pydantic takes `true` for 1 and `yes` for true; a spec does not."""
    for key, annotation in fields.items():
        kinds, value = {annotation, *get_args(annotation)}, data.get(key)
        wants_bool = bool in kinds and not isinstance(value, bool | None)
        if wants_bool or (int in kinds and isinstance(value, bool)):
            yield ModelError((*path, key), {"type": "bool_type" if wants_bool else "int_type", "input": value})


def _follows(error: ModelError, report: ProblemReport) -> bool:
    """A certificate is not called missing if what brings it was left out."""
    return field_of(error.detail) == ("protocol",) and not report.whole("domain", "listeners", "certificate")


def _tell(error: ModelError, draft: ResourceDraft, model: type[Resource], report: ProblemReport) -> None:
    place, kind = draft.place((*error.path, *field_of(error.detail))), error.detail["type"]
    if isinstance(error.detail.get("input"), UnreadScalar) or _follows(error, report):
        return
    if kind == "extra_forbidden":
        *above, key = error.path
        known = sorted({k for one in models_at(model, above) for k in keys_of(one)})
        where = name_of(above) if above else str(draft.address)
        report.at(place, f'unknown key "{key}" in {where}', unknown_key_hint(str(key), known, model), key=True)
        return
    what, hint = plain_message(error.detail, name_of(error.path) if error.path else str(draft.address))
    report.at(place, what, hint, key=kind == "missing")
