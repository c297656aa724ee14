"""A Route 53 record: a domain name that points at a load balancer."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from ..core.address import Address, AwsId, Ref
from ..core.call import ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Owner, Phase, Scope, StepContext
from ..core.resource import IMMUTABLE, LEARNED, WRITE_ONLY, Resource, differing_fields, from_live
from .aws.alias_ownership import KnownAliases, dangling_aliases, owner_of, read_aliases, read_other_balancers
from .aws.alias_tags import RecordPlace
from .aws.denied_reads import denied_text
from .aws.hosted_zones import hosted_zones
from .aws.queries import HOSTED_ZONES, USERS_OF_ZONES, domain
from .aws.record_batches import (
    RecordSet,
    change_batch,
    delete_alias,
    points_at,
    put_back,
    record_change,
    record_text,
    take_over,
)
from .aws.record_gates import GATES
from .aws.record_sets import read_sets, zone_of_ref
from .aws.replaced_records import (
    Keeper,
    KeptRecords,
    Previous,
    forget,
    keep_again,
    kept_records,
    read_call,
    unread_text,
)
from .permissions.record import PERMISSIONS
from .references import LoadBalancerRef, ZoneRef


class Record(Resource):
    """An alias record. Records have no tags: a tag of the load balancer shows that the record is ours."""

    kind: ClassVar[str] = "record"
    name: Annotated[str, IMMUTABLE, Field(min_length=1, max_length=255, description="the full domain name")]
    type: Annotated[Literal["A", "AAAA"], IMMUTABLE] = "A"
    zone: Annotated[ZoneRef, IMMUTABLE]
    load_balancer: LoadBalancerRef
    evaluate_target_health: Annotated[
        bool, Field(description="whether Route 53 stops answering with the record while no target is healthy")
    ] = True
    take_over: Annotated[
        bool, WRITE_ONLY, Field(description="may replace a record of this name that elbplan did not make")
    ] = False
    restore: Annotated[
        bool | None,
        LEARNED,
        Field(description="whether the record that this one replaced comes back when elbplan deletes this one"),
    ] = False
    """None in AWS if this record replaced no other."""

    @field_validator("name")
    @classmethod
    def _canonical(cls, name: str) -> str:
        """The canonical form, as Route 53 compares names."""
        return domain(name)


def record_mark(record: Record) -> str:
    """The record as a word of the load balancer's tag."""
    return RecordPlace(str(record.zone), record.name, record.type).mark


def read(scope: Scope) -> ReadProgram[Found[Record]]:
    """Reads the records of each name that the spec wants, or that tags of a load balancer or security group list.

    Also reads what the records of these stacks replaced, if a spec says `take_over` or a record may be deleted.
    """
    first = list(dict.fromkeys(stack for stack, _, wanted in scope.wanted(Record) if wanted.take_over))
    wanted_names = [record.name for _, _, record in scope.wanted(Record)]
    needed = scope.wants(*USERS_OF_ZONES)
    zones = yield from hosted_zones(wanted_names, needed=needed)
    if zones is None:
        return (yield from _unread(scope))
    addresses = {
        (stack, RecordPlace(zone, wanted.name, wanted.type)): address
        for stack, address, wanted in scope.wanted(Record)
        if (zone := zone_of_ref(wanted.zone, zones))
    }
    names = {place[:2] for _, place in addresses}
    sets, _ = yield from read_sets(names, zones)
    aliases = yield from read_aliases(scope, addresses)
    known = {place[:2] for stack in scope.stacks for place in aliases.recorded_by(stack)}
    later = [stack for stack in scope.stacks if stack not in first and _may_delete(scope, stack, aliases, addresses)]
    if known - names:
        zones = (yield from hosted_zones([name for _, name in known], needed=needed)) or zones
    more, answers = yield from read_sets(known - names, zones, list(map(read_call, [*first, *later])))
    sets |= more
    kept = kept_records([*first, *later], answers)
    every = [(RecordPlace(zone, name, type), raw) for (zone, name, type, _), raw in sorted(sets.items())]
    found = [(place, raw) for place, raw in every if place[:2] in names | known]
    if not scope.ending:
        unknown = [raw for _, raw in found if aliases.target(raw) is None]
        aliases = yield from read_other_balancers(aliases, unknown, scope.region)
    return _found(scope, aliases, addresses, found, dangling_aliases(every, aliases), kept)


def _may_delete(scope: Scope, stack: str, aliases: KnownAliases, wanted: Container[tuple[str, RecordPlace]]) -> bool:
    """True if the stack has records, and a plan may delete one of them."""
    every = scope.ending or scope.everywhere
    return any(every or (stack, place) not in wanted for place in aliases.recorded_by(stack))


def _unread(scope: Scope) -> ReadProgram[Found[Record]]:
    """A note instead of the records, which no spec wants. Raises AwsProblem if tags show that a stack has records."""
    aliases = yield from read_aliases(scope, ())
    if any(aliases.recorded_by(stack) for stack in scope.stacks):
        yield [HOSTED_ZONES]  # the denial of a call that is needed after all
    return Found({}, unread=(denied_text("records", HOSTED_ZONES),))


