"""The DNS records of an imported load balancer as models."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.address import Address, AwsId
from ..core.resource import Resource
from ..kinds.aws.routing_policies import policy_fields
from ..kinds.record import Record
from .aliases import ZoneRecord
from .claims import BALANCER, Claims
from .survey import Survey

LEFT = "elbplan manages aliases, CNAMEs and multivalue answers, and those with an id that a spec can have"


def records_of(seen: Survey, claims: Claims) -> dict[Address, Resource]:
    """The records that elbplan can take over. Others that lead to the load balancer are noted."""
    records: dict[Address, Resource] = {}
    for found in seen.records:
        type, what = found.raw["Type"], f"record {found.raw['Type']} {found.name} in zone {found.zone_name}"
        name = found.name if type in ("A", "CNAME") else f"{found.name}-{type.lower()}"
        if not found.is_expressible:
            claims.leave(what, LEFT)
            continue
        further = [f"{name}-{word}" for word in (found.identifier.lower(), found.zone.lower()) if word]
        free = (label for label in (name, *further) if Address("record", label) not in records)
        records[Address("record", next(free, further[-1]))] = _record(found, seen)
    return records


def _record(found: ZoneRecord, seen: Survey) -> Record:
    alias, check = found.raw.get("AliasTarget"), found.raw.get("HealthCheckId")
    value = found.values[0] if found.is_multivalue else ""
    elastic_ip = _elastic_ips(seen).get(value)
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
