"""What is to happen to one resource, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar

from ..errors import escaped
from .address import Address
from .hidden import redacted
from .kind import LiveResource
from .resource import Resource, field_values, plain

R = TypeVar("R", bound=Resource)
ChangeAction = Literal["create", "update", "replace", "delete", "keep"]


@dataclass(frozen=True)
class Change:
    """The verdict on one resource.

    before   as AWS has it, references told as addresses; None for a create
    after    as the spec wants it, with AWS's part filled in; None for a delete
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
    """Everything that desired and live have to say to each other, parents first."""

    changes: Sequence[Change]
    lives: Mapping[Address, LiveResource[Any]]

    @property
    def pending(self) -> tuple[Change, ...]:
        """What differs."""
        return tuple(change for change in self.changes if change.action != "keep")


def field_difference(before: Resource, after: Resource, field: str) -> str:
    """`port 80 → 8080`, in a few words; long values are only named."""
    old_value, new_value = field_values(before)[field], field_values(after)[field]
    old, new = plain(redacted(old_value, new_value)), plain(redacted(new_value, old_value))
    if isinstance(old, dict) and isinstance(new, dict):
        inner = [
            f"{k} {_short(old.get(k))} → {_short(new.get(k))}" for k in sorted(old | new) if old.get(k) != new.get(k)
        ]
        return f"{field}: {', '.join(inner)}"
    if isinstance(old, list) and isinstance(new, list):
        return f"{field}: {_lists(old, new)}"
    return f"{field.replace('_', ' ')} {_short(old)} → {_short(new)}"


def _lists(old: list[Any], new: list[Any]) -> str:
    added = [f"+ {_short(item)}" for item in new if item not in old]
    gone = [f"- {_short(item)}" for item in old if item not in new]
    return ", ".join([*added, *gone]) or "another order"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        said = {key: item for key, item in value.items() if item not in (None, "", [], {})}
        value = " ".join(f"{key}={_short(item)}" for key, item in said.items())
    if isinstance(value, list):
        value = ", ".join(map(_short, value))
    text = "none" if value in (None, "") else escaped(str(value))
    return text if len(text) <= 60 else text[:57] + "..."


def ignoring(want: R, live: R, address: Address, ignore: Sequence[str]) -> R:
    """The wanted resource with the fields that another tool owns taken from live."""
    owned = {
        field: value
        for field, value in field_values(live).items()
        if any(fnmatchcase(f"{address.kind}.{address.name}.{field}", pattern) for pattern in ignore)
    }
    return want.model_copy(update=owned) if owned else want
