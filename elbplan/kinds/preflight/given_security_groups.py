"""Security groups of others, for load balancers and servers: they exist, in the VPC of the stack.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html (InvalidSecurityGroup)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...core.address import Address, AwsId
from ...core.call import ReadProgram
from ...core.plan import Plan, Refusal
from ..instance import Instance
from ..load_balancer import LoadBalancer
from ..security_group import SecurityGroup
from ..target_group import TargetGroup
from .asking import asked, is_known, written

HasSecurityGroups = LoadBalancer | Instance


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal for each security group that a step gives to a resource, and that does not exist or does not fit."""
    changes: list[tuple[Address, HasSecurityGroups | None, HasSecurityGroups]] = [
        *written(plan, LoadBalancer),
        *written(plan, Instance),
    ]
    given = [(address, group) for address, before, after in changes for group in _new_groups(before, after)]
    if not given:
        return ()
    ids = sorted({group for _, group in given})
    (answer,) = yield [asked("ec2", "DescribeSecurityGroups", {"Filters": [{"Name": "group-id", "Values": ids}]})]
    if not is_known(answer):
        return ()
    found = {raw["GroupId"]: raw for raw in answer["SecurityGroups"]}
    vpc = _vpc(plan)
    return [refusal for address, group in given for refusal in _problems(address, group, found.get(group), vpc)]


def _new_groups(before: HasSecurityGroups | None, after: HasSecurityGroups) -> list[str]:
    old = (before.security_groups or ()) if before else ()
    return [group.value for group in after.security_groups or () if isinstance(group, AwsId) and group not in old]


def _vpc(plan: Plan) -> str:
    """The VPC of the stack; empty if it is unknown."""
    placed = (resource for resource in plan.desired.values() if isinstance(resource, SecurityGroup | TargetGroup))
    return next((resource.vpc.value for resource in placed if isinstance(resource.vpc, AwsId)), "")


def _problems(address: Address, group: str, raw: Mapping[str, Any] | None, vpc: str) -> Iterator[Refusal]:
    if raw is None:
        yield Refusal(f"{address}: there is no security group {group}", "write the id of one that exists")
    elif vpc and raw.get("VpcId", vpc) != vpc:
        what = f"{address}: the security group {group} ({raw.get('GroupName', '')}) is in {raw['VpcId']}, not in {vpc}"
        yield Refusal(what, f"write a security group of {vpc}, or `network: {{vpc: {raw['VpcId']}}}`")
