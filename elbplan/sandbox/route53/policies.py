"""Which record sets with routing policies Route 53 accepts, alone and beside others of their name and type."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.route53 import HostedZone, Key

POLICIES = {
    "Weight": "weighted",
    "Region": "latency",
    "Failover": "failover",
    "GeoLocation": "geolocation",
    "GeoProximityLocation": "geoproximity",
    "CidrRoutingConfig": "cidr",
    "MultiValueAnswer": "multivalue answer",
}
SINGLE = ("Region", "Failover", "GeoLocation", "GeoProximityLocation", "CidrRoutingConfig")
"""Members whose value only one record set of a name and type can have."""


def policies_in(record: Params) -> list[str]:
    given = (member for member in POLICIES if record.get(member) is not None)
    return [member for member in given if record[member] is not False]


@rule(12)
def check_policy(context: CallContext, record: Params) -> None:
    """At most one policy, with an identifier; no identifier without one; a weight from 0 to 255; a check that exists.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html (SetIdentifier, Weight,
    MultiValueAnswer: "You can't create multivalue answer alias records"),
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html (NoSuchHealthCheck)
    """
    found = policies_in(record)
    if len(found) > 1:
        raise AwsError("InvalidInput", f"Invalid request: Expected at most one of [{', '.join(POLICIES)}]")
    if found and not record.get("SetIdentifier"):
        raise AwsError("InvalidInput", "Invalid request: Missing field 'SetIdentifier' in Change with a routing policy")
    if record.get("SetIdentifier") and not found:
        raise AwsError("InvalidInput", "Invalid request: Expected a routing policy with SetIdentifier")
    if record.get("MultiValueAnswer") and record.get("AliasTarget"):
        raise AwsError("InvalidInput", "Invalid request: Multivalue answer alias records are not supported")
    if not 0 <= int(record.get("Weight") or 0) <= 255:
        raise AwsError("InvalidInput", f"Invalid request: Weight {record['Weight']} is not between 0 and 255")
    check = record.get("HealthCheckId")
    if check and check not in context.account.dns.health_checks:
        raise AwsError("NoSuchHealthCheck", f"A health check with id {check} does not exist.", 404)


@rule(12)
def policy_conflicts(zone: HostedZone, after: dict[Key, dict[str, Any]]) -> list[str]:
    """The record sets of a name and type have one policy, and no two of them the same region, role or location.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html (Weight: "You can't create
    latency, failover, or geolocation resource record sets that have the same values for the Name and Type elements as
    weighted resource record sets"; Region; Failover; GeoLocation). The message of a mixture is that of public logs.
    """
    problems = []
    for name, kind in dict.fromkeys(key[:2] for key in after):
        records = [record for key, record in after.items() if key[:2] == (name, kind)]
        policies = {(policies_in(record) or ["simple"])[0] for record in records}
        text = f"RRSet with DNS name {name}, type {kind}"
        if len(policies) > 1:
            others = ", ".join(sorted(POLICIES.get(policy, policy) for policy in policies))
            identified = f"{text}, SetIdentifier {records[-1].get('SetIdentifier')}"
            same = f"as other RRSets exist with the same name and type ({others})"
            problems.append(f"{identified} cannot be created {same}")
        for member in SINGLE:
            values = [record[member] for record in records if record.get(member)]
            if any(values.count(value) > 1 for value in values):
                problems.append(f"{text} cannot be created as another RRSet has the same {member}")
        ttls = {record["TTL"] for record in records if record.get("Weight") is not None and "TTL" in record}
        if len(ttls) > 1:
            problems.append(f"{text} must have the same TTL in all weighted RRSets")
    return problems
