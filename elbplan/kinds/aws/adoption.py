"""Resources that a spec adopts: until they have the ownership tags, elbplan reads them as if they had. Pure.

`adopt:` of a spec names them by AWS id. The tags decide as soon as there are some: the name of a resource that belongs
to a stack already has no effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...core.address import Address
from ...core.kind import Scope
from .ownership import STACK, owner_in_tags, ownership

TagsById = Mapping[str, Mapping[str, str]]


class WithAdopted(NamedTuple):
    """The tags by AWS id, with ownership tags for the resources to adopt; and the ids of these resources."""

    tags: dict[str, Mapping[str, str]]
    adopting: frozenset[str]


def ids_to_adopt(scope: Scope, part: str = "") -> list[str]:
    """The AWS ids that the specs adopt and that contain `part`, in order; none if the stacks are to end."""
    return sorted({id for _, _, id in _named(scope) if part in id})


def adopts(scope: Scope, stack: str, id: str) -> bool:
    """True if the spec of the stack adopts this resource, or did so: what others attached to it follows it."""
    return not scope.ending and id in scope.adopt.get(stack, {}).values()


def with_adopted(scope: Scope, tags: TagsById) -> WithAdopted:
    """Adds the ownership tags that an adoption will write.

    A resource is not adopted if it has tags of a stack, or if its stack already has a resource of that address.
    """
    owners = map(owner_in_tags, tags.values())
    taken = {(owner.stack, owner.address) for owner in owners if owner}
    result = {id: dict(own) for id, own in tags.items()}
    adopting: set[str] = set()
    for stack, address, id in _named(scope):
        if id in tags and STACK not in tags[id] and (stack, str(address)) not in taken:
            wanted = scope.desired[stack].get(address)
            result[id] |= ownership(stack, address, shared(tags[id], wanted.tags if wanted else {}))
            adopting.add(id)
    return WithAdopted(dict(result), frozenset(adopting))


def shared(tags: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """The tags of the spec that a resource has already: an adoption makes these the stack's."""
    return {key: value for key, value in wanted.items() if tags.get(key) == value}


def _named(scope: Scope) -> Iterator[tuple[str, Address, str]]:
    """The stack, address and id of each resource to adopt. A stack that ends adopts nothing."""
    if not scope.ending:
        for stack, resources in scope.adopt.items():
            yield from ((stack, address, id) for address, id in resources.items())
