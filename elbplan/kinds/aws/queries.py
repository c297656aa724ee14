"""Calls that several kinds send, and how elbplan reads their answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...core.call import Ask, Call
from .ownership import STACK

LOAD_BALANCERS = Call("elbv2", "DescribeLoadBalancers")
TARGET_GROUPS = Call("elbv2", "DescribeTargetGroups")
HOSTED_ZONES = Call("route53", "ListHostedZones")
USERS_OF_ZONES = ("record", "certificate")
"""The kinds that need hosted zones."""
WHOLE_ZONE = 300
"""The largest number of records in one answer. elbplan reads such a zone completely; others by name."""

MOST_SETS = "300"
"""The most records in one answer of Route 53. A name can have a hundred weighted records of each type.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html (MaxItems)
"""

GONE = ("LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound")
"""Errors for a resource that was deleted after AWS listed it: the answer counts as empty."""

TERMINATED = ("shutting-down", "terminated")
STARTABLE = ("stopped", "stopping")
"""The states of an instance that does not run, and that can run again."""


FILTER_LAG = 10.0
"""Seconds after which EC2's filters should find a new resource by its tags.

https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
"""


def stack_filter(stacks: Iterable[str]) -> dict[str, Any]:
    """EC2's filter for all resources of these stacks."""
    return {"Filters": [{"Name": f"tag:{STACK}", "Values": sorted(stacks)}]}


def balancer_attributes(arn: str) -> Call:
    """Reads the attributes of a load balancer."""
    return Call("elbv2", "DescribeLoadBalancerAttributes", {"LoadBalancerArn": arn}, done_if=GONE)


def group_attributes(arn: str) -> Call:
    """Reads the attributes of a target group."""
    return Call("elbv2", "DescribeTargetGroupAttributes", {"TargetGroupArn": arn}, done_if=GONE)


SWITCHES = (".enabled", "ipv6.deny_all_igw_traffic")
"""The endings of the keys of attributes that are `true` or `false`."""


def attribute_values(raw: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """The attributes in an answer of ELB, by key. A switch is `true` or `false`, however the answer writes it."""
    values = ((attribute["Key"], attribute.get("Value") or "") for attribute in raw or ())
    return {key: value.lower() if key.endswith(SWITCHES) else value for key, value in values}


def instances_in(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The instances of a DescribeInstances answer, without the reservations around them."""
    for reservation in answer.get("Reservations", []):
        yield from reservation.get("Instances", [])


def existing_instances(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The instances that are not terminated: AWS lists those for about an hour more."""
    return (raw for raw in instances_in(answer) if raw["State"]["Name"] not in TERMINATED)


def domain(name: str) -> str:
    """A DNS name in canonical form: lower case, no final dot, `*` for Route 53's `\\052`."""
    return name.lower().rstrip(".").replace("\\052", "*")


def balancer_name(name: str) -> str:
    """A load balancer's DNS name in canonical form. The console puts `dualstack.` before it."""
    return domain(name).removeprefix("dualstack.")


def zone_id(raw: str) -> str:
    """A hosted zone's id without its path."""
    return raw.rsplit("/", 1)[-1]


def zone_for(name: str, zones: Iterable[Mapping[str, Any]]) -> str | None:
    """The id of the public zone with the longest match of whole labels; None if there is none.

    Raises ValueError if two public zones have that name, since elbplan cannot know which one is delegated.
    """
    fits = public_zones(name, zones)
    longest = max(fits.values(), default=0)
    ids = sorted(id for id, length in fits.items() if length == longest)
    if len(ids) > 1:
        raise ValueError(f"several public hosted zones fit {domain(name)}: {', '.join(ids)}")
    return ids[0] if ids else None


def public_zones(name: str, zones: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """By id, the public zones that can hold the name, each with the length of its own name."""
    wanted = domain(name)
    public = (zone for zone in zones if not zone.get("Config", {}).get("PrivateZone"))
    return {
        zone_id(zone["Id"]): len(domain(zone["Name"]))
        for zone in public
        if wanted == domain(zone["Name"]) or wanted.endswith("." + domain(zone["Name"]))
    }


PRIVATE = "private:"


def private_zone_query(name: str) -> str:
    """The text of a look-up of the private zone with this name."""
    return f"{PRIVATE}{name}"


def private_zone_named(query: str) -> str:
    """The name of the private zone for which `private_zone_query` made the text; "" for any other text."""
    return query.removeprefix(PRIVATE) if query.startswith(PRIVATE) else ""


def private_zones(name: str, zones: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of the private zones with exactly this name."""
    wanted = domain(name)
    private = (zone for zone in zones if zone.get("Config", {}).get("PrivateZone"))
    return sorted(zone_id(zone["Id"]) for zone in private if domain(zone["Name"]) == wanted)


def fits_one_answer(zone: str, zones: Iterable[Mapping[str, Any]]) -> bool:
    """True if one answer holds all records of the zone. False for a zone that AWS did not list."""
    counts = (z.get("ResourceRecordSetCount", 0) for z in zones if zone_id(z["Id"]) == zone)
    return next(counts, WHOLE_ZONE + 1) <= WHOLE_ZONE


def record_asks(zone: str, names: Iterable[str], zones: Iterable[Mapping[str, Any]]) -> list[Ask]:
    """The calls that read the records of these names in a zone."""
    if fits_one_answer(zone, zones):
        return [Call("route53", "ListResourceRecordSets", {"HostedZoneId": zone})]
    return [
        Call(
            "route53", "ListResourceRecordSets", {"HostedZoneId": zone, "StartRecordName": name, "MaxItems": MOST_SETS}
        )
        for name in sorted(set(names))
    ]
