"""Defaults of health checks, in one table: AWS's own, and the wider status codes that the short form uses.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

from dataclasses import dataclass

INTERVAL = 30
HEALTHY = 5
UNHEALTHY = 2


@dataclass(frozen=True)
class HealthCheckDefaults:
    """The defaults of one kind of check.

    codes        the status codes that AWS counts as healthy
    short_codes  the same in the short form, where a 204 is healthy too, and a gRPC server must answer OK
    """

    timeout: int
    path: str | None = None
    codes: str | None = None
    short_codes: str | None = None


TCP = HealthCheckDefaults(timeout=10)
HTTP = HealthCheckDefaults(timeout=5, path="/", codes="200", short_codes="200-299")
GRPC = HealthCheckDefaults(timeout=5, path="/AWS.ALB/healthcheck", codes="12", short_codes="0")


def health_check_defaults(protocol: str | None, version: str | None) -> HealthCheckDefaults:
    """The defaults for a protocol, `HTTP` say, and a protocol version: `GRPC`, `HTTP1`, `HTTP2` or None."""
    if protocol not in ("HTTP", "HTTPS"):
        return TCP
    return GRPC if version == "GRPC" else HTTP
