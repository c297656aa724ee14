"""Resources that other people and stacks made near a stack's own resources. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .address import Address
from .kind import Found, LiveResource, Owner


@dataclass(frozen=True)
class ForeignReference:
    """A reference of others to a resource. AWS deletes the resource only without it.

    text     the reference, for a person
    command  removes it
    token    names it for the kind that deletes the resource
    """

    text: str
    command: str
    token: str


@dataclass(frozen=True)
class Foreign:
    """The foreign resources around the stacks that were read. All keys are AWS ids.

    owners    the elbplan stack that made the resource
    children  what AWS deletes together with the resource, although its stack did not make it
    stays     what remains when the resource is deleted, with the reason
    unread    what AWS does not let elbplan read, although no spec wants it
    references  what refers to the resource, read only for resources that a plan deletes
    unkept    by name in use, why elbplan cannot keep what it replaces there
    adopting  what the plan adopts: read as the stack's, although it has no tags of a stack yet
    """

    owners: Mapping[str, Owner] = field(default_factory=dict)
    children: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stays: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: Sequence[str] = ()
    references: Mapping[str, Sequence[ForeignReference]] = field(default_factory=dict)
    unkept: Mapping[str, str] = field(default_factory=dict)
    adopting: Collection[str] = ()

    @classmethod
    def of(cls, found: Iterable[Found[Any]]) -> Foreign:
        """The foreign resources that all kinds found."""
        owners: dict[str, Owner] = {}
        children: dict[str, list[str]] = {}
        stays: dict[str, list[str]] = {}
        unread: list[str] = []
        unkept: dict[str, str] = {}
        adopting: set[str] = set()
        for result in found:
            unread.extend(result.unread)
            owners |= result.owners
            unkept |= result.unkept
            adopting |= set(result.adopting)
            for id, texts in result.children.items():
                children.setdefault(id, []).extend(texts)
            for id, texts in result.stays.items():
                stays.setdefault(id, []).extend(texts)
        return cls(owners, children, stays, unread, unkept=unkept, adopting=frozenset(adopting))

    def children_by_address(self, lives: Mapping[Address, LiveResource[Any]]) -> dict[Address, Sequence[str]]:
        """The foreign children by the address of their parent."""
        return {address: self.children[live.id] for address, live in lives.items() if self.children.get(live.id)}

    def references_by_address(
        self, lives: Mapping[Address, LiveResource[Any]]
    ) -> dict[Address, Sequence[ForeignReference]]:
        """The foreign references by the address of the resource to which they refer."""
        return {address: self.references[live.id] for address, live in lives.items() if self.references.get(live.id)}


NOBODY_ELSE = Foreign()
"""No foreign resources are known."""
