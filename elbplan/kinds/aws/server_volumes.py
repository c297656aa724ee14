"""The EBS volumes of a server: the model, the launch parameters, and the changes that AWS makes in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from ...core.call import Call
from ...core.resource import Part, from_live

VolumeType = Literal["gp3", "gp2", "io2", "io1", "st1", "sc1", "standard"]
VOLUME_TYPES: tuple[str, ...] = get_args(VolumeType)
ROOT = "root"
"""The device of the root volume: its name differs between images."""

DEVICE = re.compile(r"(root|/dev/(sd[a-z][0-9]{0,2}|xvd[a-z]{1,2}[0-9]{0,2}))", re.ASCII)
SIZES = {
    "gp3": (1, 65536), "gp2": (1, 16384), "io2": (4, 65536), "io1": (4, 16384), "st1": (125, 16384),
    "sc1": (125, 16384), "standard": (1, 1024),
}  # fmt: skip
"""GiB. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html (VolumeSize)"""
IOPS = {"gp3": (3000, 80000), "io1": (100, 64000), "io2": (100, 256000)}
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html (Iops)"""
IOPS_PER_GIB = {"gp3": 500, "io1": 50, "io2": 1000}
"""https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html"""
THROUGHPUT = (125, 2000)
"""MiB/s of gp3. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html (Throughput)"""
BASE_IOPS = 3000
IOPS_PER_MIB = 4
"""A gp3 volume gives at most 0.25 MiB/s for each of its IOPS: the same page."""
NEED_IOPS = ("io1", "io2")


class Volume(Part):
    """An EBS volume of a server. A field that is None is as the image, the snapshot or AWS decides."""

    device: Annotated[str, Field(description="`root`, or a name like /dev/sdf")] = ROOT
    size: Annotated[int | None, Field(description="GiB")] = None
    type: Annotated[VolumeType | None, Field(description="gp3, gp2, io2, io1, st1, sc1 or standard")] = None
    iops: Annotated[int | None, Field(description="IOPS of gp3, io1 and io2")] = None
    throughput: Annotated[int | None, Field(description="MiB/s of gp3")] = None
    encrypted: Annotated[bool | None, Field(description="by default as the image or the account says")] = None
    kms_key: Annotated[str | None, Field(description="key id, alias or ARN; by default the account's key")] = None
    snapshot: Annotated[str | None, Field(description="the snapshot from which the volume is made")] = None
    delete_on_termination: Annotated[bool, Field(description="false: the volume outlives its server")] = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if problem := volume_problem(self):
            raise ValueError(problem)
        return self


def volume_problem(volume: Volume) -> str:
    """Why AWS refuses the volume; empty if nothing speaks against it."""
    return next(filter(None, _problems(volume)), "")


def _problems(volume: Volume) -> Iterator[str]:
    if not DEVICE.fullmatch(volume.device):
        yield f'"{volume.device}" is not a device; write root, or a name like /dev/sdf'
    if volume.encrypted is False and volume.kms_key:
        yield "kms_key is for an encrypted volume, and encrypted is false"
    if volume.device != ROOT and volume.size is None and volume.snapshot is None:
        yield f"the volume {volume.device} needs a size or a snapshot"
    if volume.type is not None:
        yield from _problems_of_type(volume, volume.type)


def _problems_of_type(volume: Volume, type: str) -> Iterator[str]:
    if volume.device == ROOT and type in ("st1", "sc1"):
        yield f"a root volume cannot have the type {type}"
    yield _range("size", volume.size, SIZES[type], f"GiB for {type}")
    if volume.iops is None and type in NEED_IOPS:
        yield f"a volume of type {type} needs iops"
    if volume.iops is not None and type not in IOPS:
        yield f"a volume of type {type} takes no iops: only gp3, io1 and io2 do"
    elif volume.iops is not None:
        yield _range("iops", volume.iops, IOPS[type], f"for {type}")
        if volume.size and volume.iops > max(IOPS_PER_GIB[type] * volume.size, IOPS[type][0]):
            yield f"{volume.iops} iops need {-(-volume.iops // IOPS_PER_GIB[type])} GiB of {type} or more"
    if volume.throughput is not None and type != "gp3":
        yield f"a volume of type {type} takes no throughput: only gp3 does"
    elif volume.throughput is not None:
        yield _range("throughput", volume.throughput, THROUGHPUT, "MiB/s")
        if volume.throughput * IOPS_PER_MIB > (volume.iops or BASE_IOPS):
            yield f"{volume.throughput} MiB/s need {volume.throughput * IOPS_PER_MIB} iops or more"


