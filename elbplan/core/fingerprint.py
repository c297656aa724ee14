"""Fingerprints of states: eight hex digits, computed in the same way for live AWS, a spec and a simulation. Pure.

A fingerprint is the hash of the resources' hashes, so that a mismatch names the resources. A reference is hashed as the
kind, the name and the immutable fields of the resource that it points at. So the two sides of a replacement differ, and
it does not matter which of them is called the old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .address import Address, Lookup, Ref
from .ignored import ignoring
from .kind import Kinds, LiveResource
from .resource import (
    Resource,
    differing_fields,
    field_values,
    identifying,
    plain,
    references,
    rewrite,
    without_shared_additions,
)
from .simulate import State

ABSENT = "absent"
MODEL = "s1"
"""The version of the models. Fingerprints of another version cannot be compared."""


@dataclass(frozen=True)
class Fingerprint:
    """`s1-` and 8 hex digits, or `absent`; `parts` has the hash of each resource by its identity."""

    text: str
    parts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text

    def differing(self, other: Fingerprint) -> tuple[str, ...]:
        """The addresses of the resources in which two states differ, sorted."""
        names = {*self.parts, *other.parts}
        return tuple(sorted({n.partition("~")[0] for n in names if self.parts.get(n) != other.parts.get(n)}))


@dataclass
class HashedResource:
    """The hashes of one resource. They depend on the resource, and on the identities of those to which it refers.

    resource  as the state has it; held, so that no other resource gets its `id`
    complete  with its defaults
    refers_to  the addresses in it
    """

    resource: Resource
    complete: Resource
    refers_to: tuple[Address, ...]
    hashes: dict[tuple[str, ...], str] = field(default_factory=dict)


Hashes = dict[int, HashedResource]
"""Hashes by the `id` of a resource. States that share resources share them: most states differ in one resource."""


def fingerprint(state: State, kinds: Kinds, hashes: Hashes | None = None) -> Fingerprint:
    """The fingerprint of a state whose references are addresses, symbols, or ids that the spec itself gives.

    Keep `hashes` between calls for states that share resources.
    """
    if not state:
        return Fingerprint(ABSENT)
    naming = ResourceNames(state, kinds, {} if hashes is None else hashes)
    parts = {
        naming.identity(address): naming.body_hash(resource)
        for address, resource in state.items()
        if not resource.is_empty
    }
    return Fingerprint(f"{MODEL}-{_hash(parts)}", parts)


def live_in_terms_of(
    lives: Mapping[Address, LiveResource[Any]], expected: State, kinds: Kinds, ignore: Sequence[str] = ()
) -> dict[Address, Resource]:
    """The live state, with the expected resource wherever the live one matches it.

    An expected field that is None matches any value, since AWS decides it. So does a field that another tool owns.
    """
    return {address: _in_terms_of(live, expected.get(address), kinds, ignore) for address, live in lives.items()}


def _in_terms_of(live: LiveResource[Any], expected: Resource | None, kinds: Kinds, ignore: Sequence[str]) -> Resource:
    model: Resource = live.model
    if expected is not None:
        complete = kinds[live.address.kind].with_live_defaults(expected, model)
        model = without_shared_additions(ignoring(model, complete, live.address, ignore), complete)
        if not differing_fields(complete, model):
            return expected
    name = live.facts.get("name")
    pinned = name is not None and expected is not None and field_values(expected).get("name") == name
    return model.model_copy(update={"name": None}) if name and not pinned else model


def _hash(value: Any, length: int = 8) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:length]


@dataclass
class ResourceNames:
    """The identities of the resources of one state."""

    state: State
    kinds: Kinds
    hashes: Hashes = field(default_factory=dict)
    known: dict[Address, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._replaced = {address[:2] for address in self.state if address.deposed}

    def identity(self, address: Address) -> str:
        """`target_group.web~1a2b3c`: the same for both choices of the deposed side."""
        if address not in self.known:
            plain_name = f"{address.kind}.{address.name}"
            self.known[address] = plain_name  # ends the recursion of a resource that refers to itself
            resource = self.state.get(address)
            if resource is not None:
                part = self.body if self._has_twin(address, resource) else self._immutable
                self.known[address] = f"{plain_name}~{self._hash_of(resource, part, 6)}"
        return self.known[address]

    def _has_twin(self, address: Address, resource: Resource) -> bool:
        """True if the other side of its replacement has the same immutable fields, so that only the body differs."""
        place = address[:2]
        if place not in self._replaced:
            return False
        others = (other for at, other in self.state.items() if at[:2] == place and at != address)
        mine = self._hash_of(resource, self._immutable, 6)
        return any(self._hash_of(other, self._immutable, 6) == mine for other in others)

    def body_hash(self, resource: Resource) -> str:
        """The hash of the compared fields."""
        return self._hash_of(resource, self.body, 8)

    def body(self, resource: Resource) -> dict[str, Any]:
        """The compared fields, with defaults, without the fields that AWS decides."""
        fields: dict[str, Any] = plain(self._with_identities(resource), hashing=True)
        if learned := self.kinds[resource.kind].learned(resource):
            given = field_values(resource).get("attributes", {})
            attributes = fields["attributes"].items()
            fields["attributes"] = {k: v for k, v in attributes if k in given or learned.get(k) != v}
        return {name: value for name, value in fields.items() if value not in (None, {}, [])}

    def _hash_of(self, resource: Resource, part: Callable[[Resource], dict[str, Any]], length: int) -> str:
        hashed = self._hashed(resource)
        key = (part.__name__, *map(self.identity, hashed.refers_to))
        if key not in hashed.hashes:
            hashed.hashes[key] = _hash(part(resource), length)
        return hashed.hashes[key]

    def _hashed(self, resource: Resource) -> HashedResource:
        hashed = self.hashes.get(id(resource))
        if hashed is None:
            complete: Resource = self.kinds[resource.kind].with_live_defaults(resource, resource)
            addresses = tuple(ref for ref in references(complete) if isinstance(ref, Address))
            hashed = self.hashes[id(resource)] = HashedResource(resource, complete, addresses)
        return hashed

    def _immutable(self, resource: Resource) -> dict[str, Any]:
        values = identifying(self._with_identities(resource))
        return {name: plain(value) for name, value in values.items() if value is not None}

    def _with_identities(self, resource: Resource) -> Resource:
        """The resource with defaults, and with identities instead of addresses."""
        return rewrite(self._hashed(resource).complete, self._identified)

    def _identified(self, ref: Ref) -> tuple[Ref, ...]:
        return (Lookup("resource", self.identity(ref)),) if isinstance(ref, Address) else (ref,)
