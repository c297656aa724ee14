"""Who fills the groups that no file fills, in a rehearsal: it does what an Auto Scaling group or a service would do."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address
from ..core.call import Call
from ..core.simulate import State
from ..kinds.aws.ownership import owner, tag_mapping
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..kinds.traffic import target_group_of
from ..run.outcome import Event
from ..run.workflow import Cloud
from .fake_aws import FakeAws

TAGS_A_REQUEST = 20
NTH_ADDRESS = 200
"""Which address of each subnet is a target, where targets are addresses."""


def externally_filled(states: Iterable[State]) -> frozenset[str]:
    """The names of the groups whose targets no state of the files speaks of."""
    every = [*states]
    groups = {address.name for state in every for address in state if address.kind == TargetGroup.kind}
    pools = {target_group_of(r) for state in every for address, r in state.items() if address.kind == Targets.kind}
    return frozenset(groups - {pool.name for pool in pools if isinstance(pool, Address)})


@dataclass
class ExternalTargets:
    """Fills the groups of these names as soon as they are there or waited for, and leaves one that is to go.

    The same servers stand in every group, one in each subnet; those in no zone of the balancer are just unused.
    """

    double: FakeAws
    aws: Cloud
    stack: str
    names: frozenset[str]
    servers: dict[str, list[str]] = field(default_factory=dict)
    busy: bool = False
    """Did it ever fill a group?"""

    def hear(self, event: Event) -> None:
        """Something happened to a step."""
        step = event.step
        if step.address.kind != TargetGroup.kind or step.address.name not in self.names:
            return
        if (event.what, step.do) == ("done", "create") or (event.what, step.until) == ("started", "healthy"):
            self._fill(group for group in self._groups(step.address.name))
        elif (event.what, step.until) == ("started", "empty"):
            self._leave(group for group in self._groups(step.address.name) if not group.get("LoadBalancerArns"))

    def _ask(self, service: str, operation: str, **params: Any) -> Any:
        return self.aws.send(Call(service, operation, params))

    def _groups(self, name: str) -> list[Mapping[str, Any]]:
        """The groups of this name, old and new."""
        groups = {g["TargetGroupArn"]: g for g in self._ask("elbv2", "DescribeTargetGroups")["TargetGroups"]}
        arns, mine = list(groups), []
        for start in range(0, len(arns), TAGS_A_REQUEST):
            told = self._ask("elbv2", "DescribeTags", ResourceArns=arns[start : start + TAGS_A_REQUEST])
            for one in told["TagDescriptions"]:
                found = owner(tag_mapping(one["Tags"]), TargetGroup.kind, [self.stack])
                if found and found[1].name == name:
                    mine.append(groups[one["ResourceArn"]])
        return mine

    def _fill(self, groups: Iterable[Mapping[str, Any]]) -> None:
        for group in groups:
            if targets := self._targets(group):
                self._ask("elbv2", "RegisterTargets", TargetGroupArn=group["TargetGroupArn"], Targets=targets)
                self.busy = True

    def _leave(self, groups: Iterable[Mapping[str, Any]]) -> None:
        for group in groups:
            arn = group["TargetGroupArn"]
            health = self._ask("elbv2", "DescribeTargetHealth", TargetGroupArn=arn)["TargetHealthDescriptions"]
            if targets := [one["Target"] for one in health]:
                self._ask("elbv2", "DeregisterTargets", TargetGroupArn=arn, Targets=targets)

    def _targets(self, group: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Nothing for functions and balancers: a rehearsal has none."""
        if group.get("TargetType") == "ip":
            return [{"Id": address} for address in map(_address, self._subnets(group["VpcId"])) if address]
        return [{"Id": id} for id in self._servers(group["VpcId"])] if group.get("TargetType") == "instance" else []

    def _subnets(self, vpc: str) -> list[Mapping[str, Any]]:
        filters = [{"Name": "vpc-id", "Values": [vpc]}]
        found: list[Mapping[str, Any]] = self._ask("ec2", "DescribeSubnets", Filters=filters)["Subnets"]
        return found

    def _servers(self, vpc: str) -> list[str]:
        if vpc not in self.servers:
            subnets = sorted(one["SubnetId"] for one in self._subnets(vpc))
            self.servers[vpc] = [self.double.plant("instance", "", self.aws.region, subnet=id) for id in subnets]
        return self.servers[vpc]


def _address(subnet: Mapping[str, Any]) -> str:
    network = ipaddress.ip_network(subnet["CidrBlock"])
    return str(network[NTH_ADDRESS]) if network.num_addresses > NTH_ADDRESS else ""
