"""The resources that serve now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..core.address import Address, Ref
from ..core.kind import LiveResource
from ..core.resource import rewrite

Lives = Mapping[Address, LiveResource[Any]]


def current_lives(lives: Lives) -> Lives:
    """The live resources. While a replacement is only planned, the old side is the resource itself: `target_group.web`.

    Old sides beside their new one keep their mark.
    """

    def current(address: Address) -> Address:
        plain = address._replace(deposed="")
        return plain if plain not in lives else address

    def referred(ref: Ref) -> tuple[Ref, ...]:
        return (current(ref) if isinstance(ref, Address) else ref,)

    return {
        current(address): replace(live, address=current(address), model=rewrite(live.model, referred))
        for address, live in lives.items()
    }
