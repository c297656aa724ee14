"""The base of every kind's model: desired and live are told in the same words, so comparing them is `==`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from ..errors import ElbplanError
from .address import Address, AwsId, Lookup, Ref
from .hidden import FREE, Hidden, keep_hidden

IMMUTABLE = "immutable"
"""Marks a field AWS will not change in place: a different value means a replacement."""

LOOSE = "loose"
"""Marks a reference that is compared but orders nothing: neither side waits for the other."""

WRITE_ONLY = "write-only"
"""Marks a field that AWS never gives back or that may hold a secret: sent, but neither compared nor shown."""

SHARED = "shared"
"""Marks a list of which others may bring a part: to hold more of it than a step has brought is no difference."""

CARRIED = "carried"
"""Marks a field that a replacement takes along from the old resource where `ignore:` leaves it to another tool."""

LEARNED = "learned"
"""Marks a field of a part that elbplan learned after it had written fingerprints: told only where it says something."""

T = TypeVar("T")
R = TypeVar("R", bound="Part")
P = TypeVar("P", bound="Part")


class Part(BaseModel):
    """A piece of a resource: immutable once made, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_hidden(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Free text from the environment remembers that it came from there."""
        made = handler(data)
        fields = _free(cls)
        return keep_hidden(made, data, fields) if fields else made


class Resource(Part):
    """One resource of one kind, as the spec wants it or as AWS has it.

    `None` in a desired resource means that AWS decides and elbplan does not look.
    """

    kind: ClassVar[str]
    tags: Annotated[Mapping[str, str], FREE, Field(description="your own tags")] = {}


def from_live(model: type[P], fields: Mapping[str, Any]) -> P:
    """The part as AWS has it, in canonical form. Never refuses what AWS answers.

    The validators guard the spec. AWS may hold more than a spec may say (a protocol that is new, a limit that was
    raised): such a value stays as it came, so that it can be compared, shown and removed.
    """
    try:
        return model.model_validate(dict(fields))
    except ValidationError:
        return cast(P, model.model_construct(**_as_it_came(model, fields)))


def rebuilt(part: P, **changes: Any) -> P:
    """The part with other values, in canonical form; what only AWS could have said of it stays."""
    return from_live(type(part), {**dict(part), **changes})


def is_foreign(part: Part) -> bool:
    """Does it, or a part of it, hold a value that the spec could not say?"""
    try:
        type(part).model_validate(dict(part))
    except ValidationError:
        return True
    return any(is_foreign(inner) for value in dict(part).values() for inner in _parts(value))


def _parts(value: Any) -> Iterator[Part]:
    if isinstance(value, Part):
        yield value
    elif isinstance(value, tuple):
        yield from (item for item in value if isinstance(item, Part))


def _as_it_came(model: type[Part], fields: Mapping[str, Any]) -> dict[str, Any]:
    data = _canonical(model, dict(fields))
    return {name: _read(model, name, data[name]) for name in model.model_fields if name in data}


def _canonical(model: type[Part], data: Any) -> Any:
    """What the validators that put values in order make of the data; as it is, where they stumble over it."""
    for validator in model.__pydantic_decorators__.model_validators.values():
        if validator.info.mode == "before":
            try:
                data = validator.func(data)
            except (ValueError, TypeError, AttributeError):
                continue
    return data


def _read(model: type[Part], name: str, value: Any) -> Any:
    try:
        return _adapter(model, name).validate_python(value)
    except ValidationError:
        return value


@cache
def _adapter(model: type[Part], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[annotation, *field.metadata] if field.metadata else annotation)


def field_values(part: Part) -> dict[str, Any]:
    """The value of each field, by the name of the field."""
    return dict(part)


def marked_fields(model: type[Part], mark: str) -> tuple[str, ...]:
    """The names of the fields that carry this mark, in order."""
    return tuple(name for name, field in model.model_fields.items() if mark in field.metadata)


@cache
def _free(model: type[Part]) -> tuple[str, ...]:
    return marked_fields(model, FREE)


def immutable(resource: Resource) -> dict[str, Any]:
    """The values that AWS will not change in place."""
    values = field_values(resource)
    return {name: values[name] for name in marked_fields(type(resource), IMMUTABLE)}


def digest(resource: Resource, length: int = 8) -> str:
    """Hex digits that differ when a replacement would be needed."""
    text = json.dumps({k: plain(v) for k, v in immutable(resource).items()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def plain(value: Any) -> Any:
    """The same value in JSON's words, references as text; what came from the environment is told by its variable."""
    if isinstance(value, Hidden):
        return value.reference
    if isinstance(value, Address | AwsId | Lookup):
        return str(value)
    if isinstance(value, Part):
        values = field_values(value)
        names = (name for name in _compared(type(value)) if values[name] or not _learned(type(value), name))
        return {name: plain(values[name]) for name in names}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _learned(model: type[Part], name: str) -> bool:
    return LEARNED in model.model_fields[name].metadata


def references(value: Any, *, loose: bool = True) -> Iterator[Ref]:
    """Everything this value points at, once per place; without the loose ones if asked."""
    if isinstance(value, Address | AwsId | Lookup):
        yield value
    elif isinstance(value, Part):
        fields = type(value).model_fields
        for name, item in field_values(value).items():
            if loose or LOOSE not in fields[name].metadata:
                yield from references(item, loose=loose)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item, loose=loose)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from references(item, loose=loose)


