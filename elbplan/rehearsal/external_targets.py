"""Fills the target groups that no migration fills, as an Auto Scaling group or a service does."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address
from ..core.call import Answer, Call
from ..core.simulate import State
from ..kinds.aws.ownership import owner, tag_mapping
from ..kinds.target_group import TargetGroup
from ..kinds.traffic import filled_group_of
from ..run.outcome import Event
from ..run.workflow import Cloud
from .fake_aws import FakeAws

TAGS_A_REQUEST = 20
NTH_ADDRESS = 200
"""The address in each subnet that becomes a target, for groups of IP addresses."""


def externally_filled(states: Iterable[State]) -> frozenset[str]:
    """The names of the target groups for which no state has targets or Auto Scaling groups."""
    every = [*states]
    groups = {address.name for state in every for address in state if address.kind == TargetGroup.kind}
    filled = {filled_group_of(resource) for state in every for resource in state.values()}
    return frozenset(groups - {group.name for group in filled if isinstance(group, Address)})


@dataclass
class ExternalTargets:
    """Fills the groups in `names` after their creation or at a wait for health, and empties a group before it goes.

    Every group gets the same servers, one in each subnet. The load balancer does not use servers outside its zones.

    has_filled  True after the first registration of targets
    """

    simulator: FakeAws
    aws: Cloud
    stack: str
    names: frozenset[str]
    servers: dict[str, list[str]] = field(default_factory=dict)
    has_filled: bool = False

    def on_event(self, event: Event) -> None:
        """Registers or deregisters targets, as the event of the step requires."""
        step = event.step
        if step.address.kind != TargetGroup.kind or step.address.name not in self.names:
            return
        if (event.what, step.do) == ("done", "create") or (event.what, step.until) == ("started", "healthy"):
            self._register(self._groups(step.address.name))
        elif (event.what, step.until) == ("started", "empty"):
            groups = self._groups(step.address.name)
            self._deregister(group for group in groups if not group.get("LoadBalancerArns"))

    def _send(self, service: str, operation: str, **params: Any) -> Answer:
        return self.aws.send(Call(service, operation, params))

    def _groups(self, name: str) -> list[Mapping[str, Any]]:
        """The groups of this name, old and new."""
        groups = {g["TargetGroupArn"]: g for g in self._send("elbv2", "DescribeTargetGroups")["TargetGroups"]}
        arns, named = list(groups), []
        for start in range(0, len(arns), TAGS_A_REQUEST):
            answer = self._send("elbv2", "DescribeTags", ResourceArns=arns[start : start + TAGS_A_REQUEST])
            for description in answer["TagDescriptions"]:
                owned_by = owner(tag_mapping(description["Tags"]), TargetGroup.kind, [self.stack])
                if owned_by and owned_by[1].name == name:
                    named.append(groups[description["ResourceArn"]])
        return named

    def _register(self, groups: Iterable[Mapping[str, Any]]) -> None:
        for group in groups:
            if targets := self._targets(group):
                self._send("elbv2", "RegisterTargets", TargetGroupArn=group["TargetGroupArn"], Targets=targets)
                self.has_filled = True

    def _deregister(self, groups: Iterable[Mapping[str, Any]]) -> None:
        for group in groups:
            arn = group["TargetGroupArn"]
            health = self._send("elbv2", "DescribeTargetHealth", TargetGroupArn=arn)["TargetHealthDescriptions"]
            if targets := [description["Target"] for description in health]:
                self._send("elbv2", "DeregisterTargets", TargetGroupArn=arn, Targets=targets)

    def _targets(self, group: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The targets for a group; none for Lambda functions and load balancers, which a rehearsal does not have."""
        if group.get("TargetType") == "ip":
            return [{"Id": address} for address in map(_address, self._subnets(group["VpcId"])) if address]
        return [{"Id": id} for id in self._servers(group["VpcId"])] if group.get("TargetType") == "instance" else []

    def _subnets(self, vpc: str) -> list[Mapping[str, Any]]:
        filters = [{"Name": "vpc-id", "Values": [vpc]}]
        return list(self._send("ec2", "DescribeSubnets", Filters=filters)["Subnets"])

    def _servers(self, vpc: str) -> list[str]:
        if vpc not in self.servers:
            subnets = sorted(subnet["SubnetId"] for subnet in self._subnets(vpc))
            region = self.aws.region
            self.servers[vpc] = [self.simulator.create_fixture("instance", "", region, subnet=id) for id in subnets]
        return self.servers[vpc]


def _address(subnet: Mapping[str, Any]) -> str:
    network = ipaddress.ip_network(subnet["CidrBlock"])
    return str(network[NTH_ADDRESS]) if network.num_addresses > NTH_ADDRESS else ""
