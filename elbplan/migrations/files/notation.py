"""How a migration file writes resources, addresses and times: as the long form of the spec does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ...core.address import Address, AwsId, Lookup, Ref
from ...core.resource import COMPUTED, WRITE_ONLY, Part, Resource, field_values, from_live, rewrite
from ...kinds.references import ref_text

R = TypeVar("R", bound=Resource)


def group_text(group: Ref) -> str:
    """A target group in a forward action: `web`, `web@old`, or an ARN from the spec."""
    return group.label if isinstance(group, Address) else str(group)


def with_renamed_references(resource: R, rename: Callable[[Address], Address]) -> R:
    """The resource with other addresses in its references."""
    return rewrite(resource, lambda ref: (rename(ref) if isinstance(ref, Address) else ref,))


def part_document(part: Part) -> dict[str, Any]:
    """A part as a migration file writes it, without default values and without fields that may hold a secret."""
    document = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        is_default = not field.is_required() and value == field.get_default(call_default_factory=True)
        if COMPUTED in field.metadata:
            is_default = value == _computed(part, name)
        if WRITE_ONLY not in field.metadata and (name == "type" or not is_default):
            document[name] = value_document(value)
    return document


def _computed(part: Part, name: str) -> Any:
    """The value that the model gives this field if a file does not have it."""
    others = {field: value for field, value in field_values(part).items() if field != name}
    return getattr(from_live(type(part), others), name)


def value_document(value: Any) -> Any:
    """A field's value as a migration file writes it; None stays None."""
    if isinstance(value, Address | AwsId | Lookup):
        return ref_text(value)
    if isinstance(value, Part):
        return part_document(value)
    if isinstance(value, Mapping):
        return {str(key): value_document(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [value_document(item) for item in value]
    return value