def _range(what: str, value: int | None, limits: tuple[int, int], unit: str) -> str:
    low, high = limits
    return f"{what}: {value} is out of range: {low} to {high} {unit}" if value and not low <= value <= high else ""


MEMBERS = {
    "size": "VolumeSize", "type": "VolumeType", "iops": "Iops", "throughput": "Throughput", "encrypted": "Encrypted",
    "kms_key": "KmsKeyId", "snapshot": "SnapshotId",
}  # fmt: skip
IN_PLACE = {"size": "Size", "type": "VolumeType", "iops": "Iops", "throughput": "Throughput"}
"""The fields that ModifyVolume changes. AWS never makes a volume smaller."""


def block_device(volume: Volume, root_device: str) -> dict[str, Any]:
    """The volume as RunInstances takes it."""
    ebs = {member: getattr(volume, name) for name, member in MEMBERS.items() if getattr(volume, name) is not None}
    if volume.kms_key:
        ebs["Encrypted"] = True
    ebs["DeleteOnTermination"] = volume.delete_on_termination
    return {"DeviceName": root_device if volume.device == ROOT else volume.device, "Ebs": ebs}


def live_volumes(raw: Mapping[str, Any], described: Mapping[str, Mapping[str, Any]]) -> tuple[Volume, ...]:
    """The volumes of an instance of DescribeInstances; `described` has those of DescribeVolumes by id."""
    mappings = sorted(raw.get("BlockDeviceMappings") or (), key=lambda mapping: str(mapping.get("DeviceName")))
    known = [mapping for mapping in mappings if volume_id(mapping) in described]
    return sorted_volumes(_live_volume(raw, mapping, described[volume_id(mapping)]) for mapping in known)


def volume_id(mapping: Mapping[str, Any]) -> str:
    """The id of the volume of a block device mapping."""
    return str((mapping.get("Ebs") or {}).get("VolumeId") or "")


def _live_volume(raw: Mapping[str, Any], mapping: Mapping[str, Any], volume: Mapping[str, Any]) -> Volume:
    device = mapping.get("DeviceName") or ""
    fields = {
        "device": ROOT if device == raw.get("RootDeviceName") else device,
        "size": volume.get("Size"),
        "type": volume.get("VolumeType"),
        "iops": volume.get("Iops") if volume.get("VolumeType") in IOPS else None,
        "throughput": volume.get("Throughput") if volume.get("VolumeType") == "gp3" else None,
        "encrypted": bool(volume.get("Encrypted")),
        "kms_key": volume.get("KmsKeyId"),
        "snapshot": volume.get("SnapshotId") or None,
        "delete_on_termination": bool((mapping.get("Ebs") or {}).get("DeleteOnTermination", True)),
    }
    return from_live(Volume, fields)


def sorted_volumes(volumes: Iterator[Volume] | Sequence[Volume]) -> tuple[Volume, ...]:
    """The volumes in canonical order: the root volume first."""
    return tuple(sorted(volumes, key=lambda volume: (volume.device != ROOT, volume.device)))


def with_live_values(wanted: Sequence[Volume], live: Sequence[Volume]) -> tuple[Volume, ...]:
    """The wanted volumes with AWS's values where the spec has none, and the live ones that the spec does not name."""
    existing = {volume.device: volume for volume in live}
    named = {volume.device for volume in wanted}
    filled = [_filled(volume, existing[volume.device]) if volume.device in existing else volume for volume in wanted]
    return sorted_volumes([*filled, *(volume for volume in live if volume.device not in named)])


