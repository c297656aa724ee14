"""Reads the records of stacks: those that their specs want, and those that the tags of load balancers list."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from ..core.address import Address, AwsId
from ..core.call import ReadProgram
from ..core.kind import Found, LiveResource, Owner, Scope
from ..core.resource import from_live
from .aws.alias_ownership import KnownAliases, dangling_aliases, owner_of, read_aliases, read_other_balancers
from .aws.alias_tags import RecordPlace
from .aws.caller_references import own_zones
from .aws.denied_reads import denied_text
from .aws.hosted_zones import hosted_zones
from .aws.queries import HOSTED_ZONES, USERS_OF_ZONES
from .aws.record_batches import RecordSet, record_text
from .aws.record_places import used_key
from .aws.record_sets import read_sets, zones_of_ref
from .aws.replaced_records import KeptRecords, kept_records, read_call, unread_text
from .aws.routing_policies import distinct_policy, policy_fields
from .record_model import R, RecordFields, place_of


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
    return _found(scope, model, aliases, addresses, found, dangling_aliases(every, aliases), kept)


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
    model: type[R],
    aliases: KnownAliases,
    addresses: Mapping[tuple[str, RecordPlace], Address],
    found: Sequence[tuple[RecordPlace, Mapping[str, Any]]],
    dangling: Mapping[str, Sequence[str]],
    kept: KeptRecords,
) -> Found[R]:
    ours: dict[str, list[LiveResource[R]]] = {}
    names_in_use: dict[str, str] = {}
    owners: dict[str, Owner] = {}
    for place, raw in found:
        holder = aliases.holder(place, raw)
        id = f"{place}{f' ({holder.region})' if holder and holder.region else ''}"
        names_in_use[used_key(place, distinct_policy(raw))] = id if holder else record_text(raw)
        if holder is None:
            continue
        owners[id] = owner_of(holder)
        if holder.stack in scope.stacks and not holder.region:
            address = addresses.get((holder.stack, place)) or _default_address(place)
            wanted = scope.desired[holder.stack].get(address)
            in_spec = bool(wanted.restore) if isinstance(wanted, RecordFields) else None
            restore = kept.restore(holder.stack, place, in_spec, ending=scope.ending)
            facts = kept.facts(holder.stack, place)
            ours.setdefault(holder.stack, []).append(_live(model, address, place, raw, holder.id, restore, facts))
    unread = [unread_text(stack) for stack in ours if kept.unreadable(stack)]
    return Found(ours, names_in_use, owners, stays=dangling, unread=unread, unkept=kept.unkept(addresses, found))


def _default_address(place: RecordPlace) -> Address:
    """The address that the short form gives a record. A record in the spec has the spec's address."""
    suffix = f"-{place.type.lower()}" if place.type in ("AAAA", "HTTPS") else ""
    return Address("record", f"{place.name}{suffix}")


def _live(
    model: type[R],
    address: Address,
    place: RecordPlace,
    raw: RecordSet,
    balancer: str,
    restore: bool | None,
    facts: Mapping[str, str],
) -> LiveResource[R]:
    alias = raw.get("AliasTarget")
    values = [value["Value"] for value in raw.get("ResourceRecords", ())]
    fields = {
        "name": place.name,
        "type": raw["Type"],
        "zone": AwsId(place.zone),
        "load_balancer": AwsId(balancer),
        "evaluate_target_health": bool(alias.get("EvaluateTargetHealth")) if alias else True,
        "restore": restore,
        "ttl": raw.get("TTL") if not alias else None,
        "value": ", ".join(values) if raw["Type"] == "HTTPS" else None,
        "health_check": AwsId(raw["HealthCheckId"]) if raw.get("HealthCheckId") else None,
        **policy_fields(raw),
    }
    return LiveResource(address, str(place), from_live(model, fields), facts)
