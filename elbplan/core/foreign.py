"""What others have around our resources: who made what, what would go with ours, what stays behind. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .address import Address
from .kind import Found, LiveResource, Owner


@dataclass(frozen=True)
class Foreign:
    """What is known of others around the resources of the stacks that were read.

    owners    which elbplan stack made what bears this AWS id
    children  what AWS deletes together with the resource of this AWS id, although its stack did not make it
    stays     what stays behind when the resource of this AWS id goes, with the reason
    """

    owners: Mapping[str, Owner] = field(default_factory=dict)
    children: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stays: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Found[Any]]) -> Foreign:
        """All that the kinds found."""
        owners: dict[str, Owner] = {}
        children: dict[str, list[str]] = {}
        stays: dict[str, list[str]] = {}
        for one in found:
            owners |= one.owners
            for id, texts in one.children.items():
                children.setdefault(id, []).extend(texts)
            for id, texts in one.stays.items():
                stays.setdefault(id, []).extend(texts)
        return cls(owners, children, stays)

    def children_by_address(self, lives: Mapping[Address, LiveResource[Any]]) -> dict[Address, Sequence[str]]:
        """The children of others, by what their parents are called."""
        return {address: self.children[live.id] for address, live in lives.items() if self.children.get(live.id)}


NOBODY_ELSE = Foreign()
"""Nothing is known of others."""
