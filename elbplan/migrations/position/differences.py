"""How far live is from a state, resource by resource and field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.address import Address
from ...core.change import field_difference, ignoring
from ...core.kind import Kinds, LiveResource
from ...core.resource import Resource, differing_fields, without_shared_additions
from ...core.simulate import State

WHOLE = 3
"""A resource that is missing, or there without a reason, counts as more than a field."""


@dataclass(frozen=True)
class Difference:
    """One resource in which live is not as a state says.

    told     as the state says, with AWS's part filled in; None for what it does not have
    live     as AWS has it, told in symbols; None for what is gone
    """

    address: Address
    told: Resource | None
    live: Resource | None
    fields: tuple[str, ...] = ()
    size: int = 0

    @property
    def text(self) -> str:
        """`listener.443  protocol HTTP → HTTPS`: how it should be, and how it is."""
        if self.told is None:
            return f"{self.address}  is there, and no file made it"
        if self.live is None:
            return f"{self.address}  is gone"
        return f"{self.address}  " + "; ".join(field_difference(self.told, self.live, field) for field in self.fields)

    @property
    def wish(self) -> str:
        """`listener.443  protocol HTTP → HTTPS`, of a spec (told) and what the files come to (live)."""
        if self.told is None:
            return f"{self.address}  is no longer in the spec"
        if self.live is None:
            return f"{self.address}  is made by no file"
        return f"{self.address}  " + "; ".join(field_difference(self.live, self.told, field) for field in self.fields)


def differences(
    lives: Mapping[Address, LiveResource[Any]], state: State, kinds: Kinds, ignore: Sequence[str] = ()
) -> list[Difference]:
    """Every resource in which live, told in symbols, is not as the state says."""
    found = []
    for address in [*state, *(a for a in lives if a not in state)]:
        told, live = state.get(address), lives.get(address)
        if told is None or live is None:
            model = live.model if live else None
            found.append(Difference(address, told, model, size=WHOLE + _said(told or model)))
            continue
        settled = kinds[address.kind].with_live_defaults(told, live.model)
        model = without_shared_additions(ignoring(live.model, settled, address, ignore), settled)
        if fields := differing_fields(settled, model):
            size = sum(_leaves(getattr(settled, field), getattr(model, field)) for field in fields)
            found.append(Difference(address, settled, model, fields, size))
    return found


def _said(resource: Resource | None) -> int:
    return len(resource.model_fields_set) if resource else 0


def _leaves(one: Any, other: Any) -> int:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return sum(one.get(key) != other.get(key) for key in {*one, *other})
    if isinstance(one, tuple) and isinstance(other, tuple):
        return max(1, len(set(map(repr, one)) ^ set(map(repr, other))))
    return 1
