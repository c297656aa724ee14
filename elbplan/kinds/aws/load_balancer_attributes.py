"""The attributes of load balancers: AWS's defaults, and the calls that change attributes.

The defaults are those of
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
"""

from __future__ import annotations

from collections.abc import Mapping

from ...core.call import Call, WriteProgram

PROTECTION = "deletion_protection.enabled"
SECONDARY_ADDRESSES = "secondary_ips.auto_assigned.per_subnet"
INTERNAL_ONLY = "ipv6.deny_all_igw_traffic"
"""The default is true for internal load balancers and false for the others."""

BOTH = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    INTERNAL_ONLY: "false",
    "zonal_shift.config.enabled": "false",
}
ALB = {
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.prefix": "",
    "health_check_logs.s3.enabled": "false",
    "health_check_logs.s3.bucket": "",
    "health_check_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "client_keep_alive.seconds": "3600",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_kx.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
}
NLB = {
    "load_balancing.cross_zone.enabled": "false",
    "dns_record.client_routing_policy": "any_availability_zone",
}
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "application": {PROTECTION: "false"} | BOTH | ALB,
    "network": {PROTECTION: "false"} | BOTH | NLB,
    "gateway": {PROTECTION: "false", "load_balancing.cross_zone.enabled": "false"},
}

NEVER_BACK: Mapping[str, tuple[str, ...]] = {
    "application": ("load_balancing.cross_zone.enabled",),
    "network": ("secondary_ips.auto_assigned.per_subnet",),
    "gateway": (),
}
"""Keys that cannot return to their default: AWS does not decrease the number of secondary addresses, and an
application load balancer always balances across zones."""

LEARNED = (INTERNAL_ONLY, "zonal_shift.config.enabled", "routing.http.x_amzn_tls_kx.enabled", "health_check_logs.s3.")


def new_defaults(type: str, scheme: str) -> dict[str, str]:
    """The defaults that elbplan learned after the first fingerprints. A fingerprint leaves them out."""
    return {key: value for key, value in attribute_defaults(type, scheme).items() if key.startswith(LEARNED)}


LOGS = ("access_logs.s3", "connection_logs.s3", "health_check_logs.s3")


def attribute_defaults(type: str, scheme: str) -> dict[str, str]:
    """AWS's values of attributes that nobody has set. elbplan leaves other keys alone unless the spec names them."""
    defaults = dict(DEFAULTS.get(type, {}))
    if INTERNAL_ONLY in defaults:
        defaults[INTERNAL_ONLY] = str(scheme == "internal").lower()
    return defaults


def settled_attributes(
    wanted: Mapping[str, str], live: Mapping[str, str], defaults: Mapping[str, str]
) -> dict[str, str]:
    """The complete desired attributes.

    AWS keeps the bucket of a log that is switched off, and refuses an empty bucket.
    """
    attributes = {**live, **defaults, **wanted}
    for logs in LOGS:
        if attributes.get(f"{logs}.enabled") != "true":
            places = (f"{logs}.bucket", f"{logs}.prefix")
            attributes |= {key: live[key] for key in places if key in live and key not in wanted}
    return attributes


def secondary_addresses(attributes: Mapping[str, str]) -> int:
    """How many secondary addresses each node has."""
    number = attributes.get(SECONDARY_ADDRESSES, "0")
    return int(number) if number.isdigit() else 0


def without_protection(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """The attributes without deletion protection; the same ones if it is off."""
    return {**attributes, PROTECTION: "false"} if attributes.get(PROTECTION) == "true" else attributes


UNSEEN = ("LoadBalancerNotFound",)
"""Errors for a new load balancer that not every part of AWS knows yet."""

ATTRIBUTES_A_CALL = 20
"""The largest number of attributes in ModifyLoadBalancerAttributes."""


def change_attributes(arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> WriteProgram:
    """Changes the attributes that differ, twenty in a call.

    AWS checks the attributes of one log together, so they are in one call.
    """
    changed = [(key, value) for key, value in sorted(after.items()) if before.get(key) != value]
    for batch in _batches(changed):
        attributes = [{"Key": key, "Value": value} for key, value in batch]
        params = {"LoadBalancerArn": arn, "Attributes": attributes}
        yield Call("elbv2", "ModifyLoadBalancerAttributes", params, retry_on=UNSEEN, timeout=60)
    return {}


def _batches(changed: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    batches: list[list[tuple[str, str]]] = []
    while changed:
        batch = changed[:ATTRIBUTES_A_CALL]
        rest = changed[ATTRIBUTES_A_CALL:]
        while rest and len(batch) > 1 and _log(batch[-1][0]) and _log(batch[-1][0]) == _log(rest[0][0]):
            rest.insert(0, batch.pop())
        batches.append(batch)
        changed = rest
    return batches


def _log(key: str) -> str:
    """The log that an attribute belongs to; empty for other attributes."""
    return next((logs for logs in LOGS if key.startswith(logs)), "")
