"""A Route 53 record: a domain name that points at a load balancer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.call import Ask, Call, GateStatus, ProbeProgram, ReadProgram, WriteProgram
from ..core.kind import Found, Gate, Kind, LiveResource, Owner, Phase, Scope, StepContext
from ..core.resource import IMMUTABLE, WRITE_ONLY, Resource, from_live
from .aws.alias_ownership import KnownAliases, dangling_aliases, owner_of, read_aliases, read_other_balancers
from .aws.alias_tags import RecordPlace
from .aws.denied_reads import denied_text
from .aws.elb_reader import READ_PERMISSIONS
from .aws.hosted_zones import hosted_zones
from .aws.queries import HOSTED_ZONES, USERS_OF_ZONES, balancer_name, domain, record_asks, zone_for
from .aws.record_batches import RecordSearch, RecordSet, change_batch, delete_record, record_change, take_over
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

    @field_validator("name")
    @classmethod
    def _canonical(cls, name: str) -> str:
        """The canonical form, as Route 53 compares names."""
        return domain(name)


def record_mark(record: Record) -> str:
    """The record as a word of the load balancer's tag."""
    return RecordPlace(str(record.zone), record.name, record.type).mark


def read(scope: Scope) -> ReadProgram[Found[Record]]:
    """Reads the records of each name that the spec wants, or that tags of a load balancer or security group list."""
    wanted_names = [record.name for _, _, record in scope.wanted(Record)]
    needed = scope.wants(*USERS_OF_ZONES)
    zones = yield from hosted_zones(wanted_names, needed=needed)
    if zones is None:
        return (yield from _unread(scope))
    addresses = {
        (stack, RecordPlace(zone, wanted.name, wanted.type)): address
        for stack, address, wanted in scope.wanted(Record)
        if (zone := _zone_of(wanted, zones))
    }
    names = {place[:2] for _, place in addresses}
    sets = yield from _standing(names, zones)
    aliases = yield from read_aliases(scope, addresses)
    known = {place[:2] for stack in scope.stacks for place in aliases.recorded_by(stack)}
    if known - names:
        zones = (yield from hosted_zones([name for _, name in known], needed=needed)) or zones
        sets |= yield from _standing(known - names, zones)
    every = [(RecordPlace(zone, name, type), raw) for (zone, name, type, _), raw in sorted(sets.items())]
    found = [(place, raw) for place, raw in every if place[:2] in names | known]
    if not scope.ending:
        unknown = [raw for _, raw in found if aliases.target(raw) is None]
        aliases = yield from read_other_balancers(aliases, unknown, scope.region)
    return _found(scope, aliases, addresses, found, dangling_aliases(every, aliases))


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
            ours.setdefault(holder.stack, []).append(_live(address, place, raw, holder.id))
    return Found(ours, names_in_use, owners, stays=dangling)


RecordSets = dict[tuple[str, str, str, str], Mapping[str, Any]]


def _zone_of(record: Record, zones: Sequence[Mapping[str, Any]]) -> str | None:
    if isinstance(record.zone, Lookup):
        try:
            return zone_for(record.zone.query, zones)
        except ValueError:
            return None
    return str(record.zone)


def _standing(names: Iterable[tuple[str, str]], zones: Sequence[Mapping[str, Any]]) -> ReadProgram[RecordSets]:
    """The record sets at these names, by zone, name, type and set identifier; also others in the same answers."""
    by_zone: dict[str, set[str]] = {}
    for zone, name in names:
        by_zone.setdefault(zone, set()).add(domain(name))
    asks: list[Ask] = [ask for zone in sorted(by_zone) for ask in record_asks(zone, by_zone[zone], zones)]
    answers = (yield asks) if asks else []
    sets: RecordSets = {}
    for ask, answer in zip(asks, answers, strict=True):
        zone = ask.params["HostedZoneId"] if isinstance(ask, Call) else ""
        for raw in answer.get("ResourceRecordSets", []):
            sets[zone, domain(raw["Name"]), raw["Type"], raw.get("SetIdentifier", "")] = raw
    return sets


def _default_address(name: str, type: str) -> Address:
    """The address that the short form gives a record. A record in the spec has the spec's address."""
    return Address(Record.kind, name if type == "A" else f"{name}-{type.lower()}")


