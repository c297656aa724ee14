"""The resources that AWS has now, under the addresses by which a person knows them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .address import Address, Ref
from .kind import LiveResource
from .resource import rewrite

Lives = Mapping[Address, LiveResource[Any]]


def as_in_aws(lives: Lives) -> dict[Address, LiveResource[Any]]:
    """The live resources as they were before the plan: what it will replace is not an old one yet.

    A resource keeps its mark (`target_group.web@old`) only if AWS has its replacement already. References follow.
    """
    current = {address: _current(address, lives) for address in lives}
    return {current[address]: _renamed(live, current) for address, live in lives.items()}


def _current(address: Address, lives: Lives) -> Address:
    plain = address._replace(deposed="")
    first = min(other.deposed for other in lives if other[:2] == address[:2])
    return plain if address.deposed == first else address


def _renamed(live: LiveResource[Any], current: Mapping[Address, Address]) -> LiveResource[Any]:
    def renamed(ref: Ref) -> tuple[Ref, ...]:
        return (current.get(ref, ref),) if isinstance(ref, Address) else (ref,)

    return LiveResource(current[live.address], live.id, rewrite(live.model, renamed), live.facts)
