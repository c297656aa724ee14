"""The stopped instances of a region. AWS bills their volumes and Elastic IPs, and they serve nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...core.call import Answer, Call
from ...kinds.aws.moments import stopped_since
from ...kinds.aws.queries import instances_in
from ...kinds.server_endings import SCALING_GROUP
from ..asking import ask
from ..words import named, stack_of, tags_of

STATES = ("stopping", "stopped")
PERMISSIONS = ("ec2:DescribeInstances",)

STOPPED = ask("ec2", "DescribeInstances", Filters=[{"Name": "instance-state-name", "Values": list(STATES)}])
"""The same call for every finder that needs stopped instances, so that it is sent once."""


@dataclass(frozen=True)
class StoppedInstance:
    """A stopped instance: its AWS id, its name for a person, since when it is stopped, and its volumes.

    kept_volumes   the volumes that AWS does not delete together with it
    """

    id: str
    name: str
    since: str
    stack: str = ""
    volumes: tuple[str, ...] = ()
    kept_volumes: frozenset[str] = frozenset()


def stopped_call() -> Call:
    """The call that lists the stopped instances."""
    return STOPPED


def stopped_instances(answer: Answer) -> dict[str, StoppedInstance]:
    """The stopped instances by AWS id, without those of Auto Scaling groups.

    A warm pool keeps stopped instances on purpose, and its group starts them again.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
    """
    found = (_stopped(raw) for raw in instances_in(answer) if SCALING_GROUP not in tags_of(raw))
    return {instance.id: instance for instance in found}


def _stopped(raw: Mapping[str, Any]) -> StoppedInstance:
    tags, volumes = tags_of(raw), [mapping.get("Ebs") or {} for mapping in raw.get("BlockDeviceMappings") or ()]
    return StoppedInstance(
        raw["InstanceId"],
        named(raw["InstanceId"], tags),
        stopped_since(raw),
        stack_of(tags),
        tuple(volume["VolumeId"] for volume in volumes if volume.get("VolumeId")),
        frozenset(volume["VolumeId"] for volume in volumes if volume.get("DeleteOnTermination") is False),
    )
