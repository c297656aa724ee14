"""EBS volumes: those that a launch makes, and changes in place. moto drops most of both."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule

SIZES = {
    "gp2": (1, 16384), "gp3": (1, 65536), "io1": (4, 16384), "io2": (4, 65536), "st1": (125, 16384),
    "sc1": (125, 16384), "standard": (1, 1024),
}  # fmt: skip
IOPS = {"gp3": (3000, 80000, 500), "io1": (100, 64000, 50), "io2": (100, 256000, 1000)}
"""Lowest, highest, and most for each GiB."""
IMAGE_SIZE = 8
MOST_IN_A_DAY, DAY = 4, 86400.0


@rule(47)
def check_volume(kind: str, size: int, iops: int | None, throughput: int | None) -> None:
    """Ranges and ratios of each type.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html (VolumeSize, Iops, Throughput),
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html (IOPS for each GiB, MiB/s for each IOPS)
    """
    if kind not in SIZES:
        raise AwsError("InvalidParameterValue", f"Invalid value '{kind}' for volumeType.")
    low, high = SIZES[kind]
    if not low <= size <= high:
        raise AwsError("InvalidParameterValue", f"Volume of {size}GiB is out of range for type {kind}: {low} - {high}.")
    if iops is not None and kind not in IOPS:
        raise AwsError("InvalidParameterCombination", f"The parameter iops is not supported for {kind} volumes.")
    if iops is None and kind in ("io1", "io2"):
        raise AwsError("MissingParameter", f"The parameter iops must be specified for {kind} volumes.")
    if iops is not None:
        _check_iops(kind, size, iops)
    if throughput is not None:
        _check_throughput(kind, iops or 3000, throughput)


def _check_iops(kind: str, size: int, iops: int) -> None:
    low, high, per_gib = IOPS[kind]
    if not low <= iops <= high:
        raise AwsError("InvalidParameterValue", f"Volume iops of {iops} is out of range for {kind}: {low} - {high}.")
    if iops > max(low, per_gib * size):
        ratio = f"Iops to volume size ratio of {iops / size:.1f} is too high; maximum is {per_gib}."
        raise AwsError("InvalidParameterValue", ratio)


def _check_throughput(kind: str, iops: int, throughput: int) -> None:
    if kind != "gp3":
        what = f"The parameter throughput is not supported for {kind} volumes."
        raise AwsError("InvalidParameterCombination", what)
    if not 125 <= throughput <= 2000:
        raise AwsError("InvalidParameterValue", f"Throughput of {throughput} MiB/s is out of range: 125 - 2000.")
    if throughput > iops / 4:
        what = (
            f"Throughput (MiBps) to iops ratio of {throughput / iops:.2f} is too high; maximum is 0.25 MiBps per iops."
        )
        raise AwsError("InvalidParameterValue", what)


@rule(47)
def check_mappings(mappings: list[Params], root: str) -> None:
    """A root volume is at least as large as the snapshot of its image; other volumes have a size or a snapshot.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (InvalidBlockDeviceMapping)
    """
    for mapping in mappings:
        ebs = mapping.get("Ebs") or {}
        of_image = mapping.get("DeviceName") == root
        size = ebs.get("VolumeSize") or (IMAGE_SIZE if of_image or ebs.get("SnapshotId") else 0)
        if "NoDevice" in mapping or "VirtualName" in mapping:
            continue
        if not size:
            raise AwsError("MissingParameter", "The request must contain the parameter size or snapshotId")
        if of_image and size < IMAGE_SIZE:
            what = f"Volume of size {size}GB is smaller than snapshot, expect size>= {IMAGE_SIZE}GB"
            raise AwsError("InvalidBlockDeviceMapping", what)
        check_volume(ebs.get("VolumeType") or "gp3", int(size), ebs.get("Iops"), ebs.get("Throughput"))


def make_volumes(context: CallContext, instance: Any, mappings: list[Params], tags: dict[str, str]) -> None:
    """Gives a new instance the volumes of its image, changed and completed by the request."""
    for device, block in list(instance.block_device_mapping.items()):
        context.ec2.detach_volume(block.volume_id, instance.id, device)
        context.ec2.delete_volume(block.volume_id)
    root = instance.root_device_name
    wanted: dict[str, Params] = {root: {}} | {
        mapping["DeviceName"]: mapping for mapping in mappings if "VirtualName" not in mapping
    }
    for device, mapping in wanted.items():
        if "NoDevice" not in mapping:
            _make(context, instance, device, mapping.get("Ebs") or {}, tags)


def _make(context: CallContext, instance: Any, device: str, ebs: Params, tags: dict[str, str]) -> None:
    kind = ebs.get("VolumeType") or ("gp3" if device == instance.root_device_name else "gp2")
    key = ebs.get("KmsKeyId")
    volume = context.ec2.create_volume(
        size=int(ebs.get("VolumeSize") or IMAGE_SIZE), zone_name=instance.placement.zone, volume_type=kind,
        encrypted=bool(ebs.get("Encrypted")), kms_key_id=None,
        iops=int(ebs["Iops"]) if ebs.get("Iops") else 3000 if kind == "gp3" else None,
        throughput=int(ebs["Throughput"]) if ebs.get("Throughput") else 125 if kind == "gp3" else None,
    )  # fmt: skip
    if volume.encrypted:
        name = key if key and ":" in key else context.arn("kms", f"key/{key or 'aws-ebs'}".replace("alias/", "of-"))
        volume.kms_key_id = name
    volume.snapshot_id = ebs.get("SnapshotId")
    volume.add_tags(tags)
    context.ec2.attach_volume(volume.id, instance.id, device, bool(ebs.get("DeleteOnTermination", True)))


def modify(context: CallContext, params: Params) -> Params:
    volume = context.ec2.volumes.get(params["VolumeId"])
    if volume is None:
        raise AwsError("InvalidVolume.NotFound", f"The volume '{params['VolumeId']}' does not exist.")
    _check_modifiable(context, volume, params)
    target = _target(volume, params)
    check_volume(target["VolumeType"], target["Size"], target["Iops"], target["Throughput"])
    change = {
        "VolumeId": volume.id, "ModificationState": "modifying", "Progress": 0,
        "OriginalSize": volume.size, "OriginalVolumeType": volume.volume_type,
        **{f"Target{key}": value for key, value in target.items() if value is not None},
    }  # fmt: skip
    _changes(context, volume.id).append((context.now, change))
    context.later(context.timing.instance_state, lambda: _take_effect(context, volume, change, target))
    return {"VolumeModification": change}


def _changes(context: CallContext, volume_id: str) -> list[tuple[float, Params]]:
    changes: list[tuple[float, Params]] = context.account.memory("volume changes").setdefault(volume_id, [])
    return changes


@rule(47)
def _check_modifiable(context: CallContext, volume: Any, params: Params) -> None:
    """A volume never shrinks; one change at a time, and four in 24 hours: API_ModifyVolume.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (IncorrectModificationState,
    VolumeModificationRateExceeded)
    """
    if params.get("Size") and int(params["Size"]) < volume.size:
        raise AwsError("InvalidParameterValue", "New size cannot be smaller than existing size")
    earlier = _changes(context, volume.id)
    if earlier and earlier[-1][1]["ModificationState"] != "completed":
        raise AwsError("IncorrectModificationState", f"Volume {volume.id} is already being modified.")
    if len([at for at, _ in earlier if at > context.now - DAY]) >= MOST_IN_A_DAY:
        what = "You've reached the maximum modification rate per volume limit."
        raise AwsError("VolumeModificationRateExceeded", what)


def _target(volume: Any, params: Params) -> dict[str, Any]:
    """AWS keeps IOPS and throughput if the type stays; else it takes the defaults of the new type."""
    kind = params.get("VolumeType") or volume.volume_type
    same = kind == volume.volume_type
    iops = params.get("Iops") or (volume.iops if same else 3000 if kind in IOPS else None)
    throughput = params.get("Throughput") or (volume.throughput if same else 125 if kind == "gp3" else None)
    return {
        "Size": int(params.get("Size") or volume.size),
        "VolumeType": kind,
        "Iops": iops if kind in IOPS else None,
        "Throughput": throughput if kind == "gp3" else None,
    }


@rule(47)
def _take_effect(context: CallContext, volume: Any, change: Params, target: dict[str, Any]) -> None:
    """New values hold from the state `optimizing` on.

    https://docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-modifications.html
    """
    volume.size, volume.volume_type = target["Size"], target["VolumeType"]
    volume.iops, volume.throughput = target["Iops"], target["Throughput"]
    change.update(ModificationState="optimizing", Progress=50)
    context.later(context.timing.instance_state, lambda: change.update(ModificationState="completed", Progress=100))


def describe_modifications(context: CallContext, params: Params) -> Params:
    wanted = set(params.get("VolumeIds") or ())
    for filter in params.get("Filters") or ():
        if filter["Name"] == "volume-id":
            wanted |= set(filter["Values"])
    memory = context.account.memory("volume changes")
    return {"VolumesModifications": [changes[-1][1] for id, changes in memory.items() if not wanted or id in wanted]}


def end(context: CallContext, instance: Any) -> None:
    """Deletes the volumes of a terminated instance, except those that outlive it."""
    for device, block in list(instance.block_device_mapping.items()):
        context.ec2.detach_volume(block.volume_id, instance.id, device)
        if block.delete_on_termination:
            context.ec2.delete_volume(block.volume_id)
