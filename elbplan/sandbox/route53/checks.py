"""What may stand in a zone."""

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
FOREIGN_BALANCERS = "balancers elsewhere"
"""The drawer for balancers that no elbv2 of this account lists: DNS name and hosted zone."""


@rule(11)
def check_size(changes: list[Params]) -> None:
    """At most 1000 values and 32000 characters, an UPSERT counting twice:
    API_ChangeResourceRecordSets (Limits).
    """
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
    """Values and a TTL, or an alias with neither: API_ResourceRecordSet (InvalidInput)."""
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
    """In the zone by whole labels, no CNAME at its top, values of their type.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
    """
    name, kind = record["Name"], record["Type"]
    if not within(name, zone.name):
        return [f"RRSet with DNS name {name} is not permitted in zone {zone.name}"]
    if kind == "CNAME" and plain(name) == plain(zone.name):
        return [f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone.name}"]
    return [
        f"Invalid Resource Record: 'FATAL problem: {why} encountered with '{value['Value']}''"
        for value in record.get("ResourceRecords") or []
        if (why := _value_problem(kind, value["Value"]))
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
    """A CNAME stands alone at its name: RFC 1034, and the developer guide's page on CNAME records."""
    kinds: dict[str, set[str]] = {}
    for name, kind, _ in after:
        kinds.setdefault(name, set()).add(kind)
    return [
        f"RRSet of type CNAME with DNS name {name} is not permitted because a conflicting RRSet of type "
        f"{', '.join(sorted(found - {'CNAME'}))} with the same DNS name already exists in zone {zone.name}"
        for name, found in kinds.items()
        if "CNAME" in found and len(found) > 1
    ]


@rule(12)
def alias_problem(context: CallContext, zone: HostedZone, after: Records, record: Params) -> str:
    """The target is there and lies in the zone named: a live load balancer, or a record of this zone.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html; the words as in public logs.
    """
    target = record.get("AliasTarget")
    if not target:
        return ""
    name, zone_id = plain(target["DNSName"]), target["HostedZoneId"]
    said = f"Tried to create an alias that targets {target['DNSName']}, type {record['Type']} in zone {zone_id}"
    if zone_id == zone.id:
        if any(plain(key[0]) == name and key[1] == record["Type"] for key in after):
            return ""
        return f"{said}, but that target was not found"
    if ".elb." not in name:
        return "" if zone_id == CLOUDFRONT or "." in name else f"{said}, but that target was not found"
    found = balancer_zone(context, name)
    if found is None:
        return f"{said}, but that target was not found"
    return "" if found == zone_id else f"{said}, but the alias target name does not lie within the target zone"


def balancer_zone(context: CallContext, name: str) -> str | None:
    """The hosted zone of the live load balancer with this DNS name, in any region, ours or not."""
    if elsewhere := context.account.memory(FOREIGN_BALANCERS).get(name.removeprefix("dualstack.")):
        return str(elsewhere)
    balancer = context.account.balancer_at(name)
    return balancer.zone_id if balancer else None
