"""Which records a zone accepts."""

import ipaddress
import re
from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.route53 import HostedZone, Key, plain, within

Records = dict[Key, dict[str, Any]]
CLOUDFRONT = "Z2FDTNDATAQYW2"
FOREIGN_BALANCERS = "foreign balancers"
"""Key of the load balancers that elbv2 of this account does not list: their hosted zone, by DNS name."""


@rule(11)
def check_size(changes: list[Params]) -> None:
    """At most 1000 values and 32000 characters; an UPSERT counts twice: API_ChangeResourceRecordSets (Limits)."""
    total = characters = 0
    for change in changes:
        values = change["ResourceRecordSet"].get("ResourceRecords") or []
        double = 2 if change["Action"] == "UPSERT" else 1
        total += double * max(1, len(values))
        characters += double * sum(len(value["Value"]) for value in values)
    if total > 1000 or characters > 32_000:
        raise AwsError("InvalidChangeBatch", "[Number of records limit of 1000 exceeded.]")


@rule(12)
def check_shape(record: Params) -> None:
    """A record has values and a TTL, or an alias and none of them: API_ResourceRecordSet (InvalidInput)."""
    if record.get("AliasTarget"):
        if record.get("TTL") is not None or record.get("ResourceRecords"):
            raise AwsError(
                "InvalidInput",
                "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]]",
            )
    elif record.get("TTL") is None or not record.get("ResourceRecords"):
        raise AwsError(
            "InvalidInput",
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]]",
        )
    if record["Type"] == "CNAME" and len(record.get("ResourceRecords") or []) > 1:
        raise AwsError("InvalidInput", "A CNAME record can have one value only")


@rule(12)
def record_problems(zone: HostedZone, record: Params) -> list[str]:
    """A record lies in its zone by whole labels, is no CNAME at the apex, and has values of its type.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
    """
    name, kind = record["Name"], record["Type"]
    if not within(name, zone.name):
        return [f"RRSet with DNS name {name} is not permitted in zone {zone.name}"]
    if kind == "CNAME" and plain(name) == plain(zone.name):
        return [f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone.name}"]
    return [
        f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value['Value']}''"
        for value in record.get("ResourceRecords") or []
        if (problem := _value_problem(kind, value["Value"]))
    ]


def _value_problem(kind: str, value: str) -> str:
    if kind in ("A", "AAAA"):
        try:
            version = ipaddress.ip_address(value).version
        except ValueError:
            return "ARRDATAIllegalIPv4Address" if kind == "A" else "AAAARRDATAIllegalIPv6Address"
        return "" if version == (4 if kind == "A" else 6) else "ARRDATAIllegalIPv4Address"
    if kind == "TXT" and not re.fullmatch(r'\s*("(?:[^"\\]|\\.)*"\s*)+', value):
        return "InvalidCharacterString (Value should be enclosed in quotation marks)"
    return ""


@rule(12)
def cname_conflicts(zone: HostedZone, after: Records) -> list[str]:
    """A name with a CNAME has no other record: RFC 1034, and the developer guide.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat"""
    types_by_name: dict[str, set[str]] = {}
    for name, kind, _ in after:
        types_by_name.setdefault(name, set()).add(kind)
    return [
        f"RRSet of type CNAME with DNS name {name} is not permitted because a conflicting RRSet of type "
        f"{', '.join(sorted(types - {'CNAME'}))} with the same DNS name already exists in zone {zone.name}"
        for name, types in types_by_name.items()
        if "CNAME" in types and len(types) > 1
    ]


@rule(12)
def alias_problem(context: CallContext, zone: HostedZone, after: Records, record: Params) -> str:
    """The target must exist in the zone that the alias names: a load balancer, or a record of this zone.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html; the messages are those of public logs.
    """
    target = record.get("AliasTarget")
    if not target:
        return ""
    name, zone_id = plain(target["DNSName"]), target["HostedZoneId"]
    attempt = f"Tried to create an alias that targets {target['DNSName']}, type {record['Type']} in zone {zone_id}"
    if zone_id == zone.id:
        if any(plain(key[0]) == name and key[1] == record["Type"] for key in after):
            return ""
        return f"{attempt}, but that target was not found"
    if ".elb." not in name:
        return "" if zone_id == CLOUDFRONT or "." in name else f"{attempt}, but that target was not found"
    balancers_zone = balancer_zone(context, name)
    if balancers_zone is None:
        return f"{attempt}, but that target was not found"
    return (
        "" if balancers_zone == zone_id else f"{attempt}, but the alias target name does not lie within the target zone"
    )


def balancer_zone(context: CallContext, name: str) -> str | None:
    """Returns the hosted zone of the load balancer with this DNS name, in any region and any account."""
    if foreign_zone := context.account.memory(FOREIGN_BALANCERS).get(name.removeprefix("dualstack.")):
        return str(foreign_zone)
    balancer = context.account.balancer_at(name) or context.account.classic_at(name)
    return balancer.zone_id if balancer else None
