"""The calls that read, create, change and delete listeners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.call import Call, ReadProgram, WriteProgram
from .elb_search import has_certificates
from .listener_attributes import attributes_in, describe_attributes, has_attributes
from .listener_certificates import NOT_KNOWN_YET, describe_certificates, further_certificates

SECURE = ("HTTPS", "TLS")
"""The protocols of listeners with certificates."""

NOT_READY_YET = (*NOT_KNOWN_YET, "TrustStoreNotFound", "TrustStoreNotReady")
"""Errors for new resources to which a listener refers."""


Details = tuple[dict[str, tuple[str, ...]], dict[str, dict[str, str]]]
"""The further certificates and the attributes of listeners, by ARN."""


def listener_details(listeners: Sequence[Mapping[str, Any]]) -> ReadProgram[Details]:
    """The further certificates and the attributes of listeners, by ARN."""
    secure = [raw["ListenerArn"] for raw in listeners if has_certificates(raw)]
    others = [raw["ListenerArn"] for raw in listeners if has_attributes(raw)]
    asks = [*map(describe_certificates, secure), *map(describe_attributes, others)]
    answers = (yield asks) if asks else []
    more = {arn: further_certificates(answer) for arn, answer in zip(secure, answers, strict=False)}
    return more, {arn: attributes_in(answer) for arn, answer in zip(others, answers[len(secure) :], strict=True)}


def create_listener(params: Mapping[str, Any]) -> Call:
    """Creates a listener."""
    return Call("elbv2", "CreateListener", params, retry_on=NOT_READY_YET, timeout=300)


def modify_listener(arn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> WriteProgram:
    """Sends the parameters that differ, in one call. What a listener no longer has gets AWS's word for "none"."""
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    if "AlpnPolicy" in old and "AlpnPolicy" not in new and new.get("Protocol") == "TLS":
        changed["AlpnPolicy"] = ["None"]
    if "MutualAuthentication" in old and "MutualAuthentication" not in new and new.get("Protocol") in SECURE:
        changed["MutualAuthentication"] = {"Mode": "off"}
    if changed:
        params = {"ListenerArn": arn, **changed}
        yield Call("elbv2", "ModifyListener", params, retry_on=NOT_READY_YET, timeout=300)
    return {}


def delete_listener(arn: str) -> Call:
    """Deletes a listener. A network load balancer may still have it as a target."""
    gone = ("ListenerNotFound", "LoadBalancerNotFound")
    return Call("elbv2", "DeleteListener", {"ListenerArn": arn}, done_if=gone, retry_on=("ResourceInUse",), timeout=120)
