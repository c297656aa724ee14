"""Attributes by kind, with AWS's defaults, ranges and choices.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
"""

from ..state.elbv2 import StoredBalancer, StoredGroup

Defaults = dict[str, str]

_EVERY = {
    "deletion_protection.enabled": "false",
    "load_balancing.cross_zone.enabled": "false",
}
_LOGS = {"access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": ""}
BALANCER: dict[str, Defaults] = {
    "application": {
        **_LOGS,
        "client_keep_alive.seconds": "3600",
        "connection_logs.s3.bucket": "",
        "connection_logs.s3.enabled": "false",
        "connection_logs.s3.prefix": "",
        "deletion_protection.enabled": "false",
        "health_check_logs.s3.bucket": "",
        "health_check_logs.s3.enabled": "false",
        "health_check_logs.s3.prefix": "",
        "idle_timeout.timeout_seconds": "60",
        "ipv6.deny_all_igw_traffic": "false",
        "load_balancing.cross_zone.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.x_amzn_tls_kx.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "routing.http.xff_client_port.enabled": "false",
        "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true",
        "waf.fail_open.enabled": "false",
        "zonal_shift.config.enabled": "false",
    },
    "network": {
        **_LOGS,
        **_EVERY,
        "dns_record.client_routing_policy": "any_availability_zone",
        "ipv6.deny_all_igw_traffic": "false",
        "secondary_ips.auto_assigned.per_subnet": "0",
        "zonal_shift.config.enabled": "false",
    },
    "gateway": dict(_EVERY),
}

