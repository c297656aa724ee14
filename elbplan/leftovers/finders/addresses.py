"""Elastic IPs that nothing uses: unattached, on a stopped instance, or on an unused network interface.

AWS bills every public IPv4 address by the hour, used or not:
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-eips.html
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core.call import ReadProgram
from ...cost.quantities import PUBLIC_IPV4
from ...cost.quantity import Quantity
from ...live.filters import batches, filter_by
from ..asking import ask, is_usable, not_checked
from ..leftover import Finding, Leftover
from ..words import aws, ending, named, stack_of, tags_of
from .stopped import StoppedInstance, stopped_call, stopped_instances

TITLE = "Elastic IPs"
PERMISSIONS = ("ec2:DescribeAddresses", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces")

AMAZONS = ("", "amazon")
"""The pools of addresses that AWS bills; it does not bill addresses that the account brought (BYOIP)."""


def find_addresses(region: str) -> ReadProgram[Finding]:
    """The Elastic IPs that serve nobody. Addresses of a NAT gateway count with the gateway."""
    calls = [ask("ec2", "DescribeAddresses"), stopped_call()]
    answers = yield calls
    missing = not_checked(TITLE, region, calls, answers)
    if not is_usable(answers[0]):
        return Finding(not_checked=missing)
    raws = [raw for raw in answers[0]["Addresses"] if raw.get("PublicIpv4Pool", "") in AMAZONS]
    stopped = stopped_instances(answers[1]) if is_usable(answers[1]) else {}
    interfaces = sorted({raw["NetworkInterfaceId"] for raw in raws if _on_interface(raw)})
    asks = [
        ask("ec2", "DescribeNetworkInterfaces", **filter_by("network-interface-id", b)) for b in batches(interfaces)
    ]
    listed = (yield asks) if asks else []
    missing += not_checked(TITLE, region, asks, listed)
    described = [raw for answer in listed if is_usable(answer) for raw in answer["NetworkInterfaces"]]
    unused = {raw["NetworkInterfaceId"] for raw in described if raw["Status"] == "available"}
    found = [leftover for raw in raws if (leftover := _leftover(raw, region, stopped, unused))]
    return Finding(found, missing)


def _on_interface(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("AssociationId") and raw.get("NetworkInterfaceId") and not raw.get("InstanceId"))


def _leftover(
    raw: Mapping[str, Any], region: str, stopped: Mapping[str, StoppedInstance], unused: set[str]
) -> Leftover | None:
    instance = stopped.get(raw.get("InstanceId") or "")
    interface = raw.get("NetworkInterfaceId") or ""
    if not raw.get("AssociationId") and not raw.get("InstanceId"):
        why = "nothing uses it"
    elif instance:
        why = f"its instance {instance.name} is stopped"
    elif _on_interface(raw) and interface in unused:
        why = f"its network interface {interface} is attached to nothing"
    else:
        return None
    stack = stack_of(tags_of(raw))
    return Leftover(
        "elastic_ip",
        raw["AllocationId"],
        region,
        f"Elastic IP {named(raw['PublicIp'], tags_of(raw))}",
        why,
        ending(_commands(raw, region), stack, region),
        [Quantity(raw["AllocationId"], PUBLIC_IPV4, "public IPv4", Decimal(1))],
        instance.since if instance else "",
        "stopped" if instance and instance.since else "",
        stack,
        {"address": raw["PublicIp"]} | ({"instance": instance.id} if instance else {}),
    )


def _commands(raw: Mapping[str, Any], region: str) -> list[str]:
    """AWS releases no address that is associated: InvalidIPAddress.InUse."""
    release = aws(region, "ec2", "release-address", "--allocation-id", raw["AllocationId"])
    if not raw.get("AssociationId"):
        return [release]
    return [aws(region, "ec2", "disassociate-address", "--association-id", raw["AssociationId"]), release]
