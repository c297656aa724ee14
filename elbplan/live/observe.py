"""Reads AWS: the live resources of stacks, and the AWS ids that their specs describe."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..core.address import Address, Ref
from ..core.call import Answer, Call
from ..core.foreign import NOBODY_ELSE, Foreign
from ..core.kind import Kinds, LiveResource, NamesInUse, Scope
from ..core.plan import Refusal
from ..core.resource import Resource
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError, Refused, escaped
from ..kinds.external_servers import NO_SERVERS, ExternalServers
from ..kinds.opened_servers import with_opened_servers
from ..kinds.server_endings import NO_ENDINGS, Endings
from ..kinds.unnamed_rules import kept_addresses, readdressed
from .adoption import adoption_problems
from .batch import BatchReader
from .edge import edge_problems, read_edge
from .external_servers import read_external_servers, with_subnets
from .lookups import look_up, with_certificates_of_stack
from .pacing import THROTTLED
from .portable import PortableNames
from .remaining_zones import read_remaining_zones
from .resolve import NotFound, missing_instances, resolve
from .server_endings import read_endings
from .server_network import network_hint
from .subnets import with_subnets_of_stack


@dataclass(frozen=True)
class Observed:
    """The state of one stack in AWS, and its desired resources.

    desired   the spec's resources, with an AWS id for each lookup
    live      the resources with the stack's tags; after a crash, two of them can have the same address
    names_in_use     names and places in use, by kind
    foreign   resources of others that are related to the stack's resources
    portable_names   names for this account's ids, for files that are valid in any account
    kept      rules without a name whose live rule has another number: the spec's address, and the live address
    external  the instances that the spec names by id or tag
    refusals  what the spec names by id and AWS does not have any more, so that the stack cannot be applied
    endings   what else ends with the stack, and what stays; read only for a destroy
    """

    desired: Mapping[Address, Resource]
    live: Sequence[LiveResource[Resource]]
    names_in_use: NamesInUse
    rounds: int = 0
    portable_names: PortableNames = field(default_factory=PortableNames)
    kept: Mapping[Address, Address] = field(default_factory=dict)
    foreign: Foreign = NOBODY_ELSE
    external: ExternalServers = NO_SERVERS
    endings: Endings = NO_ENDINGS
    refusals: Sequence[Refusal] = ()


@dataclass(frozen=True)
class Unobserved:
    """A stack that cannot be compared with AWS, and why; `live` is what AWS has of it, if that could be read."""

    problem: ElbplanError
    live: Sequence[LiveResource[Resource]] = ()


def observe(
    send: Callable[[Call], Answer],
    region: str,
    stacks: Sequence[Stack],
    kinds: Kinds,
    *,
    everywhere: bool = False,
    file_references: Collection[Ref] = (),
) -> dict[str, Observed]:
    """Reads AWS for all stacks together; the arguments are those of `observe_each`.

    Raises AwsProblem, and NotFound or Refused if AWS does not have something that a spec describes.
    """
    seen = observe_each(send, region, stacks, kinds, everywhere=everywhere, file_references=file_references)
    return {name: _comparable(each) for name, each in seen.items()}


def _comparable(seen: Observed | Unobserved) -> Observed:
    if isinstance(seen, Unobserved):
        raise seen.problem
    for refusal in seen.refusals:
        raise Refused(refusal.what, hint=refusal.hint)
    return seen


def observe_each(
    send: Callable[[Call], Answer],
    region: str,
    stacks: Sequence[Stack],
    kinds: Kinds,
    *,
    looking_up: bool = True,
    deep: bool = False,
    lean: bool = False,
    names: Collection[tuple[str, str]] = (),
    reader: BatchReader | None = None,
    everywhere: bool = False,
    file_references: Collection[Ref] = (),
    parallel: int = 16,
) -> dict[str, Observed | Unobserved]:
    """Reads AWS for all stacks together. If a call fails, reads them one by one: others may not need it.

    deep   reads all load balancers, target groups and certificates of the account, and the tags of each
    lean   does not read the rules of others, if the stacks have none and want none
    names   further AWS names, with their kinds: whoever has them is read too
    reader   of an earlier read, whose answers still count
    everywhere   reads all subnets, not only those that load balancers use, and what migrations may delete
    file_references   references in migration files, which the specs may not have any more
    looking_up   False: the stacks are to end, and nothing is desired
    """
    reader = reader or BatchReader(send, parallel)
    options = ReadOptions(looking_up, everywhere, file_references, deep, lean, names)
    try:
        return _observe(reader, region, stacks, kinds, options)
    except AwsProblem as problem:
        if len(stacks) == 1 or problem.code in THROTTLED:  # more requests would make it worse
            return {stack.name: Unobserved(problem) for stack in stacks}
    seen: dict[str, Observed | Unobserved] = {}
    for stack in stacks:
        try:
            seen |= _observe(reader, region, [stack], kinds, options)
        except AwsProblem as problem:
            seen[stack.name] = Unobserved(problem)
    return seen


@dataclass(frozen=True)
class ReadOptions:
    """The options of `observe_each`."""

    looking_up: bool = True
    everywhere: bool = False
    file_references: Collection[Ref] = ()
    deep: bool = False
    lean: bool = False
    names: Collection[tuple[str, str]] = ()


def _observe(
    reader: BatchReader, region: str, stacks: Sequence[Stack], kinds: Kinds, options: ReadOptions
) -> dict[str, Observed | Unobserved]:
    """Reads the stacks in lock step. Raises AwsProblem if a call fails."""
    looking_up, everywhere, file_references = options.looking_up, options.everywhere, options.file_references
    wanted = {stack.name: stack.resources if looking_up else {} for stack in stacks}
    specs = {stack.name: stack.resources for stack in stacks}
    scope = Scope(
        region, specs, not looking_up, everywhere, file_references, options.deep or not looking_up, options.names,
        options.lean, adopt={stack.name: stack.adopt for stack in stacks if stack.adopt},
    )  # fmt: skip
    everything = [resource for resources in wanted.values() for resource in resources.values()]
    lookups = look_up(region, everything, None if everywhere else scope, file_references)
    servers = read_external_servers(region, everything, file_references, scope)
    ending = () if looking_up else stacks
    ends, rest = read_endings(region, ending), read_remaining_zones(ending)
    placed = [item for resources in wanted.values() for item in resources.items()]
    edge = read_edge(placed, file_references)
    facts, external, endings, zones, edge_facts, *found = reader.run(
        [lookups, servers, ends, rest, edge, *(kind.read(scope) for kind in kinds.values())]
    )
    facts, external = edge_facts.added_to(facts), with_subnets(external, facts)
    names_in_use = {name: result.names_in_use for name, result in zip(kinds, found, strict=True)}
    foreign = Foreign.of(found)
    observed: dict[str, Observed | Unobserved] = {}
    for stack in stacks:
        lives = [live for result in found for live in result.ours.get(stack.name, ())]
        own_facts = with_subnets_of_stack(with_certificates_of_stack(facts, lives), wanted[stack.name], lives)
        hint = network_hint(wanted[stack.name], own_facts, external)
        try:
            desired = resolve(wanted[stack.name], own_facts, escaped(stack.file) or stack.name, lives, hint)
        except NotFound as problem:
            observed[stack.name] = Unobserved(problem, lives)
            continue
        kept = kept_addresses(desired, [(live.address, live.model) for live in lives])
        symbols = PortableNames.of(own_facts, wanted[stack.name], file_references)
        addressed = with_opened_servers(readdressed(desired, kept), lives, external)
        ends = endings.get(stack.name, NO_ENDINGS).with_remaining(zones.get(stack.name, ()))
        unusable, notes = edge_problems(desired, lives, edge_facts, region)
        missing = missing_instances(desired, own_facts) + unusable
        noted = replace(foreign, unread=(*foreign.unread, *notes)) if notes else foreign
        if looking_up:
            missing += adoption_problems(stack, lives, foreign, region)
        observed[stack.name] = Observed(
            addressed, lives, names_in_use, reader.rounds, symbols, kept, noted, external, ends, missing
        )
    return observed