_GROUP_EVERY = {
    "deregistration_delay.timeout_seconds": "300",
    "stickiness.enabled": "false",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
_GROUP_HTTP = {
    **_GROUP_EVERY,
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.algorithm.anomaly_mitigation": "off",
}
_GROUP_HTTP2 = {"routing.http2.rst_stream_error_forwarding.enabled": "false"}
_GROUP_VERSION: dict[str, Defaults] = {
    "HTTP2": {**_GROUP_HTTP2, "waf.http2.traffic_inspection_behavior": "inspect_immediately"},
    "GRPC": _GROUP_HTTP2,
}
"""Attributes that only groups of one protocol version have: API_TargetGroupAttribute."""

_GROUP_NETWORK = {
    **_GROUP_EVERY,
    "stickiness.type": "source_ip",
    "deregistration_delay.connection_termination.enabled": "false",
    "preserve_client_ip.enabled": "true",
    "proxy_protocol_v2.enabled": "false",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}
_GROUP_LAMBDA = {
    "lambda.multi_value_headers.enabled": "false",
    **{key: value for key, value in _GROUP_EVERY.items() if key.startswith("target_group_health")},
}
_GROUP_GATEWAY = {
    "deregistration_delay.timeout_seconds": "300",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip_dest_ip_proto",
    "target_failover.on_deregistration": "no_rebalance",
    "target_failover.on_unhealthy": "no_rebalance",
    "send_tcp_reset.on_deregistration.enabled": "false",
    "send_tcp_reset.on_unhealthy.enabled": "false",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
}

_LISTENER_HTTP = {
    "routing.http.response.server.enabled": "true",
    **{
        f"routing.http.response.{header}.header_value": ""
        for header in (
            "strict_transport_security",
            "access_control_allow_origin",
            "access_control_allow_methods",
            "access_control_allow_headers",
            "access_control_allow_credentials",
            "access_control_expose_headers",
            "access_control_max_age",
            "content_security_policy",
            "x_content_type_options",
            "x_frame_options",
        )
    },
}
_LISTENER_HTTPS = {
    **_LISTENER_HTTP,
    **{
        f"routing.http.request.{header}.header_name": ""
        for header in (
            "x_amzn_mtls_clientcert_serial_number",
            "x_amzn_mtls_clientcert_issuer",
            "x_amzn_mtls_clientcert_subject",
            "x_amzn_mtls_clientcert_validity",
            "x_amzn_mtls_clientcert_leaf",
            "x_amzn_mtls_clientcert",
            "x_amzn_tls_version",
            "x_amzn_tls_cipher_suite",
        )
    },
}
LISTENER: dict[str, Defaults] = {
    "HTTP": _LISTENER_HTTP,
    "HTTPS": _LISTENER_HTTPS,
    "TCP": {"tcp.idle_timeout.seconds": "350"},
    "TCP_UDP": {"tcp.idle_timeout.seconds": "350"},
    "GENEVE": {"tcp.idle_timeout.seconds": "350", "send_tcp_reset.on_idle_timeout.enabled": "false"},
}
"""A listener with another protocol has no attributes: see `listener_attributes.described`."""

RANGES = {
    "idle_timeout.timeout_seconds": (1, 4000),
    "client_keep_alive.seconds": (60, 604800),
    "deregistration_delay.timeout_seconds": (0, 3600),
    "stickiness.lb_cookie.duration_seconds": (1, 604800),
    "stickiness.app_cookie.duration_seconds": (1, 604800),
    "tcp.idle_timeout.seconds": (60, 6000),
    "secondary_ips.auto_assigned.per_subnet": (0, 7),
    "target_health_state.unhealthy.draining_interval_seconds": (0, 360000),
}

ALGORITHMS = ("round_robin", "least_outstanding_requests", "weighted_random")
CHOICES = {
    "load_balancing.cross_zone.enabled": ("true", "false", "use_load_balancer_configuration"),
    "load_balancing.algorithm.type": ALGORITHMS,
    "load_balancing.algorithm.anomaly_mitigation": ("on", "off"),
    "routing.http.desync_mitigation_mode": ("monitor", "defensive", "strictest"),
    "routing.http.xff_header_processing.mode": ("append", "preserve", "remove"),
    "waf.http2.traffic_inspection_behavior": ("inspect_immediately", "inspect_after_sufficient_data"),
    "target_failover.on_deregistration": ("rebalance", "no_rebalance"),
    "target_failover.on_unhealthy": ("rebalance", "no_rebalance"),
    "dns_record.client_routing_policy": (
        "any_availability_zone",
        "availability_zone_affinity",
        "partial_availability_zone_affinity",
    ),
}
STICKY = {
    "lb_cookie": ("lb_cookie", "app_cookie"),
    "source_ip": ("source_ip",),
    "source_ip_dest_ip_proto": ("source_ip_dest_ip_proto", "source_ip_dest_ip"),
}
"""Allowed types of stickiness, by the default type of the protocol."""


UDP = ("UDP", "TCP_UDP")


def balancer_defaults(balancer: StoredBalancer) -> Defaults:
    """An internal balancer denies traffic of internet gateways, others do not: API_LoadBalancerAttribute."""
    defaults = BALANCER[balancer.type]
    key = "ipv6.deny_all_igw_traffic"
    return {**defaults, key: str(balancer.scheme == "internal").lower()} if key in defaults else defaults


def group_defaults(group: StoredGroup) -> Defaults:
    """Some defaults depend on protocol, version and target type: API_TargetGroupAttribute."""
    protocol, kind = group.fields.get("Protocol"), group.fields["TargetType"]
    if kind == "lambda":
        return _GROUP_LAMBDA
    if protocol == "GENEVE":
        return _GROUP_GATEWAY
    if protocol in ("HTTP", "HTTPS"):
        return {**_GROUP_HTTP, **_GROUP_VERSION.get(group.fields.get("ProtocolVersion", ""), {})}
    udp = protocol in UDP
    return {
        **_GROUP_NETWORK,
        "preserve_client_ip.enabled": str(not (kind == "ip" and protocol in ("TCP", "TLS"))).lower(),
        "deregistration_delay.connection_termination.enabled": str(udp).lower(),
        "target_health_state.unhealthy.connection_termination.enabled": str(not udp).lower(),
    }
