"""EBS volumes that serve nobody: attached to no instance, or only to a stopped one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core.call import ReadProgram
from ...cost.quantity import Quantity
from ...kinds.aws.moments import moment_text
from ...live.filters import batches, filter_by
from ..asking import ask, is_usable, not_checked
from ..leftover import Finding, Leftover
from ..words import aws, ending, named, stack_of, tags_of
from .stopped import StoppedInstance, stopped_call, stopped_instances

TITLE = "volumes"
PERMISSIONS = ("ec2:DescribeVolumes", "ec2:DescribeInstances")


def find_volumes(region: str) -> ReadProgram[Finding]:
    """The volumes that AWS bills by their size although nothing reads or writes them."""
    calls = [ask("ec2", "DescribeVolumes", **filter_by("status", ["available"])), stopped_call()]
    answers = yield calls
    missing = not_checked(TITLE, region, calls, answers)
    free = answers[0]["Volumes"] if is_usable(answers[0]) else []
    stopped = stopped_instances(answers[1]) if is_usable(answers[1]) else {}
    asks = [ask("ec2", "DescribeVolumes", **filter_by("attachment.instance-id", b)) for b in batches(sorted(stopped))]
    listed = (yield asks) if asks else []
    missing += not_checked(TITLE, region, asks, listed)
    attached = [raw for answer in listed if is_usable(answer) for raw in answer["Volumes"]]
    found = [_unattached(raw, region) for raw in free]
    return Finding([*found, *(own for raw in attached if (own := _of_stopped(raw, region, stopped)))], missing)


def _unattached(raw: Mapping[str, Any], region: str) -> Leftover:
    commands = [aws(region, "ec2", "delete-volume", "--volume-id", raw["VolumeId"])]
    return _volume(raw, region, "attached to no instance", commands, moment_text(raw.get("CreateTime")), "created")


def _of_stopped(raw: Mapping[str, Any], region: str, stopped: Mapping[str, StoppedInstance]) -> Leftover | None:
    """A volume of a stopped instance. One that a running instance shares (Multi-Attach) is in use."""
    users = [attachment["InstanceId"] for attachment in raw.get("Attachments") or ()]
    if not users or any(user not in stopped for user in users):
        return None
    instance = stopped[users[0]]
    commands = [aws(region, "ec2", "terminate-instances", "--instance-ids", *users)]
    if any(raw["VolumeId"] in stopped[user].kept_volumes for user in users):
        commands.append(aws(region, "ec2", "delete-volume", "--volume-id", raw["VolumeId"]))
    why = f"its instance {instance.name} is stopped"
    return _volume(raw, region, why, commands, instance.since, "stopped", instance)


def _volume(
    raw: Mapping[str, Any],
    region: str,
    why: str,
    commands: list[str],
    since: str,
    since_what: Any,
    instance: StoppedInstance | None = None,
) -> Leftover:
    id, type, size = raw["VolumeId"], raw["VolumeType"], int(raw["Size"])
    tags = tags_of(raw)
    stack = stack_of(tags) or (instance.stack if instance else "")
    return Leftover(
        "volume",
        id,
        region,
        f"volume {named(id, tags)}, {size} GB {type}",
        why,
        ending(commands, stack, region),
        [Quantity(id, f"{type}-gb-month", f"{type} volume", Decimal(size), "GB-month")],
        since,
        since_what if since else "",
        stack,
        {"size_gb": str(size), "type": type} | ({"instance": instance.id} if instance else {}),
    )
