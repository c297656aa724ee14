"""The wait for volumes that AWS changes in place: until then DescribeVolumes has the old values."""

from __future__ import annotations

from typing import Any

from ...core.call import Call, GateStatus, ProbeProgram
from ...core.cause import because
from ...core.kind import StepContext
from .server_settings import ServerSettings
from .server_volumes import Volume

CHANGED = ("optimizing", "completed")
"""The new values hold in both: https://docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-modifications.html"""


def volumes_differ(before: ServerSettings | None, after: ServerSettings) -> bool:
    """True if the update changes a volume by ModifyVolume."""
    return before is not None and bool(before.volumes and after.volumes) and _modifiable(before) != _modifiable(after)


def _modifiable(server: ServerSettings) -> list[Any]:
    def values(volume: Volume) -> tuple[Any, ...]:
        return volume.device, volume.size, volume.type, volume.iops, volume.throughput

    return [values(volume) for volume in server.volumes or ()]


def volumes_changed(_: ServerSettings, context: StepContext) -> ProbeProgram:
    """Ready when AWS has made the change of each volume of the server."""
    filters = {"Filters": [{"Name": "attachment.instance-id", "Values": [context.id(context.address)]}]}
    volumes = yield Call("ec2", "DescribeVolumes", filters)
    ids = [volume["VolumeId"] for volume in volumes.get("Volumes", ())]
    if not ids:
        return GateStatus("ready", "no volumes")
    by_id = {"Filters": [{"Name": "volume-id", "Values": ids}]}
    answer = yield Call("ec2", "DescribeVolumesModifications", by_id)
    for change in answer.get("VolumesModifications", ()):
        state = change.get("ModificationState", "")
        if state == "failed":
            return GateStatus("failed", f"{change['VolumeId']} failed", because(change.get("StatusMessage") or ""))
        if state not in CHANGED:
            return GateStatus("waiting", f"{change['VolumeId']} {state} {change.get('Progress') or 0}%")
    return GateStatus("ready", "changed")
