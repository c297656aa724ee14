"""Auto Scaling groups: how a spec names them, and what AWS describes of them.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-load-balancer.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.address import AwsId, Lookup, Points, Ref
from ...core.call import Call

PREFIX = "auto-scaling-group/"
"""Begins the id that elbplan gives an Auto Scaling group. AWS knows it by its name, which may look like another id."""

ARN_NAME = "autoScalingGroupName/"
SERVICE = "autoscaling"
AUTO_SCALING = "aws:autoscaling:groupName"
"""The tag of an instance with the name of its group."""

ELB_TYPE = "elbv2"
IN_SERVICE = "InService"


@dataclass(frozen=True)
class ScalingGroupName(Points):
    """Marks a field that refers to an Auto Scaling group: `NAME`, its ARN, or `tag:KEY=VALUE`."""

    kind: str = "auto_scaling_group"
    ours: bool = False

    def parse(self, value: Any) -> Ref:
        """Raises ValueError for anything but a text or a `Ref`."""
        ref = super().parse(value)
        if isinstance(ref, Lookup) and ref.query.startswith("tag:"):
            return ref
        return ref if isinstance(value, AwsId) else AwsId(PREFIX + name_in(str(ref)))

    def text(self, ref: Ref) -> str:
        """The name, or `tag:KEY=VALUE`."""
        return scaling_group_name(ref)


def name_in(text: str) -> str:
    """The name in a name, an id or an ARN."""
    return text.removeprefix("name:").removeprefix(PREFIX).rpartition(ARN_NAME)[2]


def scaling_group_name(ref: Ref) -> str:
    """The name of an Auto Scaling group; `tag:KEY=VALUE` for one that elbplan has not looked up yet."""
    return str(ref) if isinstance(ref, Lookup) else name_in(str(ref))


def is_scaling_group(id: str) -> bool:
    """True for the id of an Auto Scaling group."""
    return id.startswith(PREFIX)


@dataclass(frozen=True)
class ScalingGroup:
    """An Auto Scaling group as DescribeAutoScalingGroups describes it.

    in_service    the instances that can serve; those that start or end are left out
    checks_elb    it replaces an instance that fails the health check of a target group
    sources       the ARNs of its target groups
    """

    name: str
    desired: int
    in_service: tuple[str, ...] = ()
    checks_elb: bool = False
    sources: frozenset[str] = frozenset()

    @property
    def ref(self) -> AwsId:
        """The reference to it."""
        return AwsId(PREFIX + self.name)

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> ScalingGroup:
        """Reads AWS's description. TargetGroupARNs has the groups that were attached by the older operation."""
        sources = [source["Identifier"] for source in raw.get("TrafficSources") or () if _is_elb(source)]
        instances = raw.get("Instances") or ()
        return cls(
            raw["AutoScalingGroupName"],
            int(raw.get("DesiredCapacity") or 0),
            tuple(sorted(each["InstanceId"] for each in instances if each.get("LifecycleState") == IN_SERVICE)),
            "ELB" in str(raw.get("HealthCheckType") or "").split(","),
            frozenset((*sources, *(raw.get("TargetGroupARNs") or ()))),
        )


def _is_elb(source: Mapping[str, Any]) -> bool:
    return bool(source.get("Identifier")) and source.get("Type", ELB_TYPE) == ELB_TYPE


def scaling_groups_in(answers: Iterable[Mapping[str, Any]]) -> dict[str, ScalingGroup]:
    """The groups of several answers, by name."""
    groups = (ScalingGroup.of(raw) for answer in answers for raw in answer.get("AutoScalingGroups") or ())
    return {group.name: group for group in groups}


EVERY_GROUP = Call(SERVICE, "DescribeAutoScalingGroups")


def by_name(names: Iterable[str]) -> Call:
    """Describes groups. A name that AWS does not know is no error."""
    return Call(SERVICE, "DescribeAutoScalingGroups", {"AutoScalingGroupNames": sorted(names)})


def by_tag(query: str) -> Call:
    """Describes the groups with a tag, `tag:KEY=VALUE`."""
    key, _, value = query.removeprefix("tag:").partition("=")
    filters = [{"Name": f"tag:{key}", "Values": [value]}]
    return Call(SERVICE, "DescribeAutoScalingGroups", {"Filters": filters})


def traffic_sources(name: str) -> Call:
    """Describes the target groups of a group, with their states. The group may be gone meanwhile."""
    return Call(SERVICE, "DescribeTrafficSources", {"AutoScalingGroupName": name}, done_if=("ValidationError",))


LEAVING = ("Removing", "Removed")


def staying_sources(answer: Mapping[str, Any]) -> set[str]:
    """The ARNs of the target groups that are attached and not being detached."""
    return {source["Identifier"] for source in answer.get("TrafficSources") or () if source.get("State") not in LEAVING}


def names_of(refs: Collection[Ref]) -> Sequence[str]:
    """The names of these groups, sorted."""
    return sorted(scaling_group_name(ref) for ref in refs)
