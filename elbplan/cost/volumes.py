"""What AWS bills of the volumes of a server. https://aws.amazon.com/ebs/pricing/"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ..core.address import Address
from ..kinds.aws.server_volumes import BASE_IOPS, NEED_IOPS, ROOT, THROUGHPUT, Volume
from ..kinds.instance import Instance
from .quantity import Quantity

ROOT_GB = Decimal(8)
"""The root volume of the images of Amazon Linux and Ubuntu, unless a launch asks for more."""

VOLUME_TYPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"/ami-amazon-linux-latest/al2023-"), "gp3"),
    (re.compile(r"/ami-amazon-linux-latest/amzn2-.*-gp2$"), "gp2"),
    (re.compile(r"/canonical/ubuntu/.*/ebs-gp2/"), "gp2"),
    (re.compile(r"/canonical/ubuntu/.*/ebs-gp3/"), "gp3"),
)

DEFAULT_TYPE = "gp2"
"""The type of a volume without one: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html"""


def volume_quantities(address: Address, instance: Instance) -> Iterator[Quantity]:
    """The volumes that the spec gives, and the root volume of the image if it does not give that one."""
    volumes = instance.volumes or ()
    if not any(volume.device == ROOT for volume in volumes):
        yield _root_of_image(address, instance)
    for volume in volumes:
        yield from _volume(address, volume, instance)


def _image_type(instance: Instance) -> str | None:
    return next((type for pattern, type in VOLUME_TYPES if pattern.search(instance.image)), None)


def _root_of_image(address: Address, instance: Instance) -> Quantity:
    if type := _image_type(instance):
        what, why = f"root volume ({type})", f"{ROOT_GB} GB, as its image has by default"
        return Quantity(str(address), f"{type}-gb-month", what, ROOT_GB, "GB-month", why)
    return Quantity(str(address), "gp3-gb-month", "root volume", None, "GB-month")


def _volume(address: Address, volume: Volume, instance: Instance) -> Iterator[Quantity]:
    """AWS bills the IOPS of io1 and io2, and those and the MiB/s of gp3 above what each volume has."""
    root = volume.device == ROOT
    name = "root volume" if root else f"volume {volume.device}"
    type = volume.type or (root and _image_type(instance)) or DEFAULT_TYPE
    size = Decimal(volume.size) if volume.size else ROOT_GB if root and _image_type(instance) else None
    yield Quantity(str(address), f"{type}-gb-month", f"{name} ({type})", size, "GB-month")
    iops = volume.iops or 0
    billed = iops if type in NEED_IOPS else iops - BASE_IOPS if type == "gp3" else 0
    if billed > 0:
        yield Quantity(str(address), f"{type}-iops-month", f"IOPS of {name}", Decimal(billed), "IOPS-month")
    faster = (volume.throughput or 0) - THROUGHPUT[0] if type == "gp3" else 0
    if faster > 0:
        yield Quantity(str(address), f"{type}-mibps-month", f"MiB/s of {name}", Decimal(faster), "MiB/s-month")
