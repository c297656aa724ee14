"""The public addresses of Elastic IPs: AWS tells them when it allocates one, and for others only when asked.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Generator, Iterable, Mapping

from ...core.address import Ref
from ...core.call import Answer, Call, ReadProgram
from ...core.kind import StepContext

NOT_YET = ("InvalidAllocationID.NotFound",)


def public_address(ref: Ref, context: StepContext) -> Generator[Call, Answer, str]:
    """The address of an Elastic IP: one that this run allocated, or one that exists."""
    if known := context.fact(ref, "address"):
        return known
    params = {"AllocationIds": [context.id(ref)]}
    answer = yield Call("ec2", "DescribeAddresses", params, retry_on=NOT_YET, timeout=120)
    return str(answer["Addresses"][0]["PublicIp"])


def allocations(addresses: Iterable[str]) -> ReadProgram[Mapping[str, str]]:
    """By public IPv4 address, the id of the account's Elastic IP that has it. Without addresses, it costs no call."""
    wanted = sorted({address for address in addresses if _is_ipv4(address)})
    if not wanted:
        return {}
    (answer,) = yield [Call("ec2", "DescribeAddresses", {"Filters": [{"Name": "public-ip", "Values": wanted}]})]
    return {raw["PublicIp"]: raw["AllocationId"] for raw in answer["Addresses"] if raw.get("AllocationId")}


def _is_ipv4(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 4
    except ValueError:
        return False
