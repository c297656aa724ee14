"""Target groups that an Auto Scaling group or a service fills, not elbplan. elbplan waits for it.

elbplan deletes such a group only after its targets are gone: an Auto Scaling group checks its target groups whenever it
launches an instance, and fails if one of them does not exist.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-loadbalancer.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.call import Call, GateStatus, ProbeProgram
from ...core.cause import Cause
from ...core.kind import Gate, StepContext
from ...core.resource import Resource
from .target_gates import described_target
from .target_health import WELL, HealthContext

HOUR = 3600
SOURCE = "traffic-sources --auto-scaling-group-name NAME --traffic-sources Identifier={},Type=elbv2"
ATTACH, DETACH = f"aws autoscaling attach-{SOURCE}", f"aws autoscaling detach-{SOURCE}"
DescribedTargets = Sequence[Mapping[str, Any]]


HEALTH = "health"
"""The fact with the targets of a group as AWS describes them, as JSON."""


def health_of(arn: str) -> Call:
    """Describes the targets of a group. A group that does not exist has none."""
    return Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}, done_if=("TargetGroupNotFound",))


def target_counts(described: DescribedTargets) -> dict[str, str]:
    """The number of targets, draining targets included, and the number of healthy targets."""
    return {"registered": str(len(described)), "healthy": str(_healthy(described))}


def _healthy(described: DescribedTargets) -> int:
    return sum(target["TargetHealth"]["State"] in WELL for target in described)


def filled(_: Resource, context: StepContext) -> ProbeProgram:
    """Ready when the group has as many healthy targets as the older group of this address, and at least one.

    Fewer targets could not answer the requests that the older group answers. elbplan counts the older group at every
    probe, since its number changes while a service moves its tasks from one group to the other.
    """
    arn = context.id(context.address)
    described: DescribedTargets = (yield health_of(arn)).get("TargetHealthDescriptions", [])
    wanted = 1
    for other in context.others():
        older = (yield health_of(other)).get("TargetHealthDescriptions", [])
        wanted = max(wanted, _healthy(older))
    healthy = _healthy(described)
    status = f"{healthy} of {wanted} healthy"
    if healthy >= wanted:
        return GateStatus("ready", status)
    ask = Cause("it has too few healthy targets", "attach the Auto Scaling group or service to it", ATTACH.format(arn))
    words = HealthContext(context.region, context.server)
    causes = words.causes(described_target(raw["Target"]["Id"], raw) for raw in described)
    return GateStatus("waiting", status if described else f"{status}; {_name(arn)} has no targets", (*causes, ask))


def _name(arn: str) -> str:
    """The group's name in AWS, which is shorter than its ARN."""
    return arn.split("/")[1] if arn.count("/") > 1 else arn


def empty(_: Resource, context: StepContext) -> ProbeProgram:
    """Ready when the group has no targets."""
    arn = context.id(context.address)
    left = len((yield health_of(arn)).get("TargetHealthDescriptions", []))
    if not left:
        return GateStatus("ready", "no target left")
    ask = Cause("others have filled it", "detach the Auto Scaling group or service from it", DETACH.format(arn))
    return GateStatus("waiting", f"{_name(arn)} still has {left} targets", (ask,))


GATES = (
    Gate(
        "healthy",
        "the Auto Scaling group or service has filled it with healthy targets",
        HOUR,
        filled,
        after=(),
        ask=f"attach the Auto Scaling group or service to the new group: {ATTACH}",
    ),
    Gate(
        "empty",
        "the Auto Scaling group or service has removed its targets",
        HOUR,
        empty,
        after=(),
        ask=f"detach the Auto Scaling group or service from the old group: {DETACH}",
    ),
)
