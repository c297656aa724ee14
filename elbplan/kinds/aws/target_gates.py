"""The probes of targets: all are healthy; none is draining; AWS can register them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.call import Call, GateStatus, ProbeProgram, Readiness
from .queries import instances_in
from .target_health import (
    ENDED,
    ZONE_GRACE,
    DescribedTarget,
    HealthContext,
    gate_status_of,
    is_outside_zones,
)

AwsTarget = Mapping[str, Any]
"""A target as RegisterTargets and DescribeTargetHealth write it."""

WORST_FIRST: tuple[Readiness, ...] = ("failed", "failing", "waiting")
NOT_REGISTERED: Mapping[str, str] = {"State": "unused", "Reason": "Target.NotRegistered"}


def targets_healthy(arn: str, wanted: Sequence[AwsTarget], words: HealthContext) -> ProbeProgram:
    """Ready when every wanted target passes its health check.

    A stopped or unusable target never becomes healthy; an unhealthy target may, until the gate's deadline.
    """
    # Not every part of ELB knows a new group at once.
    unseen = ("TargetGroupNotFound",)
    answer = yield Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}, retry_on=unseen, timeout=60)
    targets = [_described(answer, target) for target in wanted]
    states = [gate_status_of(target.health) for target in targets]
    worst: Readiness = next((state for state in WORST_FIRST if state in states), "ready")
    grace = ZONE_GRACE if any(is_outside_zones(target.health) for target in targets) else None
    return GateStatus(worst, f"{states.count('ready')} of {len(states)} healthy", words.causes(targets), grace)


def _described(answer: Mapping[str, Any], wanted: AwsTarget) -> DescribedTarget:
    found = (raw for raw in answer["TargetHealthDescriptions"] if _is(raw["Target"], wanted))
    return described_target(wanted["Id"], next(found, {}))


def described_target(id: str, raw: Mapping[str, Any]) -> DescribedTarget:
    """A target in the answer of DescribeTargetHealth; a target that is not in the answer is not registered."""
    return DescribedTarget(id, raw.get("TargetHealth", NOT_REGISTERED), str(raw.get("HealthCheckPort") or ""))


def _is(target: AwsTarget, wanted: AwsTarget) -> bool:
    """True for the wanted target. Without a known port, every port matches."""
    return bool(target["Id"] == wanted["Id"] and wanted.get("Port") in (None, target.get("Port")))


def no_target_draining(arn: str, delay: str) -> ProbeProgram:
    """Ready when no target of the group is draining. `delay` is the deregistration delay of the group, in seconds.

    AWS shows a target as draining for the whole delay, also if no request is left:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
    """
    call = Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}, done_if=("TargetGroupNotFound",))
    descriptions = (yield call).get("TargetHealthDescriptions", [])
    left = sum(raw["TargetHealth"]["State"] in ("draining", "unhealthy.draining") for raw in descriptions)
    if not left:
        return GateStatus("ready", "no request is left")
    seconds = int(delay) if delay.isdigit() else 0
    usual = "" if not seconds else f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
    noun = "1 target still finishes" if left == 1 else f"{left} targets still finish"
    return GateStatus("waiting", f"{noun} requests", usual=usual)


STOPPED = ("stopping", "stopped")


def instances_registrable(ids: Sequence[str], words: HealthContext) -> ProbeProgram:
    """Whether AWS will register these instances, after it has refused them: it registers only running ones.

    A stopped instance never starts by itself. AWS also refuses a running instance that ELB does not know yet.
    Without permission to describe instances, it may be worth waiting.
    """
    filters = {"Filters": [{"Name": "instance-id", "Values": list(ids)}]}
    answer = yield Call("ec2", "DescribeInstances", filters, optional=True)
    states = {raw["InstanceId"]: raw["State"]["Name"] for raw in instances_in(answer)}
    never = [id for id, state in states.items() if state in (*STOPPED, *ENDED)]
    if not never:
        return GateStatus("waiting", "AWS does not know the servers as running yet")
    causes = words.causes(_not_running(id, states[id]) for id in never)
    return GateStatus("failed", "AWS registers only running servers", causes)


def _not_running(id: str, state: str) -> DescribedTarget:
    health = {"State": "unused", "Reason": "Target.InvalidState", "Description": f"Target is in the {state} state"}
    return DescribedTarget(id, health)
