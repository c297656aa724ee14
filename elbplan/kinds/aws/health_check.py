"""The health check of a target group, and its defaults: AWS's own, and the wider status codes of the short form.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, model_validator

from ...core.hidden import FREE
from ...core.resource import LEARNED, Part, from_live, rebuilt
from .target_group_attributes import HTTP as HTTP_PROTOCOLS
from .target_group_attributes import TargetGroupFields

INTERVAL = 30
HEALTHY = 5
UNHEALTHY = 2


@dataclass(frozen=True)
class HealthCheckDefaults:
    """The defaults of one kind of check.

    codes        the status codes that AWS counts as healthy
    short_codes  the same in the short form, where a 204 is healthy too
    path_codes   the same in the short form for another path than the default; None: `short_codes`
    """

    path: str | None = None
    codes: str | None = None
    short_codes: str | None = None
    path_codes: str | None = None

    def short_codes_for(self, path: str | None) -> str | None:
        """The codes of the short form for a path."""
        return self.path_codes if self.path_codes and path != self.path else self.short_codes


TCP = HealthCheckDefaults()
HTTP = HealthCheckDefaults(path="/", codes="200", short_codes="200-299")
GRPC = HealthCheckDefaults(path="/AWS.ALB/healthcheck", codes="12", short_codes="12", path_codes="0")
"""A gRPC server does not have the default method and answers 12, UNIMPLEMENTED. A method that it has answers 0, OK."""

GATEWAY_CODES = "200-399"
"""The only codes that AWS accepts for a GENEVE group (API_Matcher)."""

GATEWAY = HealthCheckDefaults(path="/", codes=GATEWAY_CODES, short_codes=GATEWAY_CODES)
NETWORK = HealthCheckDefaults(path="/", codes="200-399", short_codes="200-299")
"""An HTTP check of a group of a network load balancer."""

GATEWAY_INTERVAL = 10
"""Seconds, for a GENEVE group: API_CreateTargetGroup (HealthCheckIntervalSeconds)."""


def health_check_defaults(protocol: str | None, version: str | None) -> HealthCheckDefaults:
    """The defaults for a protocol, for example `HTTP`, and a protocol version: `GRPC`, `HTTP1`, `HTTP2` or None."""
    if protocol not in HTTP_PROTOCOLS:
        return TCP
    return GRPC if version == "GRPC" else HTTP


def default_timeout(group: str | None, check: str | None) -> int:
    """AWS's timeout in seconds for the protocol of a group and the protocol of its check.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html (6 for HTTP
    checks, 10 for TCP and HTTPS checks), API_CreateTargetGroup (5 for GENEVE).
    """
    if group in HTTP_PROTOCOLS or group == "GENEVE":
        return 5
    return 6 if check == "HTTP" else 10


class HealthCheck(Part):
    """The health check of a group. A field without a value has AWS's default for the group's protocol."""

    protocol: Literal["HTTP", "HTTPS", "TCP"] | None = None
    port: Annotated[
        str,
        Field(
            pattern=r"^(traffic-port|[1-9]\d{0,4})$",
            coerce_numbers_to_str=True,
            description="traffic-port is the port of the target",
        ),
    ] = "traffic-port"
    path: Annotated[
        str | None, FREE, Field(pattern="^/", max_length=1024, description="the path of the request, HTTP only")
    ] = None
    interval: Annotated[int, Field(ge=5, le=300, description="seconds")] | None = None
    timeout: Annotated[int, Field(ge=2, le=120, description="seconds")] | None = None
    healthy: Annotated[int, Field(ge=2, le=10, description="successful checks in a row")] | None = None
    unhealthy: Annotated[int, Field(ge=2, le=10, description="failed checks in a row")] | None = None
    codes: Annotated[str, Field(description="200, 200-299 or 200,301; gRPC codes for a gRPC group")] | None = None
    enabled: Annotated[
        Literal[True] | None, LEARNED, Field(description="true: check a function; every other target is always checked")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _off_by_default(cls, data: Any) -> Any:
        """`enabled: false` is the same as no value, and so is true for targets that AWS always checks."""
        if isinstance(data, Mapping) and data.get("enabled") in (False, "false"):
            return {key: value for key, value in data.items() if key != "enabled"}
        return data


FUNCTION = HealthCheck(path="/", interval=35, timeout=30, healthy=5, unhealthy=5, codes="200")
"""AWS's check of a function: API_CreateTargetGroup."""


