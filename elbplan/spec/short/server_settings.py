"""The keys of servers for what RunInstances can do beside image, type and login."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ...kinds.aws.server_volumes import DEVICE, VolumeType
from ..errors import SpecValueError
from ..messages import shown_value
from .words import NUMBER, SWITCH, Shorthand, ShortModel, TextOrNumber, WholeNumber, text_is


def _device(value: str) -> str:
    if not DEVICE.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not a device", "write root, or a name like /dev/sdf")
    return value


RESERVATION = re.compile(
    r"open|none|only|cr-[0-9a-z]+|arn:aws[a-z-]*:resource-groups:[a-z0-9-]+:[0-9]{12}:group/.+", re.ASCII
)


def _reservation(value: str) -> str:
    if not RESERVATION.fullmatch(value):
        hint = "write open, none, only, an id like cr-0abc1234, or the ARN of a resource group"
        raise SpecValueError(f"{shown_value(value)} is not a capacity reservation", hint)
    return value


def _volume(value: Any) -> Any:
    return {"size": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _spot(value: Any) -> Any:
    return {"use": value} if isinstance(value, bool) else value


class ShortVolume(ShortModel):
    """A volume of a server."""

    size: Annotated[WholeNumber | None, Field(description="GiB", examples=[30])] = None
    type: Annotated[VolumeType | None, Field(description="gp3, gp2, io2, io1, st1, sc1 or standard")] = None
    iops: Annotated[WholeNumber | None, Field(description="IOPS of gp3, io1 and io2")] = None
    throughput: Annotated[WholeNumber | None, Field(description="MiB/s of gp3")] = None
    encrypted: Annotated[bool | None, Field(description="by default as the image or the account says")] = None
    kms_key: Annotated[str | None, Field(description="key of the encryption: id, alias or ARN")] = None
    snapshot: Annotated[str | None, Field(description="snapshot from which the volume is made")] = None
    keep: Annotated[bool, Field(description="the volume outlives its server, and AWS bills it further")] = False


class Metadata(ShortModel):
    """The metadata service inside a server."""

    enabled: Annotated[bool | None, Field(description="false: the server cannot reach it")] = None
    hop_limit: Annotated[
        WholeNumber | None, Field(ge=1, le=64, description="how far a token travels: 2 for containers", examples=[2])
    ] = None
    ipv6: Annotated[bool | None, Field(description="also by IPv6")] = None
    tags: Annotated[bool | None, Field(description="the server's tags are in it")] = None


class Spot(ShortModel):
    """A server from AWS's unused capacity, which AWS may end at any time."""

    use: Annotated[bool, Field(description="false: an on-demand server")] = True
    max_price: Annotated[
        TextOrNumber | None, Field(description="dollars for an hour, in quotes", examples=["0.05"])
    ] = None


class ShortTemplate(ShortModel):
    """A launch template, which gives what the spec leaves open."""

    name: Annotated[str, Field(description="name, or id like lt-0abc")]
    version: Annotated[TextOrNumber, Field(description="number, $Latest or $Default")] = "$Default"


class Placement(ShortModel):
    """Where AWS runs a server."""

    tenancy: Annotated[Literal["default", "dedicated", "host"] | None, Field(description="whose hardware")] = None
    group: Annotated[str | None, Field(description="placement group, by name or id")] = None
    partition: Annotated[WholeNumber | None, Field(description="partition of the placement group")] = None
    host: Annotated[str | None, Field(description="id of a dedicated host")] = None
    host_group: Annotated[str | None, Field(description="ARN of a host resource group")] = None
    affinity: Annotated[Literal["default", "host"] | None, Field(description="host: returns to the same host")] = None


class Cpu(ShortModel):
    """The processors of a server."""

    cores: Annotated[WholeNumber, Field(ge=1, description="number of cores")]
    threads: Annotated[WholeNumber, Field(ge=1, le=2, description="threads of each core")] = 1


class ServerSettings(ShortModel):
    """Settings that a server may have. What is left out is as AWS, the image or the launch template says."""

    imdsv2: Annotated[
        Literal["required", "optional"] | None,
        Field(description="whether metadata needs a token; elbplan launches new servers with required"),
    ] = None
    metadata: Annotated[Metadata | None, Field(description="the metadata service inside the server")] = None
    volumes: Annotated[
        dict[Annotated[str, AfterValidator(_device)], Annotated[ShortVolume, Shorthand(_volume, NUMBER)]] | None,
        Field(description="volumes by device: root, or a name like /dev/sdf", examples=[{"root": 30}]),
    ] = None
    public_address: Annotated[
        bool | None, Field(description="a public IPv4 address; by default as the subnet says")
    ] = None
    ipv6_addresses: Annotated[WholeNumber | None, Field(ge=1, description="number of IPv6 addresses")] = None
    spot: Annotated[
        Annotated[Spot, Shorthand(_spot, SWITCH)] | None, Field(description="unused capacity: cheaper, may end")
    ] = None
    launch_template: Annotated[
        Annotated[ShortTemplate, text_is("name")] | None,
        Field(description="gives what the spec leaves open", examples=["web"]),
    ] = None
    termination_protection: Annotated[bool | None, Field(description="AWS refuses to terminate the server")] = None
    stop_protection: Annotated[bool | None, Field(description="AWS refuses to stop and to terminate it")] = None
    on_shutdown: Annotated[
        Literal["stop", "terminate"] | None, Field(description="what a shutdown inside the server does")
    ] = None
    monitoring: Annotated[bool | None, Field(description="metrics for each minute, which AWS bills")] = None
    auto_recovery: Annotated[bool | None, Field(description="AWS recovers it when its hardware fails")] = None
    cpu_credits: Annotated[
        Literal["standard", "unlimited"] | None, Field(description="credits of a burstable type")
    ] = None
    cpu: Annotated[Cpu | None, Field(description="cores and threads")] = None
    placement: Annotated[Placement | None, Field(description="tenancy, placement group, host")] = None
    capacity_reservation: Annotated[
        Annotated[str, AfterValidator(_reservation)] | None,
        Field(description="open, none, only, the id of a reservation, or the ARN of a resource group"),
    ] = None
    hibernation: Annotated[bool | None, Field(description="the server can hibernate")] = None
    enclave: Annotated[bool | None, Field(description="the server can run Nitro Enclaves")] = None
    options: Annotated[
        Mapping[str, Any] | None,
        Field(description="further members of RunInstances, as AWS names them", examples=[{"EbsOptimized": True}]),
    ] = None