def _live(address: Address, place: RecordPlace, raw: Mapping[str, Any], balancer: str) -> LiveResource[Record]:
    fields = {
        "name": place.name,
        "type": raw["Type"],
        "zone": AwsId(place.zone),
        "load_balancer": AwsId(balancer),
        "evaluate_target_health": bool(raw["AliasTarget"].get("EvaluateTargetHealth")),
    }
    return LiveResource(address, str(place), from_live(Record, fields))


def record_text(raw: Mapping[str, Any]) -> str:
    """A record set in a few words: `A 203.0.113.7 (TTL 60)`"""
    notes = [f"TTL {raw['TTL']}"] if "TTL" in raw else []
    notes += [f"identifier {raw['SetIdentifier']}"] if "SetIdentifier" in raw else []
    notes += [f"weight {raw['Weight']}"] if "Weight" in raw else []
    if alias := raw.get("AliasTarget"):
        text = f"{raw['Type']} alias to {alias['DNSName'].rstrip('.')}"
    else:
        text = f"{raw['Type']} {', '.join(value['Value'] for value in raw.get('ResourceRecords', []))}"
    return f"{text} ({', '.join(notes)})" if notes else text


def create(new: Record, context: StepContext) -> WriteProgram:
    """Creates the alias. CREATE fails if others have made a record meanwhile; UPSERT would overwrite it silently."""
    zone = context.id(new.zone)
    if new.take_over:
        others = [_alias(record, context) for record in _other_types(new, context)]
        answer = yield from take_over(zone, _alias(new, context), others)
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


def update(_: Record, after: Record, context: StepContext) -> WriteProgram:
    """UPSERT, so that Route 53 answers at every moment."""
    zone = context.id(after.zone)
    answer = yield change_batch(zone, [record_change("UPSERT", _alias(after, context))])
    return {"change": answer["ChangeInfo"]["Id"]}


def delete(old: Record, context: StepContext) -> WriteProgram:
    """Deletes the record if it still points at our load balancer. Route 53 wants an exact copy of the record."""
    zone = context.id(old.zone)
    params = {"HostedZoneId": zone, "StartRecordName": old.name, "StartRecordType": old.type, "MaxItems": "1"}
    ours = balancer_name(context.fact(old.load_balancer, "dns_name") or str(old.load_balancer))

    def find() -> RecordSearch:
        answer = yield Call("route53", "ListResourceRecordSets", params, done_if=("NoSuchHostedZone",))
        sets: Sequence[RecordSet] = answer.get("ResourceRecordSets", [])
        for raw in sets:
            target = balancer_name(raw.get("AliasTarget", {}).get("DNSName", ""))
            if domain(raw["Name"]) == domain(old.name) and raw["Type"] == old.type and target == ours:
                return raw
        return None

    yield from delete_record(zone, find)
    return {}


def insync(_: Record, context: StepContext) -> ProbeProgram:
    """Ready when all name servers of Route 53 answer with the new record."""
    change = context.fact(context.address, "change")
    if not change:
        return GateStatus("ready", KNOWN)
    answer = yield Call("route53", "GetChange", {"Id": change.rsplit("/", 1)[-1]}, done_if=("NoSuchChange",))
    status = answer.get("ChangeInfo", {}).get("Status", "INSYNC")
    if status == "INSYNC":
        return GateStatus("ready", KNOWN)
    return GateStatus("waiting", "Route 53 sends it to its name servers")


KNOWN = "all name servers know it"


ALIAS_TTL = 60
"""Seconds for which a resolver may cache an alias to a load balancer."""


def forgotten(_: Record, context: StepContext) -> ProbeProgram:
    """Always ready: the gate only waits for `min_seconds`."""
    yield from ()
    return GateStatus("ready", "resolvers no longer cache the old address")


def summary(record: Record) -> str:
    """`A alias to load_balancer.main`"""
    return f"{record.name} {record.type} alias to {record.load_balancer}"


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
    summary=summary,
    taggable=False,
    gates=(
        # "Changes generally propagate to all Route 53 name servers managing the hosted zone within 60 seconds":
        # https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
        Gate("insync", "all name servers know the record", 600, insync, after=("create", "update"), usual="< 1 min"),
        Gate("resolvers", "resolvers no longer cache the old address", 300, forgotten, after=(), min_seconds=ALIAS_TTL),
    ),
    permissions=(
        *READ_PERMISSIONS,
        "route53:ListHostedZones",
        "route53:ListHostedZonesByName",
        "route53:ListResourceRecordSets",
        "route53:ChangeResourceRecordSets",
        "route53:GetChange",
        "ec2:DescribeSecurityGroups",
    ),
)