class CheckedGroup(TargetGroupFields, Protocol):
    """A target group with a health check."""

    @property
    def health(self) -> HealthCheck: ...


def health_defaults(group: CheckedGroup) -> HealthCheck:
    """The values that AWS gives to the fields of a group's health check that are not set."""
    if group.target_type == "lambda":
        return FUNCTION if group.health.enabled else HealthCheck()
    protocol = group.health.protocol or _check_protocol(group)
    usual = health_check_defaults(group.protocol, group.protocol_version)
    if usual is TCP and protocol != "TCP":
        usual = GATEWAY if group.protocol == "GENEVE" else NETWORK
    defaults = {
        "protocol": protocol,
        "path": usual.path,
        "interval": GATEWAY_INTERVAL if group.protocol == "GENEVE" else INTERVAL,
        "timeout": default_timeout(group.protocol, protocol),
        "healthy": HEALTHY,
        "unhealthy": UNHEALTHY,
        "codes": usual.codes,
    }
    return from_live(HealthCheck, defaults)


def _check_protocol(group: TargetGroupFields) -> Literal["HTTP", "HTTPS", "TCP"]:
    """AWS's protocol of a check. A load balancer as target answers only HTTP and HTTPS."""
    if group.protocol == "HTTPS":
        return "HTTPS"
    return "HTTP" if group.protocol == "HTTP" or group.target_type == "alb" else "TCP"


def full_health(group: CheckedGroup) -> HealthCheck:
    """The health check with all defaults filled in: AWS's pages do not agree about all of them."""
    return rebuilt(health_defaults(group), **set_fields(group.health))


def settled_health(group: CheckedGroup, live: HealthCheck) -> HealthCheck:
    """The complete health check of the group, with the live value of each field that has no default."""
    settled = rebuilt(live, **set_fields(full_health(group)))
    return _without_http_fields(rebuilt(settled, enabled=group.health.enabled))


def _without_http_fields(health: HealthCheck) -> HealthCheck:
    """A TCP check has neither path nor codes. AWS refuses both, and can keep those of an earlier HTTP check."""
    return rebuilt(health, path=None, codes=None) if health.protocol == "TCP" else health


def set_fields(health: HealthCheck) -> dict[str, Any]:
    """The fields that have a value."""
    return {key: value for key, value in dict(health).items() if value is not None}


def health_check_params(group: CheckedGroup) -> dict[str, Any]:
    """The parameters of the health check."""
    health = full_health(group)
    given: dict[str, Any] = {
        "HealthCheckEnabled": health.enabled,
        "HealthCheckProtocol": health.protocol,
        "HealthCheckPort": health.port if group.target_type != "lambda" else None,
        "HealthCheckPath": health.path,
        "HealthCheckIntervalSeconds": health.interval,
        "HealthCheckTimeoutSeconds": health.timeout,
        "HealthyThresholdCount": health.healthy,
        "UnhealthyThresholdCount": health.unhealthy,
    }
    if health.codes is not None:
        given["Matcher"] = {"GrpcCode" if group.protocol_version == "GRPC" else "HttpCode": health.codes}
    return {key: value for key, value in given.items() if value is not None}


def health_check_from_aws(raw: Mapping[str, Any]) -> HealthCheck:
    """The health check in the answer of DescribeTargetGroups."""
    matcher = raw.get("Matcher") or {}
    fields = {
        "protocol": raw.get("HealthCheckProtocol"),
        "port": str(raw.get("HealthCheckPort") or "traffic-port"),
        "path": raw.get("HealthCheckPath"),
        "interval": raw.get("HealthCheckIntervalSeconds"),
        "timeout": raw.get("HealthCheckTimeoutSeconds"),
        "healthy": raw.get("HealthyThresholdCount"),
        "unhealthy": raw.get("UnhealthyThresholdCount"),
        "codes": matcher.get("HttpCode") or matcher.get("GrpcCode"),
        "enabled": raw.get("HealthCheckEnabled") if raw.get("TargetType") == "lambda" else None,
    }
    return _without_http_fields(from_live(HealthCheck, fields))
