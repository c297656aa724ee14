"""The waits for Auto Scaling groups: they have filled a target group, or have left it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ...core.address import Ref
from ...core.call import GateStatus, ProbeProgram
from ...core.cause import Cause
from ...core.kind import Gate, StepContext
from .auto_scaling import ScalingGroup, by_name, names_of, scaling_groups_in, traffic_sources
from .external_targets import health_of
from .target_gates import described_target
from .target_health import WELL, HealthContext

FILL_TIMEOUT = 1800
LEAVE_TIMEOUT = 3900
"""The largest deregistration delay is an hour."""

DescribedTargets = Sequence[Mapping[str, Any]]


class Attachment(Protocol):
    """The Auto Scaling groups of a target group."""

    @property
    def group(self) -> Ref: ...
    @property
    def auto_scaling_groups(self) -> tuple[Ref, ...]: ...


def filled(wanted: Attachment, context: StepContext) -> ProbeProgram:
    """Ready when every instance in service of the Auto Scaling groups is a healthy target.

    Groups whose desired capacity is 0 have nothing to register, so they are ready.
    """
    names = names_of(wanted.auto_scaling_groups)
    groups = scaling_groups_in([(yield by_name(names))])
    described: DescribedTargets = (yield health_of(context.id(wanted.group))).get("TargetHealthDescriptions", [])
    healthy = {raw["Target"]["Id"] for raw in described if raw["TargetHealth"]["State"] in WELL}
    if groups and not any(group.desired for group in groups.values()):
        return GateStatus("ready", "the desired capacity is 0")
    serving = {id for group in groups.values() for id in group.in_service}
    status = f"{len(serving & healthy)} of {max(len(serving), 1)} healthy"
    if serving and serving <= healthy:
        return GateStatus("ready", status)
    return GateStatus("waiting", status, tuple(_causes(names, groups, described, healthy, context)))


def _causes(
    names: Sequence[str],
    groups: Mapping[str, ScalingGroup],
    described: DescribedTargets,
    healthy: set[str],
    context: StepContext,
) -> list[Cause]:
    """Why the targets are not ready."""
    gone = [name for name in names if name not in groups]
    if gone:
        return [Cause(f"there is no Auto Scaling group {', '.join(gone)} any more", "create it, or change the spec")]
    if not any(group.in_service for group in groups.values()):
        words = f"aws autoscaling describe-scaling-activities --auto-scaling-group-name {names[0]}"
        return [Cause("the Auto Scaling group has no instance in service yet", f"see what it does: {words}")]
    ill = [raw for raw in described if raw["Target"]["Id"] not in healthy]
    words_of = HealthContext(context.region, context.server)
    return list(words_of.causes(described_target(raw["Target"]["Id"], raw) for raw in ill))


def left(old: Attachment, context: StepContext) -> ProbeProgram:
    """Ready when AWS no longer lists the target group as a traffic source of the Auto Scaling groups.

    AWS lists it while instances are deregistered, which takes the deregistration delay of the target group:
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachTrafficSources.html
    """
    arn = context.id(old.group)
    for name in names_of(old.auto_scaling_groups):
        sources = (yield traffic_sources(name)).get("TrafficSources") or ()
        state = next((source.get("State") for source in sources if source.get("Identifier") == arn), None)
        if state not in (None, "Removed"):
            return GateStatus("waiting", f"{name} still deregisters its instances")
    return GateStatus("ready", "no Auto Scaling group uses it")


GATES = (
    Gate("healthy", "the Auto Scaling group has filled it with healthy targets", FILL_TIMEOUT, filled, after=()),
    Gate("detached", "the Auto Scaling group has left it", LEAVE_TIMEOUT, left, after=("delete",), usual="5 min"),
)
