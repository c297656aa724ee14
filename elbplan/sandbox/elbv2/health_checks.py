"""Health check settings of target groups: defaults by kind, and allowed combinations.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

import re
from typing import Any

from ..errors import misconfigured, validation
from ..rules import rule
from . import names

Fields = dict[str, Any]


def defaults(fields: Fields) -> Fields:
    """Returns the defaults of AWS for a group of this type and protocol."""
    protocol, kind = fields.get("Protocol"), fields["TargetType"]
    common = {"HealthCheckEnabled": True, "HealthCheckPort": "traffic-port", "UnhealthyThresholdCount": 2}
    if kind == "lambda":
        return {
            "HealthCheckEnabled": False, "HealthCheckPath": "/", "Matcher": {"HttpCode": "200"},
            "HealthCheckIntervalSeconds": 35, "HealthCheckTimeoutSeconds": 30,
            "HealthyThresholdCount": 5, "UnhealthyThresholdCount": 5,
        }  # fmt: skip
    if kind == "alb":
        return {
            **common,
            **_http("HTTP", "200-399"),
            "HealthyThresholdCount": 5,
            "HealthCheckTimeoutSeconds": 6,
        }
    if protocol == "GENEVE":
        return {
            **common, "HealthCheckProtocol": "TCP", "HealthCheckPort": "80", "HealthCheckIntervalSeconds": 10,
            "HealthCheckTimeoutSeconds": 5, "HealthyThresholdCount": 5,
        }  # fmt: skip
    if protocol in ("HTTP", "HTTPS"):
        return {**common, **_version(fields)}
    timeout = 6 if fields.get("HealthCheckProtocol") == "HTTP" else 10
    return {
        **common, "HealthCheckProtocol": "TCP", "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": timeout, "HealthyThresholdCount": 5,
    }  # fmt: skip


def _http(protocol: str, codes: str) -> Fields:
    return {
        "HealthCheckProtocol": protocol,
        "HealthCheckPath": "/",
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5,
        "Matcher": {"HttpCode": codes},
    }


def _version(fields: Fields) -> Fields:
    settings = {**_http(fields["Protocol"], "200"), "HealthyThresholdCount": 5}
    if fields.get("ProtocolVersion") == "GRPC":
        settings.update(HealthCheckPath="/AWS.ALB/healthcheck", Matcher={"GrpcCode": "12"})
    return settings


HTTP_ONLY = {"HealthCheckPath": "paths", "Matcher": "matchers"}


@rule(21)
def check_given(given: Fields, protocol: str | None) -> None:
    """A request for a TCP check has neither path nor codes, also if the check before was HTTP.

    https://github.com/hashicorp/terraform-provider-aws/pull/2170 ("Health check paths are not supported for TCP
    health checks"), https://github.com/awsdocs/aws-cloudformation-user-guide/pull/186 (matchers; the error code).
    No page says whether AWS still returns the path of an earlier HTTP check. This simulator drops it.
    """
    for key, what in HTTP_ONLY.items():
        if protocol == "TCP" and given.get(key) is not None:
            raise misconfigured(f"Health check {what} are not supported for TCP health checks")


@rule(21)
def checked(fields: Fields, check: Fields) -> Fields:
    """Checks the protocol against that of the group, the ranges, the port, the path and the codes.

    API_CreateTargetGroup (HealthCheckProtocol).
    """
    settings = {key: value for key, value in check.items() if value is not None}
    protocol = settings.get("HealthCheckProtocol")
    if protocol is not None:
        names.one_of("healthCheckProtocol", protocol, ("HTTP", "HTTPS", "TCP"))
        if protocol == "TCP" and fields.get("Protocol") in ("HTTP", "HTTPS"):
            raise misconfigured(f"Health check protocol 'TCP' is not supported for {fields['Protocol']} target groups")
        check_balancer_target(fields, protocol)
    if protocol == "TCP":
        settings = {key: value for key, value in settings.items() if key not in HTTP_ONLY}
    elif protocol is not None and fields.get("Protocol") not in ("HTTP", "HTTPS"):
        settings.setdefault("HealthCheckPath", "/")
        settings.setdefault("Matcher", {"HttpCode": "200-399"})
    _ranges(settings)
    _port_and_path(settings)
    _codes(fields, settings)
    if not settings.get("HealthCheckEnabled", True) and fields["TargetType"] != "lambda":
        raise misconfigured(
            f"Health check enabled must be true for target groups with target type '{fields['TargetType']}'"
        )
    return settings


@rule(21)
def check_balancer_target(fields: Fields, protocol: str) -> None:
    """A load balancer as target is checked by HTTP or HTTPS.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html
    """
    if fields["TargetType"] == "alb" and protocol == "TCP":
        raise misconfigured("Health check protocol 'TCP' is not supported for target groups with target type 'alb'")


@rule(21)
def _ranges(settings: Fields) -> None:
    """Interval 5-300, timeout 2-120 and below it, thresholds 2-10: API_CreateTargetGroup."""
    interval = names.between("Health check interval", int(settings["HealthCheckIntervalSeconds"]), 5, 300)
    timeout = names.between("Health check timeout", int(settings["HealthCheckTimeoutSeconds"]), 2, 120)
    if timeout >= interval:
        raise validation(f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'")
    for key in ("HealthyThresholdCount", "UnhealthyThresholdCount"):
        names.between(key, int(settings[key]), 2, 10)


@rule(21)
def _port_and_path(settings: Fields) -> None:
    """A port number or traffic-port; a path that begins with a slash and has at most 1024 characters.

    API_CreateTargetGroup (HealthCheckPort, HealthCheckPath).
    """
    port = str(settings.get("HealthCheckPort", "traffic-port"))
    if port != "traffic-port" and not (port.isdigit() and 1 <= int(port) <= 65535):
        raise validation(f"Health check port '{port}' must be 'traffic-port' or between '1-65535'")
    path = settings.get("HealthCheckPath")
    if path is not None and not (path.startswith("/") and len(path) <= 1024):
        raise validation(
            f"Health check path '{path}' must begin with a '/' character and can be at most 1024 characters in length"
        )


@rule(21)
def _codes(fields: Fields, settings: Fields) -> None:
    """Codes within 200-499 (application) or 200-599 (network), gRPC 0-99; of a gateway exactly 200-399.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html (for gateways exactly
    200-399).
    """
    matcher = settings.get("Matcher") or {}
    text = matcher.get("HttpCode") or matcher.get("GrpcCode")
    if not text:
        return
    low, high = 200, 599
    if matcher.get("GrpcCode"):
        low, high = 0, 99
    elif fields.get("Protocol") in ("HTTP", "HTTPS", None):
        high = 499
    elif fields.get("Protocol") == "GENEVE" and text != "200-399":
        raise validation(f"Health check matcher '{text}' must be '200-399' for GENEVE target groups")
    if not re.fullmatch(r"\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*", text):
        raise validation(f"Health check matcher '{text}' is not a list of codes")
    for code in re.findall(r"\d+", text):
        if not low <= int(code) <= high:
            raise validation(f"Health check matcher '{text}' must be within the range '{low}-{high}'")