def _filled(want: Volume, live: Volume) -> Volume:
    """AWS derives IOPS and throughput from size and type: with another type, the live ones say nothing."""
    kept = [name for name in MEMBERS if getattr(want, name) is None]
    if want.type and want.type != live.type:
        kept = [name for name in kept if name not in ("iops", "throughput")]
    values = {name: getattr(live, name) for name in kept}
    if live.kms_key and _may_be_key(want.kms_key, live.kms_key):
        values["kms_key"] = live.kms_key
    return want.model_copy(update=values)


def _may_be_key(want: str | None, live: str) -> bool:
    """AWS answers with the ARN of the key. Only AWS knows to which key an alias leads, so an alias counts as equal."""
    return want is not None and ("alias/" in want or live.endswith(want.rpartition("/")[2]))


def fixed_part(volumes: Sequence[Volume] | None) -> str:
    """What AWS cannot change in place, as a text; empty without volumes."""
    texts = [
        f"{volume.device} encrypted={volume.encrypted} key={volume.kms_key} snapshot={volume.snapshot}"
        for volume in volumes or ()
    ]
    return "; ".join(texts)


def volume_changes(before: Sequence[Volume], after: Sequence[Volume], ids: Mapping[str, str]) -> Iterator[Call]:
    """A ModifyVolume for each volume that differs; `ids` has the volumes' ids by device."""
    old = {volume.device: volume for volume in before}
    for volume in after:
        params = _modification(old.get(volume.device), volume)
        if params and volume.device in ids:
            yield Call("ec2", "ModifyVolume", {"VolumeId": ids[volume.device], **params}, retry_on=("IncorrectState",))


def _modification(old: Volume | None, new: Volume) -> dict[str, Any]:
    if old is None:
        return {}
    values = {name: getattr(new, name) for name in IN_PLACE if getattr(new, name) is not None}
    return {IN_PLACE[name]: value for name, value in values.items() if value != getattr(old, name)}


def termination_changes(
    before: Sequence[Volume], after: Sequence[Volume], instance: str, root_device: str
) -> Iterator[Call]:
    """The call that changes which volumes outlive their server."""
    old = {volume.device: volume.delete_on_termination for volume in before}
    mappings = [
        {
            "DeviceName": root_device if volume.device == ROOT else volume.device,
            "Ebs": {"DeleteOnTermination": volume.delete_on_termination},
        }
        for volume in after
        if old.get(volume.device, volume.delete_on_termination) != volume.delete_on_termination
    ]
    if mappings:
        params = {"InstanceId": instance, "BlockDeviceMappings": mappings}
        yield Call("ec2", "ModifyInstanceAttribute", params)


def shrunk(before: Sequence[Volume] | None, after: Sequence[Volume] | None) -> Iterator[str]:
    """A text for each volume that would become smaller, which AWS does not do: `root from 20 to 10 GiB`."""
    old = {volume.device: volume.size for volume in before or ()}
    for volume in after or ():
        size = old.get(volume.device)
        if size and volume.size and volume.size < size:
            yield f"{volume.device} from {size} to {volume.size} GiB"


def volume_text(volume: Volume) -> str:
    """`root 20 GiB gp3, 4000 IOPS`"""
    size = f"{volume.size} GiB" if volume.size else "as its snapshot"
    parts = (
        " ".join(part for part in (volume.device, size, volume.type) if part),
        f"{volume.iops} IOPS" if volume.iops and volume.iops != BASE_IOPS else "",
        f"{volume.throughput} MiB/s" if volume.throughput and volume.throughput != THROUGHPUT[0] else "",
        "encrypted" if volume.encrypted else "",
        "" if volume.delete_on_termination else "kept",
    )
    return ", ".join(part for part in parts if part)
