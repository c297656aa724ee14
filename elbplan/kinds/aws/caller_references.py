"""Caller references of Route 53: the create call writes them, and elbplan recognises zones and health checks by them.

Their create calls take no tags. A reference is in the same call, so a run that is killed leaves no unknown resource.
It is unique for each creation, also after a deletion.
https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html (CallerReference, 1 to 64 characters)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from ...core.address import Address
from ...core.kind import Scope, StepContext
from .ownership import ADDRESS

PREFIX = "elbplan"


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:6]


def is_address(address: Address, text: str) -> bool:
    """True if the text is this address, also if only the digest of the address is known."""
    return text in (str(address), f"{address.kind}.{address.name}") or _digest(text) == address.name


def tagged_address(address: Address, tags: Mapping[str, str]) -> Address:
    """The address of which only the digest is known, from the ownership tags; without these tags it stays."""
    text = tags.get(ADDRESS, "")
    return address._replace(name=text.partition(".")[2]) if is_address(address, text) else address


def caller_reference(context: StepContext) -> str:
    """The reference of a new resource: `elbplan/STACK/REGION/ADDRESS/TOKEN`, the last two as digests.

    A stack's name has at most 24 characters and a region 15, so it has at most 64.
    """
    address = f"{context.address.kind}.{context.address.name}"
    return "/".join((PREFIX, context.stack, context.region, _digest(address), context.token[:8]))


def owned_address(reference: str, scope: Scope, kind: str) -> tuple[str, Address] | None:
    """The stack and address of a reference that `caller_reference` made for these stacks; None for any other.

    A resource that the spec no longer has gets the digest as its name.
    """
    prefix, _, rest = reference.partition("/")
    parts = rest.split("/")
    if prefix != PREFIX or len(parts) != 4 or parts[0] not in scope.stacks or parts[1] != scope.region:
        return None
    stack, _, digest, _ = parts
    in_files = (ref._replace(deposed="") for ref in scope.file_references if isinstance(ref, Address))
    return stack, _address(digest, [*scope.desired[stack], *in_files], kind)


def _address(digest: str, known: Iterable[Address], kind: str) -> Address:
    return next((a for a in known if a.kind == kind and _digest(f"{a.kind}.{a.name}") == digest), Address(kind, digest))


OwnZones = Mapping[tuple[str, Address], str]
"""By stack and address: the id of a hosted zone that elbplan made for the stack."""


def own_zones(scope: Scope, zones: Iterable[Mapping[str, Any]]) -> OwnZones:
    """The zones among these that the stacks made."""
    owned = ((owned_address(raw.get("CallerReference") or "", scope, ZONE), raw["Id"]) for raw in zones)
    return {owner: id.rsplit("/", 1)[-1] for owner, id in owned if owner}


ZONE = "hosted_zone"
