"""IP addresses as targets: outside the VPC they need a zone.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html (AvailabilityZone)
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from ...core.address import AwsId
from ...core.call import ReadProgram
from ...core.permission import reads
from ...core.plan import Plan, Refusal
from ...core.resource import Resource
from ..targets import Targets
from .asking import asked, is_known, new_targets

WITHOUT = "does not compare the addresses of targets with the VPC before the first write"


def _addresses(resource: Resource) -> Iterable[str]:
    """A value for targets with addresses."""
    members = resource.members if isinstance(resource, Targets) else ()
    return ["*"] if any(member.address and not member.address.startswith("arn:") for member in members) else []


PERMISSIONS = reads("ec2:DescribeVpcs", verbs=("compare",), each=_addresses, without_it=WITHOUT)


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal for the IPv4 addresses without a zone that are outside the VPC of their group."""
    wanted = [
        (address, group, member.address)
        for address, group, targets in new_targets(plan, "ip")
        for member in targets.members
        if member.address and ":" not in member.address and not member.zone
    ]
    vpcs = sorted({str(group.vpc) for _, group, _ in wanted if isinstance(group.vpc, AwsId)})
    if not vpcs:
        return ()
    (answer,) = yield [asked("ec2", "DescribeVpcs", {"Filters": [{"Name": "vpc-id", "Values": vpcs}]})]
    if not is_known(answer):
        return ()
    blocks = {
        raw["VpcId"]: [
            ipaddress.ip_network(block["CidrBlock"])
            for block in raw.get("CidrBlockAssociationSet") or ({"CidrBlock": raw["CidrBlock"]},)
        ]
        for raw in answer["Vpcs"]
    }
    refusals = []
    for address, group, target in wanted:
        known = blocks.get(str(group.vpc))
        if known and not any(ipaddress.ip_address(target) in block for block in known):
            listed = ", ".join(map(str, known))
            what = (
                f"{address}: {target} is outside {group.vpc} ({listed}), and AWS takes such an address only with a zone"
            )
            refusals.append(Refusal(what, f"write {{ip: {target}, zone: all}}, or an address of the VPC"))
    return refusals
