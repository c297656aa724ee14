"""One target of a target group, and its identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from ..core.address import AwsId
from ..core.resource import LEARNED, Part, from_live
from .references import NAMED_BALANCER, InstanceRef, NamedBalancerRef

EVERY_ZONE = "all"


class Target(Part):
    """A target: an instance or an address. Id and port identify it; its zone does not."""

    instance: InstanceRef | None = None
    address: Annotated[str | None, Field(description="an IP address, or the ARN of a function or balancer")] = None
    port: Annotated[int | None, Field(ge=1, le=65535, description="if it is not the port of the group")] = None
    zone: Annotated[str | None, Field(description="`all` for an address outside the VPC; otherwise AWS knows it")] = (
        None
    )
    load_balancer: Annotated[
        NamedBalancerRef | None, LEARNED, Field(description="an application load balancer, by its name or ARN")
    ] = None
    quic_server_id: Annotated[
        str | None,
        LEARNED,
        Field(pattern="^0x[0-9a-f]{16}$", description="for QUIC and TCP_QUIC: 0x and 16 hexadecimal digits"),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _by_arn(cls, data: Any) -> Any:
        """A load balancer whose ARN is known is an address."""
        found = NAMED_BALANCER.parse(data["load_balancer"]) if _has_balancer(data) else None
        if isinstance(found, AwsId):
            rest = {key: value for key, value in data.items() if key not in ("load_balancer", "address")}
            return {**rest, "address": found.value}
        return data

    @model_validator(mode="after")
    def _one(self) -> Target:
        if [self.instance, self.address, self.load_balancer].count(None) != len(KINDS_OF_TARGET) - 1:
            raise ValueError(f"needs exactly one of {', '.join(KINDS_OF_TARGET)}")
        return self


KINDS_OF_TARGET = ("instance", "address", "load_balancer")


def _has_balancer(data: Any) -> bool:
    return isinstance(data, Mapping) and data.get("load_balancer") is not None


def target_name(target: Target) -> str:
    """The instance, address or load balancer of a target."""
    return str(target.instance or target.address or target.load_balancer)


def member_key(target: Target) -> str:
    """The identity of a target in its group, for AWS too. A target without a port has the port of the group."""
    return f"{target_name(target)}:{target.port or ''}"


def live_target(group: Mapping[str, Any], target: Mapping[str, Any]) -> Target:
    """A target as the spec writes it: without the group's port, and without a zone that AWS knows."""
    kind = group.get("TargetType") or "instance"
    outside = target.get("AvailabilityZone") == EVERY_ZONE and kind != "lambda"
    fields = {
        "instance": AwsId(target["Id"]) if kind == "instance" else None,
        "address": None if kind == "instance" else target["Id"],
        "port": target.get("Port") if target.get("Port") != group.get("Port") else None,
        "zone": EVERY_ZONE if outside else None,
        "quic_server_id": target.get("QuicServerId"),
    }
    return from_live(Target, fields)
