"""The base class of all models. Wanted and live resources have the same form, so `==` compares them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import NoneType
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
"""Marks a field that AWS cannot change in place: another value means a replacement."""

IDENTITY = "identity"
"""Marks a field that AWS changes in place, and that still tells two resources of one address apart in a fingerprint."""

LOOSE = "loose"
"""Marks a reference that is compared but does not order steps: neither side waits for the other."""

WRITE_ONLY = "write-only"
"""Marks a field that AWS never returns or that may hold a secret: sent, but neither compared nor shown."""

SHARED = "shared"
"""Marks a list to which others may add items: items that no step added are no difference."""

CARRIED = "carried"
"""Marks a field that a replacement copies from the old resource if `ignore:` leaves it to another tool."""

LEARNED = "learned"
"""Marks a field that is newer than the first fingerprints: they have it only if it is set, and not the default."""

COMPUTED = "computed"
"""Marks a field that the model computes from the others if it is not given: a file has it if that is another value."""

P = TypeVar("P", bound="Part")


class Part(BaseModel):
    """A piece of a resource: immutable, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_hidden(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Keeps the mark of texts that come from environment variables."""
        part = handler(data)
        fields = _free(cls)
        return keep_hidden(part, data, fields) if fields else part

    def hashed_form(self) -> Mapping[str, Any] | None:
        """What hashes are made of; None for the fields. Parts whose fields have changed keep the older form."""
        return None


class Resource(Part):
    """A resource as the spec wants it, or as it is in AWS.

    `None` in a wanted resource means that AWS decides, and that elbplan does not compare the field.
    """

    kind: ClassVar[str]
    tags: Annotated[Mapping[str, str], FREE, Field(description="your own tags")] = {}

    @property
    def fixed_at_creation(self) -> dict[str, str]:
        """Facts, by field, that AWS cannot change in place, although it changes other values of the same field."""
        return {}

    @property
    def is_empty(self) -> bool:
        """True if AWS keeps nothing of the resource, so that it exists as soon as its parent does."""
        return False


def from_live(model: type[P], fields: Mapping[str, Any]) -> P:
    """A part from AWS's values, in canonical form. It accepts every answer of AWS.

    The validators check the spec. AWS may have values that a spec may not have (a new protocol, a raised limit). Such
    a value is kept unchanged, so that elbplan can compare, show and remove it.
    """
    try:
        return model.model_validate(dict(fields))
    except ValidationError:
        return cast(P, model.model_construct(**_unvalidated(model, fields)))


def rebuilt(part: P, **changes: Any) -> P:
    """The part with other values, in canonical form. Values that only AWS allows are kept."""
    return from_live(type(part), {**field_values(part), **changes})


def is_foreign(part: Part) -> bool:
    """True if the part, or a part of it, has a value that a spec may not have."""
    values = field_values(part)
    try:
        type(part).model_validate(values)
    except ValidationError:
        return True
    return any(is_foreign(inner) for value in values.values() for inner in _parts(value))


def _parts(value: Any) -> Iterator[Part]:
    if isinstance(value, Part):
        yield value
    elif isinstance(value, tuple):
        yield from (item for item in value if isinstance(item, Part))


def _unvalidated(model: type[Part], fields: Mapping[str, Any]) -> dict[str, Any]:
    data = _canonical(model, dict(fields))
    return {name: _read(model, name, data[name]) for name in model.model_fields if name in data}


def _canonical(model: type[Part], data: Any) -> Any:
    """Applies the validators that bring values into canonical form, and skips those that fail."""
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
    """The value of each field, by the name of the field. `dict(part)` would take 30 times as long."""
    return dict(part.__dict__)


def marked_fields(model: type[Part], mark: str) -> tuple[str, ...]:
    """The names of the fields that carry this mark, in order."""
    return tuple(name for name, field in model.model_fields.items() if mark in field.metadata)


@cache
def _free(model: type[Part]) -> tuple[str, ...]:
    return marked_fields(model, FREE)


@cache
def _loose_fields(model: type[Part]) -> tuple[str, ...]:
    return marked_fields(model, LOOSE)


def immutable(resource: Resource) -> dict[str, Any]:
    """The values that AWS cannot change in place."""
    values = field_values(resource)
    fixed = marked_fields(type(resource), IMMUTABLE)
    learned = marked_fields(type(resource), LEARNED)
    unset = {name for name in learned if values[name] is None}
    return {name: values[name] for name in fixed if name not in unset} | resource.fixed_at_creation


def identifying(resource: Resource) -> dict[str, Any]:
    """The values that tell two resources of one address apart: the immutable ones, and those marked `IDENTITY`."""
    values = field_values(resource)
    return immutable(resource) | {name: values[name] for name in marked_fields(type(resource), IDENTITY)}


def digest(resource: Resource, length: int = 8) -> str:
    """Hex digits of the identifying values: the two sides of a replacement have different digests."""
    text = json.dumps({k: plain(v) for k, v in identifying(resource).items()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def plain(value: Any, *, hashing: bool = False) -> Any:
    """The value as JSON: references as text, and variables instead of values from the environment.

    With `hashing`, parts are in the form of which hashes are made.
    """
    if hashing and isinstance(value, Part) and (form := value.hashed_form()) is not None:
        return plain(form, hashing=True)
    if isinstance(value, Hidden):
        return value.reference
    if isinstance(value, Address | AwsId | Lookup):
        return str(value)
    if isinstance(value, Part):
        values = field_values(value)
        new = marked_fields(type(value), LEARNED)
        unset = {name for name in new if values[name] in (None, (), {}, type(value).model_fields[name].default)}
        names = (name for name in _compared(type(value)) if name not in unset)
        return {name: plain(values[name], hashing=hashing) for name in names}
    if isinstance(value, Mapping):
        return {str(k): plain(v, hashing=hashing) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v, hashing=hashing) for v in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


PLAIN = frozenset((str, int, bool, float, NoneType))
"""Types without a reference. Most fields have one of them, and a plan examines each field hundreds of times."""


def references(value: Any, *, loose: bool = True) -> Iterator[Ref]:
    """Every reference in a value, once for each place; without the loose ones if `loose` is False."""
    if value is None or isinstance(value, (str, int)):
        return
    if isinstance(value, (Address, AwsId, Lookup)):
        yield value
    elif isinstance(value, Part):
        ignored = () if loose else _loose_fields(type(value))
        for name, item in field_values(value).items():
            if type(item) not in PLAIN and name not in ignored:
                yield from references(item, loose=loose)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item, loose=loose)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from references(item, loose=loose)


def rewrite(resource: P, change: Callable[[Ref], tuple[Ref, ...]]) -> P:
    """The resource with each reference replaced; in a list, one reference may become several.

    The result is in canonical form, since the order of a list may depend on its references. Raises ElbplanError if a
    single reference becomes none or several.
    """
    fields = {name: _rewritten(value, change) for name, value in field_values(resource).items()}
    return from_live(type(resource), fields)


def _rewritten(value: Any, change: Callable[[Ref], tuple[Ref, ...]]) -> Any:
    if isinstance(value, Address | AwsId | Lookup):
        refs = change(value)
        if len(refs) != 1:
            what = f"{value} finds {', '.join(map(str, refs)) or 'nothing'}, but exactly one is needed"
            raise ElbplanError(what, hint="write the id of the one that you want")
        return refs[0]
    if isinstance(value, Part):
        return rewrite(value, change)
    if isinstance(value, tuple):
        return tuple(item for member in value for item in _spread(member, change))
    return value


def _spread(member: Any, change: Callable[[Ref], tuple[Ref, ...]]) -> tuple[Any, ...]:
    """The new members for a member of a list. A part with a reference that becomes several is repeated for each."""
    if isinstance(member, Address | AwsId | Lookup):
        return change(member)
    several = [ref for ref in references(member) if isinstance(ref, Lookup) and len(change(ref)) != 1]
    if isinstance(member, Part) and several:
        return tuple(rewrite(member, _choosing(several[0], ref, change)) for ref in change(several[0]))
    return (_rewritten(member, change),)


def _choosing(old: Ref, new: Ref, change: Callable[[Ref], tuple[Ref, ...]]) -> Callable[[Ref], tuple[Ref, ...]]:
    return lambda ref: (new,) if ref == old else change(ref)


def differing_fields(before: Part, after: Part) -> tuple[str, ...]:
    """The names of the fields that differ, without write-only fields."""
    old, new = field_values(before), field_values(after)
    return tuple(name for name in _compared(type(after)) if old[name] != new[name])


def without_shared_additions(live: P, known: P) -> P:
    """The live resource without what others added: a shared field that holds all of the known value gets that value."""
    shared = marked_fields(type(known), SHARED)
    if not shared:
        return live
    wanted, actual = field_values(known), field_values(live)
    same = {name: wanted[name] for name in shared if set(map(repr, wanted[name])) <= set(map(repr, actual[name]))}
    return live.model_copy(update=same) if same else live


def _compared(model: type[Part]) -> Iterator[str]:
    return (name for name, field in model.model_fields.items() if WRITE_ONLY not in field.metadata)
