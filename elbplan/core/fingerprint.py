"""What a state is, in eight hex digits: told of live AWS, of a spec and of a simulation in the same way. Pure.

A Merkle of one level: the hash of the resources' hashes, so that a mismatch names the resources. References are told
by what they lead to, kind, name and what cannot change in place, so that two of one address that stand side by side
are told apart, and it does not matter which of them somebody calls the old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .address import Address, Lookup, Ref
from .change import ignoring
from .kind import Kinds, LiveResource
from .resource import Resource, field_values, immutable, plain, rewrite, without_shared_additions
from .simulate import State

ABSENT = "absent"
MODEL = "s1"
"""Which words the states are told in: another release that says more must not call old fingerprints wrong."""


@dataclass(frozen=True)
class Fingerprint:
    """`s1-` and 8 hex digits, or `absent`; `parts` holds the hash of each resource by who it is."""

    text: str
    parts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text

    def differing(self, other: Fingerprint) -> tuple[str, ...]:
        """The addresses of the resources in which two states differ, sorted."""
        names = {*self.parts, *other.parts}
        return tuple(sorted({n.partition("~")[0] for n in names if self.parts.get(n) != other.parts.get(n)}))


def fingerprint(state: State, kinds: Kinds) -> Fingerprint:
    """The fingerprint of a state whose references are addresses, symbols, or ids that the spec itself gives."""
    if not state:
        return Fingerprint(ABSENT)
    naming = ResourceNames(state, kinds)
    parts = {naming.identity(address): _hash(naming.body(resource)) for address, resource in state.items()}
    return Fingerprint(f"{MODEL}-{_hash(parts)}", parts)


def live_in_terms_of(
    lives: Mapping[Address, LiveResource[Any]], told: State, kinds: Kinds, ignore: Sequence[str] = ()
) -> dict[Address, Resource]:
    """The live state in the words of another: what fits what is told is what is told.

    A told field that is None means that AWS decides; which way it decided is no difference. Neither is what stands in
    a field that another tool owns.
    """
    return {address: _as_told(live, told.get(address), kinds, ignore) for address, live in lives.items()}


def _as_told(live: LiveResource[Any], told: Resource | None, kinds: Kinds, ignore: Sequence[str]) -> Resource:
    model: Resource = live.model
    if told is not None:
        settled = kinds[live.address.kind].with_live_defaults(told, model)
        model = without_shared_additions(ignoring(model, settled, live.address, ignore), settled)
        if settled == model:
            return told
    named = live.facts.get("name")
    pinned = named is not None and told is not None and field_values(told).get("name") == named
    return model.model_copy(update={"name": None}) if named and not pinned else model


def _hash(value: Any, length: int = 8) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:length]


@dataclass
class ResourceNames:
    """Who is who in one state."""

    state: State
    kinds: Kinds
    known: dict[Address, str] = field(default_factory=dict)

    def identity(self, address: Address) -> str:
        """`target_group.web~1a2b3c`: the same whichever of two is called former."""
        if address not in self.known:
            plain_name = f"{address.kind}.{address.name}"
            self.known[address] = plain_name  # for what points at itself
            resource = self.state.get(address)
            if resource is not None:
                self.known[address] = f"{plain_name}~{_hash(self._fixed(resource), 6)}"
        return self.known[address]

    def body(self, resource: Resource) -> dict[str, Any]:
        """Everything that is compared, defaults said, what AWS decides left out."""
        named = rewrite(self._settled(resource), self._named)
        told: dict[str, Any] = plain(named)
        if learned := self.kinds[resource.kind].learned(resource):
            said = field_values(resource).get("attributes", {})
            told["attributes"] = {k: v for k, v in told["attributes"].items() if k in said or learned.get(k) != v}
        return {name: value for name, value in told.items() if value not in (None, {}, [])}

    def _fixed(self, resource: Resource) -> dict[str, Any]:
        fixed = immutable(rewrite(self._settled(resource), self._named))
        return {name: plain(value) for name, value in fixed.items() if value is not None}

    def _settled(self, resource: Resource) -> Resource:
        settled: Resource = self.kinds[resource.kind].with_live_defaults(resource, resource)
        return settled

    def _named(self, ref: Ref) -> tuple[Ref, ...]:
        return (Lookup("resource", self.identity(ref)),) if isinstance(ref, Address) else (ref,)
