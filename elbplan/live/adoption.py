"""Checks the resources that a spec adopts: each exists, and no other stack has it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..core.address import Address
from ..core.foreign import Foreign
from ..core.kind import LiveResource
from ..core.plan import Refusal
from ..core.resource import Resource
from ..core.stack import Stack


def adoption_problems(
    stack: Stack, lives: Collection[LiveResource[Resource]], foreign: Foreign, region: str
) -> Iterator[Refusal]:
    """A refusal for each line of `adopt:` that names a resource of another stack, or none at all.

    A line whose address the stack has already does not count.
    """
    owned = {live.address for live in lives if live.id not in foreign.adopting}
    for address, id in stack.adopt.items():
        if address not in owned and id not in foreign.adopting:
            yield _problem(stack, address, id, foreign, region)


def _problem(stack: Stack, address: Address, id: str, foreign: Foreign, region: str) -> Refusal:
    owner = foreign.owners.get(id)
    if owner and owner.stack == stack.name:
        hint = f"remove the line of {address} from `adopt:`"
        return Refusal(f"{address} cannot be adopted: {id} is {owner.address} of this stack already", hint)
    if owner:
        hint = f"remove it from `adopt:`; or destroy or change stack `{owner.stack}` first, which manages it"
        return Refusal(f"{address} cannot be adopted: {id} belongs to {owner}", hint)
    hint = "check region and account; without its line in `adopt:`, elbplan makes a new one"
    return Refusal(f"{address} cannot be adopted: there is no {address.kind.replace('_', ' ')} {id} in {region}", hint)
