"""The records that lead to a load balancer: those that become the stack's, and those that stay strangers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from ..core.address import Address, AwsId
from ..core.resource import Resource
from ..kinds.aws.routing_policies import policy_fields
from ..kinds.record import Record
from .aliases import ZoneRecord
from .claims import BALANCER, Claims
from .survey import Survey

ADDRESSES = ("A", "CNAME")
"""The types whose record has only the domain name as its name in a spec."""


def records_of(seen: Survey, claims: Claims) -> dict[Address, Resource]:
    """The records that elbplan can take over. Others that lead to the load balancer are noted in the claims."""
    records: dict[Address, Resource] = {}
    own, elastic_ips = [], _elastic_ips(seen)
    for found in seen.records:
        if why := _why_not(found):
            claims.leave(f"record {found.raw['Type']} {found.name} in zone {found.zone_name}", why)
        else:
            own.append(found)
    for label, found in _labels(own):
        suffix = "" if found.raw["Type"] in ADDRESSES else f"-{found.raw['Type'].lower()}"
        records[Address("record", f"{label}{suffix}")] = _record(found, elastic_ips)
    return records


def _why_not(found: ZoneRecord) -> str:
    """Why elbplan cannot manage a record; "" if it can."""
    if found.raw.get("TrafficPolicyInstanceId"):
        return "a traffic policy of Route 53 made it"
    if not found.has_usable_identifier:
        return f"its set identifier {found.identifier!r} is none that a spec can have"
    if found.raw["Type"] in ("CNAME", "HTTPS") or found.is_multivalue:
        return "" if len(found.values) == 1 else "it has several values"
    return "" if found.is_alias else LEFT


LEFT = "elbplan manages aliases, CNAMEs, multivalue answers, and HTTPS records beside these"


def _labels(own: list[ZoneRecord]) -> Iterator[tuple[str, ZoneRecord]]:
    """Each record with the name that the short form gives the records of its domain.

    The first identifier of a name has the name alone; a name in two zones has the zone in its second label.
    """
    taken: dict[str, tuple[str, str]] = {}
    order = sorted(own, key=lambda record: (record.name, record.zone, record.identifier))
    for place, group in groupby(order, key=lambda record: (record.name, record.zone, record.identifier)):
        name, zone, identifier = place
        further = [f"{name}-{word}" for word in (identifier, zone.lower()) if word]
        label = next((word for word in (name, *further) if word not in taken), further[-1])
        taken[label] = (zone, identifier)
        yield from ((label, record) for record in group)


def _record(found: ZoneRecord, elastic_ips: Mapping[str, str]) -> Record:
    alias, check = found.raw.get("AliasTarget"), found.raw.get("HealthCheckId")
    value = found.values[0] if found.is_multivalue or found.raw["Type"] == "HTTPS" else ""
    elastic_ip = elastic_ips.get(value)
    return Record(
        name=found.name,
        type=found.raw["Type"],
        zone=AwsId(found.zone),
        load_balancer=BALANCER,
        evaluate_target_health=bool(alias.get("EvaluateTargetHealth")) if alias else True,
        ttl=None if alias else found.raw.get("TTL"),
        value=None if elastic_ip else value or None,
        elastic_ip=AwsId(elastic_ip) if elastic_ip else None,
        health_check=AwsId(check) if check else None,
        **policy_fields(found.raw),
    )


def _elastic_ips(seen: Survey) -> Mapping[str, str]:
    """By public address of the load balancer, the id of its Elastic IP."""
    zones = seen.balancer.get("AvailabilityZones") or ()
    every = [address for zone in zones for address in zone.get("LoadBalancerAddresses") or ()]
    return {address["IpAddress"]: address["AllocationId"] for address in every if address.get("AllocationId")}
