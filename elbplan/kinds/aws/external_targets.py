"""Target groups that elbplan does not fill: an Auto Scaling group or a service does, and is waited for.

A group goes only after others have let it go: an Auto Scaling group checks the target groups that it points at
whenever it launches an instance, and fails if one of them is gone.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-loadbalancer.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.call import Call, GateStatus, ProbeProgram
from ...core.kind import Gate, StepContext
from ...core.resource import Resource
from .target_health import health_text

HOUR = 3600
SOURCE = "traffic-sources --auto-scaling-group-name NAME --traffic-sources Identifier={},Type=elbv2"
ATTACH, DETACH = f"aws autoscaling attach-{SOURCE}", f"aws autoscaling detach-{SOURCE}"
DescribedTargets = Sequence[Mapping[str, Any]]


def health_of(arn: str) -> Call:
    """Asks for the targets of a group; a group that is gone has none."""
    return Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}, done_if=("TargetGroupNotFound",))


def target_counts(described: DescribedTargets) -> dict[str, str]:
    """How many targets a group has, those that drain included, and how many of them are healthy."""
    return {"registered": str(len(described)), "healthy": str(_healthy(described))}


WELL = ("healthy", "unavailable")
"""What may get requests; `unavailable` is a target of a group without health checks."""


def _healthy(described: DescribedTargets) -> int:
    return sum(target["TargetHealth"]["State"] in WELL for target in described)


def filled(_: Resource, context: StepContext) -> ProbeProgram:
    """Others have registered as many healthy targets as the older group of this address has, and at least one.

    Fewer could not bear the requests that the older group answers. The older one is counted at each look, since its
    number changes while a service moves its tasks from one group to the other.
    """
    arn = context.id(context.address)
    described: DescribedTargets = (yield health_of(arn)).get("TargetHealthDescriptions", [])
    wanted = 1
    for other in context.others():
        older = (yield health_of(other)).get("TargetHealthDescriptions", [])
        wanted = max(wanted, _healthy(older))
    healthy = _healthy(described)
    saw = f"{healthy} of {wanted} healthy"
    if healthy >= wanted:
        return GateStatus("ready", saw)
    ask = f"point the Auto Scaling group or service at it: {ATTACH.format(arn)}"
    sick = [health_text(one["Target"]["Id"], one["TargetHealth"]) for one in described if not _healthy([one])]
    return GateStatus(
        "waiting", saw if described else f"{saw}; nobody has filled {_name(arn)}", "\n".join([*sick, ask])
    )


def _name(arn: str) -> str:
    """The group's name in AWS: short enough for the line of a wait."""
    return arn.split("/")[1] if arn.count("/") > 1 else arn


def empty(_: Resource, context: StepContext) -> ProbeProgram:
    """Nobody has targets in this group any more."""
    arn = context.id(context.address)
    left = len((yield health_of(arn)).get("TargetHealthDescriptions", []))
    if not left:
        return GateStatus("ready", "no target left")
    ask = f"take the Auto Scaling group or service off it: {DETACH.format(arn)}"
    return GateStatus("waiting", f"{left} targets of others in {_name(arn)}", ask)


GATES = (
    Gate(
        "healthy",
        "others have filled it with healthy targets",
        HOUR,
        filled,
        after=(),
        ask=f"point the Auto Scaling group or service that fills it at the new group: {ATTACH}",
    ),
    Gate(
        "empty",
        "others have taken their targets out of it",
        HOUR,
        empty,
        after=(),
        ask=f"take the Auto Scaling group or service off the old group: {DETACH}",
    ),
)
