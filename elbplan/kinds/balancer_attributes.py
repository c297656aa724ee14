"""The attributes of load balancers: what AWS means by one that nobody set, and how they are changed."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.call import Call, Calling

COMMON = {"deletion_protection.enabled": "false"}
ALB = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "client_keep_alive.seconds": "3600",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
}
NLB = {
    "load_balancing.cross_zone.enabled": "false",
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "dns_record.client_routing_policy": "any_availability_zone",
}
DEFAULTS: dict[str, dict[str, str]] = {
    "application": COMMON | ALB,
    "network": COMMON | NLB,
    "gateway": COMMON | {"load_balancing.cross_zone.enabled": "false"},
}
"""What AWS means by an attribute that nobody set. Keys that are not here are left alone unless the spec names them."""

UNSEEN = ("LoadBalancerNotFound",)
"""What was made a moment ago may not be seen everywhere yet."""

ATTRIBUTES_A_CALL = 20
"""ModifyLoadBalancerAttributes takes no more."""


def change_attributes(arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> Calling:
    """Only what differs, twenty at a time."""
    changed = [(key, value) for key, value in sorted(after.items()) if before.get(key) != value]
    for start in range(0, len(changed), ATTRIBUTES_A_CALL):
        some = [{"Key": key, "Value": value} for key, value in changed[start : start + ATTRIBUTES_A_CALL]]
        params = {"LoadBalancerArn": arn, "Attributes": some}
        yield Call("elbv2", "ModifyLoadBalancerAttributes", params, not_yet=UNSEEN, within=60)
    return {}
