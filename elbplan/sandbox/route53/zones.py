"""Hosted zones."""

import hashlib
from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.route53 import HostedZone, canonical
from .limits import check_zones

SERVERS = ["ns-1.awsdns-00.com", "ns-2.awsdns-00.net", "ns-3.awsdns-00.org", "ns-4.awsdns-00.co.uk"]


def zone_of(context: CallContext, zone_id: str) -> HostedZone:
    zone = context.account.dns.zones.get(zone_id.removeprefix("/hostedzone/"))
    if zone is None:
        raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", 404)
    return zone


def create_hosted_zone(context: CallContext, params: Params) -> Params:
    check_unique(context, params)
    check_zones(context)
    name = canonical(params["Name"])
    id = hashlib.sha1(f"{name}{next(context.account.numbers)}".encode()).hexdigest()[:20].upper()
    vpc = params.get("VPC")
    zone = HostedZone(
        id="Z" + id,
        name=name,
        caller_reference=params["CallerReference"],
        comment=(params.get("HostedZoneConfig") or {}).get("Comment", ""),
        private=bool(vpc),
        vpcs=[vpc] if vpc else [],
        delegation_set=params.get("DelegationSetId") or "",
    )
    _add_apex_records(zone)
    context.account.dns.zones[zone.id] = zone
    change = new_change(context, zone)
    return {
        **_with_name_servers(zone),
        "ChangeInfo": change,
        "Location": f"https://route53.amazonaws.com/2013-04-01/hostedzone/{zone.id}",
    }


def _add_apex_records(zone: HostedZone) -> None:
    servers = [{"Value": server + "."} for server in SERVERS]
    soa = [{"Value": f"{SERVERS[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}]
    zone.records[(zone.name, "NS", "")] = {
        "Name": zone.name,
        "Type": "NS",
        "TTL": 172800,
        "ResourceRecords": servers,
    }
    zone.records[(zone.name, "SOA", "")] = {
        "Name": zone.name,
        "Type": "SOA",
        "TTL": 900,
        "ResourceRecords": soa,
    }


@rule(12)
def check_unique(context: CallContext, params: Params) -> None:
    """A caller reference is used once, and a VPC has one private zone with a name.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
    (HostedZoneAlreadyExists, ConflictingDomainExists).
    """
    for zone in context.account.dns.zones.values():
        if zone.caller_reference == params["CallerReference"]:
            raise AwsError(
                "HostedZoneAlreadyExists",
                f"A hosted zone has already been created with the specified caller reference: {zone.caller_reference}",
                409,
            )
        vpc = params.get("VPC")
        if vpc and zone.name == canonical(params["Name"]) and vpc in zone.vpcs:
            raise AwsError(
                "ConflictingDomainExists",
                f"The VPC {vpc['VPCId']} is already associated with a zone of that name",
            )


def description(zone: HostedZone) -> Params:
    return {
        "Id": f"/hostedzone/{zone.id}",
        "Name": zone.name,
        "CallerReference": zone.caller_reference,
        "Config": {"Comment": zone.comment, "PrivateZone": zone.private},
        "ResourceRecordSetCount": len(zone.records),
    }


def _with_name_servers(zone: HostedZone) -> Params:
    answer: Params = {"HostedZone": description(zone)}
    if zone.private:
        return {**answer, "VPCs": zone.vpcs, "VPC": zone.vpcs[0]}
    reusable = {"Id": f"/delegationset/{zone.delegation_set}"} if zone.delegation_set else {}
    return {**answer, "DelegationSet": {"NameServers": SERVERS, **reusable}}


def get_hosted_zone(context: CallContext, params: Params) -> Params:
    return _with_name_servers(zone_of(context, params["Id"]))


@rule(11)
def delete_hosted_zone(context: CallContext, params: Params) -> Params:
    """Only an empty zone can be deleted: API_DeleteHostedZone (HostedZoneNotEmpty)."""
    zone = zone_of(context, params["Id"])
    if any(type_ not in ("NS", "SOA") or name != zone.name for name, type_, _ in zone.records):
        raise AwsError(
            "HostedZoneNotEmpty",
            "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
        )
    del context.account.dns.zones[zone.id]
    return {"ChangeInfo": new_change(context, zone)}


def list_hosted_zones(context: CallContext, params: Params) -> Params:
    zones = list(context.account.dns.zones.values())
    size = _size(context, params)
    ids = [zone.id for zone in zones]
    start = ids.index(params["Marker"]) if params.get("Marker") in ids else 0
    page, rest = zones[start : start + size], zones[start + size :]
    answer: Params = {
        "HostedZones": [description(zone) for zone in page],
        "IsTruncated": bool(rest),
        "MaxItems": str(size),
    }
    return {**answer, "Marker": params.get("Marker") or "", "NextMarker": rest[0].id if rest else None}


@rule(26)
def list_hosted_zones_by_name(context: CallContext, params: Params) -> Params:
    """The zones from a name on, in the order of their labels from the right: other zones follow those of the name.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
    """
    zones = sorted(context.account.dns.zones.values(), key=lambda zone: (_reversed(zone.name), zone.id))
    start = _reversed(canonical(params.get("DNSName") or ""))
    size = _size(context, params)
    following = [zone for zone in zones if _reversed(zone.name) >= start]
    page, rest = following[:size], following[size:]
    answer: Params = {
        "HostedZones": [description(zone) for zone in page],
        "DNSName": params.get("DNSName"),
        "IsTruncated": bool(rest),
        "MaxItems": str(size),
    }
    return {**answer, "NextDNSName": rest[0].name, "NextHostedZoneId": rest[0].id} if rest else answer


def _reversed(name: str) -> list[str]:
    return [label for label in reversed(name.split(".")) if label]


def _size(context: CallContext, params: Params) -> int:
    return min(int(params.get("MaxItems") or 100), 100, context.account.quota("page"))


def new_change(context: CallContext, zone: HostedZone) -> dict[str, Any]:
    """Creates a change of a zone. It is PENDING at first."""
    number = next(context.account.numbers)
    change = "C" + hashlib.sha1(f"change{number}".encode()).hexdigest()[:13].upper()
    stamp = context.account.clock.stamp()
    context.account.dns.changes[change] = (context.now + context.timing.record_insync, stamp)
    zone.changed = context.now
    return {"Id": f"/change/{change}", "Status": "PENDING", "SubmittedAt": stamp}


@rule(13)
def get_change(context: CallContext, params: Params) -> Params:
    """PENDING, then INSYNC; an unknown id is NoSuchChange (404).

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
    """
    change = params["Id"].removeprefix("/change/")
    if change not in context.account.dns.changes:
        raise AwsError("NoSuchChange", f"Could not find resource with ID: {params['Id']}", 404)
    due, stamp = context.account.dns.changes[change]
    status = "INSYNC" if context.now > due else "PENDING"
    return {"ChangeInfo": {"Id": f"/change/{change}", "Status": status, "SubmittedAt": stamp}}


def update_comment(context: CallContext, params: Params) -> Params:
    """Without a comment, the zone loses its own: API_UpdateHostedZoneComment."""
    zone = zone_of(context, params["Id"])
    zone.comment = params.get("Comment") or ""
    return {"HostedZone": description(zone)}