def _found(
    scope: Scope,
    aliases: KnownAliases,
    addresses: Mapping[tuple[str, RecordPlace], Address],
    found: Sequence[tuple[RecordPlace, Mapping[str, Any]]],
    dangling: Mapping[str, Sequence[str]],
    kept: KeptRecords,
) -> Found[Record]:
    ours: dict[str, list[LiveResource[Record]]] = {}
    names_in_use: dict[str, str] = {}
    owners: dict[str, Owner] = {}
    for place, raw in found:
        holder = aliases.holder(place, raw)
        id = f"{place}{f' ({holder.region})' if holder and holder.region else ''}"
        others = f"{names_in_use[str(place)]}; " if str(place) in names_in_use else ""
        names_in_use[str(place)] = id if holder else f"{others}{record_text(raw)}"
        if holder is None:
            continue
        owners[id] = owner_of(holder)
        if holder.stack in scope.stacks and not holder.region:
            address = addresses.get((holder.stack, place)) or _default_address(place.name, place.type)
            wanted = scope.desired[holder.stack].get(address)
            in_spec = bool(wanted.restore) if isinstance(wanted, Record) else None
            restore = kept.restore(holder.stack, place, in_spec, ending=scope.ending)
            facts = kept.facts(holder.stack, place)
            ours.setdefault(holder.stack, []).append(_live(address, place, raw, holder.id, restore, facts))
    unread = [unread_text(stack) for stack in ours if kept.unreadable(stack)]
    return Found(ours, names_in_use, owners, stays=dangling, unread=unread, unkept=kept.unkept(addresses, found))


def _default_address(name: str, type: str) -> Address:
    """The address that the short form gives a record. A record in the spec has the spec's address."""
    return Address(Record.kind, name if type == "A" else f"{name}-{type.lower()}")


def _live(
    address: Address,
    place: RecordPlace,
    raw: RecordSet,
    balancer: str,
    restore: bool | None,
    facts: Mapping[str, str],
) -> LiveResource[Record]:
    fields = {
        "name": place.name,
        "type": raw["Type"],
        "zone": AwsId(place.zone),
        "load_balancer": AwsId(balancer),
        "evaluate_target_health": bool(raw["AliasTarget"].get("EvaluateTargetHealth")),
        "restore": restore,
    }
    return LiveResource(address, str(place), from_live(Record, fields), facts)


def create(new: Record, context: StepContext) -> WriteProgram:
    """Creates the alias. CREATE fails if others have made a record meanwhile; UPSERT would overwrite it silently."""
    zone = context.id(new.zone)
    if new.take_over:
        others = [_alias(record, context) for record in _other_types(new, context)]
        alias, place = _alias(new, context), RecordPlace(zone, new.name, new.type)
        keeper = Keeper(context.stack, place, alias["AliasTarget"]["DNSName"], bool(new.restore))
        answer = yield from take_over(zone, alias, keeper.keep, others)
    else:
        answer = yield change_batch(zone, [record_change("CREATE", _alias(new, context))])
    return {"id": f"{zone}/{domain(new.name)}/{new.type}", "change": answer["ChangeInfo"]["Id"]}


def _other_types(new: Record, context: StepContext) -> list[Record]:
    """The other records of this name that the run creates."""
    return [
        record
        for record in context.created.values()
        if isinstance(record, Record)
        and record.take_over
        and (record.name, record.zone, record.load_balancer) == (new.name, new.zone, new.load_balancer)
        and record.type != new.type
    ]


def _alias(new: Record, context: StepContext) -> dict[str, Any]:
    return {
        "Name": new.name,
        "Type": new.type,
        "AliasTarget": {
            "HostedZoneId": context.fact(new.load_balancer, "zone_id"),
            "DNSName": context.fact(new.load_balancer, "dns_name"),
            "EvaluateTargetHealth": new.evaluate_target_health,
        },
    }


def update(before: Record, after: Record, context: StepContext) -> WriteProgram:
    """UPSERT, so that Route 53 answers at every moment. `restore` is only a word in Parameter Store."""
    zone = context.id(after.zone)
    if before.restore != after.restore and context.live:
        place = RecordPlace(zone, after.name, after.type)
        yield from keep_again(context.stack, place, context.live.facts, restore=bool(after.restore))
    if set(differing_fields(before, after)) == {"restore"}:
        return {}
    answer = yield change_batch(zone, [record_change("UPSERT", _alias(after, context))])
    return {"change": answer["ChangeInfo"]["Id"]}


def delete(old: Record, context: StepContext) -> WriteProgram:
    """Deletes the record if it still points at our load balancer, and puts back what the plan says.

    Route 53 wants an exact copy of the record.
    """
    zone = context.id(old.zone)
    dns_name = context.fact(old.load_balancer, "dns_name") or str(old.load_balancer)
    previous = Previous.of(context.live.facts if context.live else {})
    if previous.put_back:
        yield from put_back(zone, old.name, lambda raw: points_at(raw, dns_name), previous.put_back)
    else:
        yield from delete_alias(zone, old.name, old.type, dns_name)
    yield from forget(context.stack, RecordPlace(zone, old.name, old.type), previous.forget)
    return {}


def summary(record: Record) -> str:
    """`A alias to load_balancer.main`"""
    return f"{record.name} {record.type} alias to {record.load_balancer}"


def with_live_defaults(desired: Record, live: Record) -> Record:
    """The desired record; `restore` is only a difference if the live record replaced another one."""
    restore = None if live.restore is None else bool(desired.restore)
    return desired.model_copy(update={"restore": restore, "take_over": live.take_over})


def create_path(new: Record, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, Record]]:
    """A new record comes with the switch: from then on clients use it."""
    return [("switch", new)]


def update_path(_: Record, after: Record, *__: AbstractSet[Ref]) -> Sequence[tuple[Phase, Record]]:
    """A record changes with the switch, when everything behind it is ready."""
    return [("switch", after)]


KIND = Kind(
    model=Record,
    read=read,
    create=create,
    update=update,
    delete=delete,
    create_path=create_path,
    update_path=update_path,
    with_live_defaults=with_live_defaults,
    summary=summary,
    taggable=False,
    gates=GATES,
    permissions=PERMISSIONS,
)
