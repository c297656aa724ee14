"""Changes of Route 53 records, in batches that Route 53 makes completely or not at all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from ...core.call import Answer, Call, WriteProgram
from .alias_ownership import target_name
from .alias_tags import RecordPlace
from .queries import MOST_SETS, balancer_name, domain
from .record_places import excludes
from .routing_policies import MULTIVALUE, distinct_policy, policy_in

RecordSet = Mapping[str, Any]
RecordSearch = Generator[Call, Answer, RecordSet | None]
INVALID = ("InvalidChangeBatch",)


def change_batch(zone: str, changes: Sequence[Mapping[str, Any]], done_if: tuple[str, ...] = ()) -> Call:
    """Changes one zone. Route 53 makes all of the changes or none of them."""
    params = {"HostedZoneId": zone, "ChangeBatch": {"Changes": list(changes)}}
    retry_on = ("PriorRequestNotComplete",)
    return Call("route53", "ChangeResourceRecordSets", params, done_if=done_if, retry_on=retry_on, timeout=120)


def record_change(action: str, record_set: RecordSet) -> dict[str, Any]:
    """A change of one record set."""
    return {"Action": action, "ResourceRecordSet": record_set}


def delete_record(zone: str, find: Callable[[], RecordSearch]) -> WriteProgram:
    """Deletes the record set that `find` returns, if it returns one.

    InvalidChangeBatch means "it was not found", but also "the values do not match" and every other objection to the
    batch. Therefore reads the record again: only a record that is really gone counts as deleted.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html (InvalidChangeBatch)
    """
    raw = yield from find()
    if raw is None or (yield change_batch(zone, [record_change("DELETE", raw)], done_if=INVALID)):
        return {}
    raw = yield from find()
    if raw is not None:
        yield change_batch(zone, [record_change("DELETE", raw)])
    return {}


def delete_set(place: RecordPlace, dns_name: str) -> WriteProgram:
    """Deletes the record set at this place if it points at this load balancer. An HTTPS record names none."""
    params = {"HostedZoneId": place.zone, "StartRecordName": place.name, "StartRecordType": place.type, "MaxItems": "1"}
    if place.identifier:
        params["StartRecordIdentifier"] = place.identifier

    def find() -> RecordSearch:
        answer = yield Call("route53", "ListResourceRecordSets", params, done_if=("NoSuchHostedZone",))
        sets: Sequence[RecordSet] = answer.get("ResourceRecordSets", [])
        return next((raw for raw in sets if place_in(place.zone, raw) == place and leads_to(raw, dns_name)), None)

    yield from delete_record(place.zone, find)
    return {}


def sets_at(zone: str, name: str, done_if: tuple[str, ...] = ()) -> Generator[Call, Answer, list[RecordSet]]:
    """The record sets at this name."""
    params = {"HostedZoneId": zone, "StartRecordName": name, "MaxItems": MOST_SETS}
    answer = yield Call("route53", "ListResourceRecordSets", params, done_if=done_if)
    return [raw for raw in answer.get("ResourceRecordSets", []) if domain(raw["Name"]) == domain(name)]


def place_in(zone: str, raw: RecordSet) -> RecordPlace:
    """The place of a record set of this zone."""
    return RecordPlace(zone, domain(raw["Name"]), raw["Type"], identifier_of(raw))


def identifier_of(raw: RecordSet) -> str:
    """The set identifier of a record set; "" for a simple one."""
    return str(raw.get("SetIdentifier") or "")


def is_excluded(raw: RecordSet, other: RecordSet) -> bool:
    """True if AWS refuses the two record sets beside each other, or if one replaces the other."""
    return excludes(place_in("", raw), distinct_policy(raw), place_in("", other), distinct_policy(other))


def conflicts(raw: RecordSet, new: RecordSet) -> bool:
    """True for a record set that must be deleted before the new one is created. UPSERT replaces one of its own kind."""
    same = place_in("", raw) == place_in("", new) and policy_in(raw) == policy_in(new)
    return is_excluded(raw, new) and not same


def points_at(raw: RecordSet, dns_name: str) -> bool:
    """True for an alias or a CNAME to the load balancer with this DNS name."""
    return target_name(raw) == balancer_name(dns_name)


def leads_like(raw: RecordSet, other: RecordSet) -> bool:
    """True if both are the same record set, and lead to the same load balancer or have the same values."""
    return place_in("", raw) == place_in("", other) and _destination(raw) == _destination(other)


def _destination(raw: RecordSet) -> tuple[str, ...]:
    alias = raw.get("AliasTarget")
    values = [alias["DNSName"]] if alias else [value["Value"] for value in raw.get("ResourceRecords", ())]
    return tuple(sorted(map(balancer_name, values)))


def leads_to(raw: RecordSet, dns_name: str) -> bool:
    """True if the record set points at the load balancer, or names none: an HTTPS record, or a multivalue answer."""
    return raw["Type"] == "HTTPS" or policy_in(raw) == MULTIVALUE or points_at(raw, dns_name)


def record_text(raw: RecordSet) -> str:
    """A record set in a few words: `A 203.0.113.7 (TTL 60)`"""
    notes = [f"TTL {raw['TTL']}"] if "TTL" in raw else []
    notes += [f"identifier {raw['SetIdentifier']}"] if "SetIdentifier" in raw else []
    notes += [f"weight {raw['Weight']}"] if "Weight" in raw else []
    notes += ["multivalue"] if raw.get("MultiValueAnswer") else []
    if alias := raw.get("AliasTarget"):
        text = f"{raw['Type']} alias to {alias['DNSName'].rstrip('.')}"
    else:
        text = f"{raw['Type']} {', '.join(value['Value'] for value in raw.get('ResourceRecords', []))}"
    return f"{text} ({', '.join(notes)})" if notes else text
