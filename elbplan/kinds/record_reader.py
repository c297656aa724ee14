"""Reads the records of stacks: those that their specs want, and those that the tags of load balancers list."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from ..core.call import ReadProgram
from ..core.kind import Found, LiveResource, Owner, Scope
from .aws.alias_ownership import (
    AliasTarget,
    KnownAliases,
    dangling_aliases,
    owner_of,
    read_aliases,
    read_other_balancers,
)
from .aws.alias_tags import RecordPlace
from .aws.caller_references import ZONE, own_zones
from .aws.denied_reads import denied_text
from .aws.hosted_zones import hosted_zones
from .aws.public_addresses import allocations
from .aws.queries import HOSTED_ZONES, USERS_OF_ZONES
from .aws.record_batches import RecordSet, record_text
from .aws.record_places import used_key
from .aws.record_sets import read_sets, zones_of_ref
from .aws.replaced_records import kept_records, read_call, unread_text
from .aws.routing_policies import distinct_policy
from .live_records import LiveRecords, values_of
from .record_model import R, place_of

OWN_ZONE = f"{ZONE}."
"""Begins the zone in the mark of a record whose zone the stack made."""


def read_records(scope: Scope, model: type[R]) -> ReadProgram[Found[R]]:
    """Reads the records of each name that the spec wants, or that tags of a load balancer or security group list.

    Also reads what the records of these stacks replaced, if a spec says `take_over` or a record may be deleted.
    """
    first = list(dict.fromkeys(stack for stack, _, wanted in scope.wanted(model) if wanted.take_over))
    wanted_names = [record.name for _, _, record in scope.wanted(model)]
    needed = scope.wants(*USERS_OF_ZONES)
    zones = yield from hosted_zones(wanted_names, needed=needed)
    if zones is None:
        return (yield from _unread(scope))
    recorded = yield from read_aliases(scope, ())
    dropped = {at.name for stack in scope.stacks for at in recorded.recorded_by(stack) if at.zone.startswith(OWN_ZONE)}
    if dropped - set(wanted_names):
        zones = (yield from hosted_zones([*wanted_names, *dropped], needed=needed)) or zones
    own = own_zones(scope, zones)
    addresses = {
        (stack, place_of(wanted, zone)): address
        for stack, address, wanted in scope.wanted(model)
        for zone in zones_of_ref(stack, wanted.zone, zones, own)
    }
    names = {place[:2] for _, place in addresses}
    sets, _ = yield from read_sets(names, zones)
    aliases = (yield from read_aliases(scope, addresses)).in_own_zones(own)
    known = {place[:2] for stack in scope.stacks for place in aliases.recorded_by(stack)}
    later = [stack for stack in scope.stacks if stack not in first and _may_delete(scope, stack, aliases, addresses)]
    if known - names:
        zones = (yield from hosted_zones([name for _, name in known], needed=needed)) or zones
    more, answers = yield from read_sets(known - names, zones, list(map(read_call, [*first, *later])))
    sets |= more
    kept = kept_records([*first, *later], answers)
    every = [(RecordPlace(*place), raw) for place, raw in sorted(sets.items())]
    found = [(place, raw) for place, raw in every if place[:2] in names | known]
    if not scope.ending:
        unknown = [raw for _, raw in found if aliases.target(raw) is None]
        aliases = yield from read_other_balancers(aliases, unknown, scope.region)
    owned_by = {place: holder for place, raw in found if (holder := aliases.holder(place, raw))}
    known_ips = yield from allocations(
        value for place, raw in found if place in owned_by and raw.get("MultiValueAnswer") for value in values_of(raw)
    )
    live = LiveRecords(model, addresses, kept, known_ips)
    return _found(scope, live, owned_by, found, dangling_aliases(every, aliases))


def _may_delete(scope: Scope, stack: str, aliases: KnownAliases, wanted: Container[tuple[str, RecordPlace]]) -> bool:
    """True if the stack has records, and a plan may delete one of them."""
    every = scope.ending or scope.everywhere
    return any(every or (stack, place) not in wanted for place in aliases.recorded_by(stack))


def _unread(scope: Scope) -> ReadProgram[Found[R]]:
    """A note instead of the records, which no spec wants. Raises AwsProblem if tags show that a stack has records."""
    aliases = yield from read_aliases(scope, ())
    if any(aliases.recorded_by(stack) for stack in scope.stacks):
        yield [HOSTED_ZONES]  # the denial of a call that is needed after all
    return Found({}, unread=(denied_text("records", HOSTED_ZONES),))


def _found(
    scope: Scope,
    live: LiveRecords[R],
    holders: Mapping[RecordPlace, AliasTarget],
    found: Sequence[tuple[RecordPlace, RecordSet]],
    dangling: Mapping[str, Sequence[str]],
) -> Found[R]:
    ours: dict[str, list[LiveResource[R]]] = {}
    names_in_use: dict[str, str] = {}
    owners: dict[str, Owner] = {}
    for place, raw in live.wanted_first(found, holders):
        holder = holders.get(place)
        id = f"{place}{f' ({holder.region})' if holder and holder.region else ''}"
        names_in_use[used_key(place, distinct_policy(raw))] = id if holder else record_text(raw)
        if holder is None:
            continue
        owners[id] = owner_of(holder)
        if holder.stack in scope.stacks and not holder.region:
            ours.setdefault(holder.stack, []).append(live.resource(scope, holder, place, raw))
    unread = [unread_text(stack) for stack in ours if live.kept.unreadable(stack)]
    unkept = live.kept.unkept(live.addresses, found)
    return Found(ours, names_in_use, owners, stays=dangling, unread=unread, unkept=unkept)
