"""What a person calls the attributes of load balancers, target groups and listeners: the words of the spec."""

from __future__ import annotations

from collections.abc import Mapping

from ..kinds.aws.listener_attributes import NAMES

BALANCERS: Mapping[str, str] = {
    "access_logs.s3.enabled": "access log",
    "access_logs.s3.bucket": "bucket of the access log",
    "access_logs.s3.prefix": "prefix of the access log",
    "connection_logs.s3.enabled": "connection log",
    "connection_logs.s3.bucket": "bucket of the connection log",
    "connection_logs.s3.prefix": "prefix of the connection log",
    "health_check_logs.s3.enabled": "log of health checks",
    "health_check_logs.s3.bucket": "bucket of the log of health checks",
    "health_check_logs.s3.prefix": "prefix of the log of health checks",
    "deletion_protection.enabled": "deletion protection",
    "idle_timeout.timeout_seconds": "idle timeout (s)",
    "client_keep_alive.seconds": "keep alive (s)",
    "routing.http2.enabled": "HTTP/2",
    "routing.http.desync_mitigation_mode": "desync mitigation",
    "routing.http.drop_invalid_header_fields.enabled": "drop invalid headers",
    "routing.http.preserve_host_header.enabled": "preserve host",
    "routing.http.xff_client_port.enabled": "client port in X-Forwarded-For",
    "routing.http.xff_header_processing.mode": "X-Forwarded-For",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "TLS headers",
    "waf.fail_open.enabled": "WAF fail open",
    "dns_record.client_routing_policy": "client routing",
    "secondary_ips.auto_assigned.per_subnet": "secondary addresses",
    "zonal_shift.config.enabled": "zonal shift",
}
GROUPS: Mapping[str, str] = {
    "deregistration_delay.timeout_seconds": "drain (s)",
    "slow_start.duration_seconds": "slow start (s)",
    "stickiness.enabled": "sticky",
    "stickiness.type": "stickiness by",
    "stickiness.lb_cookie.duration_seconds": "sticky for (s)",
    "stickiness.app_cookie.cookie_name": "cookie of the application",
    "stickiness.app_cookie.duration_seconds": "sticky for (s)",
    "load_balancing.algorithm.type": "algorithm",
    "load_balancing.algorithm.anomaly_mitigation": "anomaly mitigation",
    "load_balancing.cross_zone.enabled": "cross zone",
    "lambda.multi_value_headers.enabled": "multi-value headers",
    "preserve_client_ip.enabled": "client IP",
    "proxy_protocol_v2.enabled": "proxy protocol",
    "deregistration_delay.connection_termination.enabled": "end connections",
}

WORDS: Mapping[str, str] = {**BALANCERS, **GROUPS, **NAMES}
"""By AWS's key. Other keys stay as AWS names them."""
