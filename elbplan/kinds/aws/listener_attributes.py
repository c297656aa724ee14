"""The attributes of listeners: which protocol has which, AWS's defaults, and the calls that read and change them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.call import Answer, Call, WriteProgram
from .queries import GONE, attribute_values

IDLE_TIMEOUT = "tcp.idle_timeout.seconds"
TCP_RESET = "send_tcp_reset.on_idle_timeout.enabled"
SERVER = "routing.http.response.server.enabled"

RESPONSE_HEADERS = {
    header: f"routing.http.response.{header.lower().replace('-', '_')}.header_value"
    for header in (
        "Strict-Transport-Security",
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Allow-Credentials",
        "Access-Control-Expose-Headers",
        "Access-Control-Max-Age",
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
    )
}
"""The headers that the load balancer adds to responses, with the keys of their attributes."""

REQUEST_HEADERS = {
    header: f"routing.http.request.{header.lower().replace('-', '_')}.header_name"
    for header in (
        "X-Amzn-Mtls-Clientcert-Serial-Number",
        "X-Amzn-Mtls-Clientcert-Issuer",
        "X-Amzn-Mtls-Clientcert-Subject",
        "X-Amzn-Mtls-Clientcert-Validity",
        "X-Amzn-Mtls-Clientcert-Leaf",
        "X-Amzn-Mtls-Clientcert",
        "X-Amzn-Tls-Version",
        "X-Amzn-Tls-Cipher-Suite",
    )
}
"""The headers that the load balancer adds to requests, with the keys of the attributes that rename them."""

HSTS = RESPONSE_HEADERS["Strict-Transport-Security"]

_HTTP = {SERVER: "true"} | dict.fromkeys(RESPONSE_HEADERS.values(), "")
_TCP = {IDLE_TIMEOUT: "350"}
DEFAULTS: Mapping[str | None, Mapping[str, str]] = {
    "HTTP": _HTTP,
    "HTTPS": _HTTP | dict.fromkeys(REQUEST_HEADERS.values(), ""),
    "TCP": _TCP,
    "TCP_UDP": _TCP,
    None: _TCP | {TCP_RESET: "false"},
}
"""AWS's defaults by protocol. A listener with another protocol has no attributes, and AWS refuses to describe them.

A gateway listener has no protocol. TLS: https://github.com/hashicorp/terraform-provider-aws/issues/40000;
TCP_UDP: https://github.com/hashicorp/terraform-provider-aws/issues/50100.
"""

ATTRIBUTES_A_CALL = 20


def defaults_of(protocol: str | None) -> Mapping[str, str]:
    """AWS's values of the attributes that nobody has set."""
    return DEFAULTS.get(protocol, {})


def without_defaults(protocol: str | None, attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes whose value is not AWS's default."""
    defaults = defaults_of(protocol)
    return {key: value for key, value in attributes.items() if defaults.get(key) != value}


def unknown_to_elbplan(protocol: str | None, attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes without a known default. elbplan leaves them alone unless the spec names them."""
    return {key: value for key, value in attributes.items() if key not in defaults_of(protocol)}


def describe_attributes(arn: str) -> Call:
    """Reads the attributes of a listener."""
    return Call("elbv2", "DescribeListenerAttributes", {"ListenerArn": arn}, done_if=GONE)


def attributes_in(answer: Answer) -> dict[str, str]:
    """The attributes of an answer, by key."""
    return attribute_values(answer.get("Attributes"))


def has_attributes(listener: Mapping[str, Any]) -> bool:
    """True if AWS can describe the attributes of this listener, which is AWS's description of it."""
    protocol = listener.get("Protocol")
    return (None if protocol == "GENEVE" else protocol) in DEFAULTS


UNSEEN = ("ListenerNotFound",)
"""The error for a new listener that not every part of AWS knows yet."""


def change_attributes(
    arn: str, protocol: str | None, before: Mapping[str, str], after: Mapping[str, str]
) -> WriteProgram:
    """Changes the attributes that differ, twenty in a call; one that is not wanted any more gets AWS's default."""
    defaults = defaults_of(protocol)
    reset = {key: defaults[key] for key in before if key not in after and key in defaults}
    changed = sorted({**reset, **{key: value for key, value in after.items() if before.get(key) != value}}.items())
    for start in range(0, len(changed), ATTRIBUTES_A_CALL):
        batch = [{"Key": key, "Value": value} for key, value in changed[start : start + ATTRIBUTES_A_CALL]]
        params = {"ListenerArn": arn, "Attributes": batch}
        yield Call("elbv2", "ModifyListenerAttributes", params, retry_on=UNSEEN, timeout=60)
    return {}


NAMES: Mapping[str, str] = {
    **{key: header for header, key in RESPONSE_HEADERS.items()},
    **{key: f"name of {header}" for header, key in REQUEST_HEADERS.items()},
    SERVER: "Server header",
    IDLE_TIMEOUT: "idle timeout (s)",
    TCP_RESET: "TCP reset on idle timeout",
}
"""What a person calls these attributes."""
