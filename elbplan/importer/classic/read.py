"""Reads a Classic load balancer and what is around it, in AWS's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.call import Call, ReadProgram
from ...kinds.aws.ownership import tag_mapping
from ...kinds.aws.queries import existing_instances
from ..aliases import ZoneRecord, every_record, every_zone, leading_to
from ..survey import Survey

Raw = Mapping[str, Any]

PERMISSIONS = (
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancerPolicies",
    "elasticloadbalancing:DescribeTags",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
)

EVERY_CLASSIC = Call("elb", "DescribeLoadBalancers")
NAMES_A_CALL = 20
"""The largest number of names in DescribeTags of the API of Classic load balancers."""
ARN = re.compile(r"arn:aws[\w-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer/(?P<name>[A-Za-z0-9-]+)")
"""The ARN in IAM policies: without `app/` or `net/`."""


@dataclass(frozen=True)
class ClassicFacts:
    """What AWS has of one Classic load balancer.

    policies   by name: AWS's description
    subnets    all subnets of its VPC, by id
    instances  by id, with their tags
    records    the record sets that lead to it
    zones      all hosted zones of the account
    """

    raw: Raw
    attributes: Raw
    policies: Mapping[str, Raw] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    subnets: Mapping[str, Raw] = field(default_factory=dict)
    security_groups: Mapping[str, Raw] = field(default_factory=dict)
    instances: Mapping[str, Raw] = field(default_factory=dict)
    records: Sequence[ZoneRecord] = ()
    zones: Sequence[Raw] = ()

    @property
    def name(self) -> str:
        """Its name, which is also its id."""
        return str(self.raw["LoadBalancerName"])

    @property
    def listeners(self) -> list[tuple[Raw, list[Raw]]]:
        """The listeners in the order of their ports, each with its policies."""
        described = sorted(self.raw["ListenerDescriptions"], key=lambda raw: raw["Listener"]["LoadBalancerPort"])
        return [(raw["Listener"], self._policies(raw.get("PolicyNames"))) for raw in described]

    def backend_policies(self, port: int) -> list[Raw]:
        """The policies for an instance port."""
        described = self.raw.get("BackendServerDescriptions") or ()
        return [
            policy for raw in described if raw["InstancePort"] == port for policy in self._policies(raw["PolicyNames"])
        ]

    def _policies(self, names: Iterable[str] | None) -> list[Raw]:
        return [self.policies[name] for name in names or () if name in self.policies]


def tags_of(names: Sequence[str]) -> ReadProgram[dict[str, dict[str, str]]]:
    """The tags of Classic load balancers by name, twenty in a call."""
    batches = [names[start : start + NAMES_A_CALL] for start in range(0, len(names), NAMES_A_CALL)]
    answers = (
        (yield [Call("elb", "DescribeTags", {"LoadBalancerNames": list(batch)}) for batch in batches])
        if batches
        else []
    )
    described = [raw for answer in answers for raw in answer["TagDescriptions"]]
    return {raw["LoadBalancerName"]: tag_mapping(raw.get("Tags")) for raw in described}


def read_classic(raw: Raw) -> ReadProgram[ClassicFacts]:
    """Reads everything that a translation needs."""
    name, instances = raw["LoadBalancerName"], [instance["InstanceId"] for instance in raw.get("Instances") or ()]
    calls = [
        Call("elb", "DescribeLoadBalancerAttributes", {"LoadBalancerName": name}),
        Call("elb", "DescribeLoadBalancerPolicies", {"LoadBalancerName": name}),
        Call("ec2", "DescribeSubnets", _filter("vpc-id", [raw.get("VPCId") or "vpc-0"])),
        Call("ec2", "DescribeSecurityGroups", _filter("group-id", raw.get("SecurityGroups") or ["sg-0"])),
    ]
    calls += [Call("ec2", "DescribeInstances", _filter("instance-id", instances))] if instances else []
    attributes, policies, subnets, groups, *described = yield calls
    tags = yield from tags_of([name])
    records, _ = yield from every_record()
    zones, _ = yield from every_zone()
    return ClassicFacts(
        raw=raw,
        attributes=attributes["LoadBalancerAttributes"],
        policies={policy["PolicyName"]: policy for policy in policies["PolicyDescriptions"]},
        tags=tags.get(name, {}),
        subnets={subnet["SubnetId"]: subnet for subnet in subnets["Subnets"]},
        security_groups={group["GroupId"]: group for group in groups["SecurityGroups"]},
        instances={found["InstanceId"]: found for answer in described for found in existing_instances(answer)},
        records=leading_to(records, raw.get("DNSName") or ""),
        zones=zones,
    )


RESERVED = ("aws:", "elbplan:", "kubernetes.io/", "ingress.k8s.aws/", "service.k8s.aws/", "elbv2.k8s.aws/")


def user_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags of people. AWS refuses copies of its own, and Kubernetes would take the new one for its own."""
    return {key: value for key, value in sorted(tags.items()) if not key.startswith(RESERVED)}


def classic_survey(facts: ClassicFacts) -> Survey:
    """The network and the zones around it, as a survey has them."""
    balancer = {"LoadBalancerArn": facts.name, "VpcId": facts.raw["VPCId"]}
    return Survey(balancer, subnets=dict(facts.subnets), zones=facts.zones)


def _filter(name: str, values: Iterable[str]) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": list(values)}]}
