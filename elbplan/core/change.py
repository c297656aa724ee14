"""The change that one resource needs, and the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from ..errors import escaped
from .address import Address
from .hidden import redacted
from .kind import LiveResource
from .resource import Part, Resource, field_values, plain

R = TypeVar("R", bound=Resource)
ChangeAction = Literal["create", "update", "replace", "delete", "stop", "adopt", "keep"]


@dataclass(frozen=True)
class Change:
    """The result of comparing one resource.

    before   the live resource, with addresses as references; None for a create
    after    the wanted resource, with AWS's defaults filled in; None for a delete
    fields   the names of the fields that differ
    """

    action: ChangeAction
    address: Address
    before: Resource | None
    after: Resource | None
    live: LiveResource[Any] | None
    fields: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True)
class Diff:
    """The comparison of a whole stack, parents first."""

    changes: Sequence[Change]
    lives: Mapping[Address, LiveResource[Any]]

    @property
    def pending(self) -> tuple[Change, ...]:
        """The changes that do something."""
        return tuple(change for change in self.changes if change.action != "keep")


def field_difference(before: Part, after: Part, field: str, label: str = "") -> str:
    """A short text for a person: `port 80 → 8080`; long values are cut. `label` is what a person calls the field."""
    label = label or field.replace("_", " ")
    old_value, new_value = field_values(before)[field], field_values(after)[field]
    old, new = plain(redacted(old_value, new_value)), plain(redacted(new_value, old_value))
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [key for key in sorted(old | new) if old.get(key) != new.get(key)]
        return f"{label}: {', '.join(f'{key} {_short(old.get(key))} → {_short(new.get(key))}' for key in keys)}"
    if isinstance(old, list) and isinstance(new, list):
        return f"{label}: {_lists(old, new)}"
    return f"{label} {_short(old)} → {_short(new)}"


def _lists(old: list[Any], new: list[Any]) -> str:
    added = [f"+ {_short(item)}" for item in new if item not in old]
    removed = [f"- {_short(item)}" for item in old if item not in new]
    return ", ".join([*added, *removed]) or "another order"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        set_items = {key: item for key, item in value.items() if item not in (None, "", [], {})}
        value = " ".join(f"{key}={_short(item)}" for key, item in set_items.items())
    if isinstance(value, list):
        value = ", ".join(map(_short, value))
    text = "none" if value in (None, "") else escaped(str(value))
    return text if len(text) <= 60 else text[:57] + "..."