def rewrite(resource: R, change: Callable[[Ref], tuple[Ref, ...]]) -> R:
    """The same resource with each reference replaced; in a list one reference may become several.

    Canonical forms are made anew, since order may depend on what is pointed at. Raises ElbplanError where one is wanted
    and several are found.
    """
    fields = {name: _rewritten(value, change) for name, value in field_values(resource).items()}
    return from_live(type(resource), fields)


def _rewritten(value: Any, change: Callable[[Ref], tuple[Ref, ...]]) -> Any:
    if isinstance(value, Address | AwsId | Lookup):
        several = change(value)
        if len(several) != 1:
            what = f"{value} means {', '.join(map(str, several)) or 'nothing'} where one is needed"
            raise ElbplanError(what, hint="name the one that is meant by its id")
        return several[0]
    if isinstance(value, Part):
        return rewrite(value, change)
    if isinstance(value, tuple):
        return tuple(item for member in value for item in _spread(member, change))
    return value


def _spread(member: Any, change: Callable[[Ref], tuple[Ref, ...]]) -> tuple[Any, ...]:
    """A list's member after rewriting; a part whose only reference became several is repeated for each."""
    if isinstance(member, Address | AwsId | Lookup):
        return change(member)
    several = [ref for ref in references(member) if isinstance(ref, Lookup) and len(change(ref)) != 1]
    if isinstance(member, Part) and several:
        return tuple(rewrite(member, _choosing(one, several[0], change)) for one in change(several[0]))
    return (_rewritten(member, change),)


def _choosing(one: Ref, instead: Ref, change: Callable[[Ref], tuple[Ref, ...]]) -> Callable[[Ref], tuple[Ref, ...]]:
    return lambda ref: (one,) if ref == instead else change(ref)


def differing_fields(before: Part, after: Part) -> tuple[str, ...]:
    """The names of the fields that differ, write-only ones left out."""
    old, new = field_values(before), field_values(after)
    return tuple(name for name in _compared(type(after)) if old[name] != new[name])


def without_shared_additions(live: R, known: R) -> R:
    """The live resource without what others added to shared fields.

    A shared field that holds everything of the known resource, and more, gets the known value.
    """
    shared = marked_fields(type(known), SHARED)
    if not shared:
        return live
    wanted, actual = field_values(known), field_values(live)
    same = {name: wanted[name] for name in shared if set(map(repr, wanted[name])) <= set(map(repr, actual[name]))}
    return live.model_copy(update=same) if same else live


def _compared(model: type[Part]) -> Iterator[str]:
    return (name for name, field in model.model_fields.items() if WRITE_ONLY not in field.metadata)
