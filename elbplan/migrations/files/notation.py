"""How a migration tells resources, addresses and times: in the long form's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ...core.address import Address, AwsId, Lookup, Points, Ref
from ...core.resource import WRITE_ONLY, Part, Resource, rewrite

R = TypeVar("R", bound=Resource)

OLD = "old"
"""What a file calls the side of a replacement that is about to go: `target_group.web@old`."""


def address_text(address: Address) -> str:
    """`target_group.web`, or `target_group.web@old`."""
    return f"{address.kind}.{_marked(address)}"


def address_of(text: str) -> Address:
    """The address that `place` printed. Raises ValueError."""
    return parse_name(Address.parse(text))


def _marked(address: Address) -> str:
    return address.name + (f"@{address.deposed}" if address.deposed else "")


def parse_name(address: Address) -> Address:
    """`web@old` as a name means the former web."""
    name, at, former = address.name.rpartition("@")
    return Address(address.kind, name, former) if at else address


def with_renamed_references(resource: R, rename: Callable[[Address], Address]) -> R:
    """The resource with other addresses for what it points at."""
    return rewrite(resource, lambda ref: (rename(ref) if isinstance(ref, Address) else ref,))


def part_document(part: Part) -> dict[str, Any]:
    """A part as a file tells it: what is as usual, and what may hold a secret, is left out."""
    said = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        usual = not field.is_required() and value == field.get_default(call_default_factory=True)
        if WRITE_ONLY not in field.metadata and (name == "type" or not usual):
            said[name] = value_document(value)
    return said


def value_document(value: Any) -> Any:
    """Any value of a field as a file tells it; None stays."""
    if isinstance(value, Address | AwsId | Lookup):
        return _ref_told(value)
    if isinstance(value, Part):
        return part_document(value)
    if isinstance(value, Mapping):
        return {str(key): value_document(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [value_document(item) for item in value]
    return value


def _ref_told(ref: Ref) -> str:
    if isinstance(ref, Address):
        return Points(ref.kind).text(Address(ref.kind, _marked(ref)))
    return str(ref)
