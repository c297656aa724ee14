"""AWS in: what is there of these stacks, and what their specs mean in this account."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ..core.address import Address, Ref
from ..core.call import Answer, Call
from ..core.foreign import NOBODY_ELSE, Foreign
from ..core.kind import Kinds, LiveResource, NamesInUse, Scope
from ..core.resource import Resource
from ..core.stack import Stack
from ..errors import escaped
from ..kinds.unnamed_rules import kept_addresses, readdressed
from .batch import BatchReader
from .lookups import look_up
from .portable import PortableNames
from .resolve import resolve


@dataclass(frozen=True)
class Observed:
    """What was seen of one stack.

    desired   the spec's resources, with everything looked up
    live      what AWS has under this stack's tags; two of one address after a crash is a normal sight
    taken     who holds the names and places that matter, per kind
    foreign   what others have around the stack's resources
    symbols   what this account's ids are called in files that hold for any account
    kept      for rules without a name: the address that AWS has one under, where the spec gives it another number
    """

    desired: Mapping[Address, Resource]
    live: Sequence[LiveResource[Resource]]
    taken: NamesInUse
    rounds: int = 0
    symbols: PortableNames = field(default_factory=PortableNames)
    kept: Mapping[Address, Address] = field(default_factory=dict)
    foreign: Foreign = NOBODY_ELSE


def observe(
    send: Callable[[Call], Answer],
    region: str,
    stacks: Sequence[Stack],
    kinds: Kinds,
    *,
    looking_up: bool = True,
    everywhere: bool = False,
    told: Collection[Ref] = (),
    parallel: int = 16,
) -> dict[str, Observed]:
    """What AWS has of each stack, read together.

    With `everywhere` all subnets are known afterwards, not only those in use; `told` is what files speak of and the
    specs perhaps no more. Without `looking_up` the specs are not
    taken at their word and nothing is desired. Raises AwsProblem, and NotFound for what a spec describes in vain.
    """
    wanted = {stack.name: stack.resources if looking_up else {} for stack in stacks}
    scope = Scope(region, {stack.name: stack.resources for stack in stacks}, ending=not looking_up)
    everything = [resource for resources in wanted.values() for resource in resources.values()]
    rounds = BatchReader(send, parallel)
    standing = () if everywhere else tuple(wanted)
    asked = look_up(region, everything, standing, told)
    facts, *found = rounds.run([asked, *(kind.read(scope) for kind in kinds.values())])
    taken = {name: one.names_in_use for name, one in zip(kinds, found, strict=True)}
    foreign = Foreign.of(found)
    seen = {}
    for stack in stacks:
        live = [one for kind in found for one in kind.ours.get(stack.name, ())]
        desired = resolve(wanted[stack.name], facts, escaped(stack.file) or stack.name)
        kept = kept_addresses(desired, [(one.address, one.model) for one in live])
        symbols = PortableNames.of(facts, wanted[stack.name], told)
        wanted_here = readdressed(desired, kept)
        seen[stack.name] = Observed(wanted_here, live, taken, rounds.taken, symbols, kept, foreign)
    return seen
