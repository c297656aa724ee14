"""Every field of every kind: a change of it that has a hazard, or the reason why no change of it needs one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .hazard_cases import CLAIMS, HSTS, HSTS_ON, LOGIN, MUTUAL, PINNED, SHOP, STORE, TOKEN, TURN_TO_API, set_443


@dataclass(frozen=True)
class Danger:
    """A change of a field, the hazard that it has, and what stands before."""

    hazard: str
    change: str
    before: str = SHOP


def update(what: str, fields: str) -> str:
    return f"- {{do: update, what: {what}, set: {{{fields}}}}}\n"


def attribute(what: str, key: str, value: str) -> str:
    return update(what, f"attributes: {{{key}: '{value}'}}")


GROUP, MAIN = "target_group.web", "load_balancer.main"
STICKY = SHOP + attribute(GROUP, "stickiness.enabled", "true")
BOTH = "groups: [{group: web}, {group: api}]"
SHARED = SHOP + set_443(f"action: {{type: forward, {BOTH}, sticky: 60}}")
LOGGING = "health_check_logs.s3.enabled: 'true', health_check_logs.s3.bucket: x"
SERVER = """
- {do: create, what: instance.web, set: {image: ami-0a, subnet: a, http_tokens: required, auto_recovery: default,
    disable_api_termination: true, disable_api_stop: true, instance_initiated_shutdown_behavior: stop}}
"""
BUCKET = "- {do: create, what: log_bucket.main, set: {writers: [application], keep_days: 90}}\n"
ZONE = "- {do: create, what: hosted_zone.inside, set: {name: inside.net, vpcs: [vpc-0a, vpc-0b]}}\n"
CHECKED = (
    SHOP
    + "- {do: create, what: route53_health_check.main, set: {load_balancer: main, resource_path: /health}}\n"
    + update("record.api.example.com", "health_check: main")
)
CHECK, RECORD = "route53_health_check.main", "record.api.example.com"
NETWORK = (
    PINNED
    + """
- {do: create, what: target_group.web, set: {protocol: TCP, port: 80, vpc: default, target_type: ip}}
- {do: create, what: targets.web, set: {group: web, members: [{address: 10.0.0.5}]}}
- {do: create, what: listener.80, set: {load_balancer: main, port: 80, protocol: TCP,
    action: {type: forward, groups: [{group: web}]}}}
"""
)
CSP = "routing.http.response.content_security_policy.header_value"
FILTERED = SHOP + (
    "- {do: create, what: web_acl_association.main, set: {load_balancer: main, web_acl: 'arn:aws:wafv2:eu-west-1:"
    "123456789012:regional/webacl/edge/0a1b'}}\n"
)
SHIELDED = SHOP + "- {do: create, what: shield_protection.main, set: {load_balancer: main}}\n"
SCALED = SHOP + (
    "- {do: create, what: auto_scaling_attachment.api, set: {group: api, auto_scaling_groups: [fleet]}}\n"
    "- {do: update, what: targets.api, set: {members: []}}\n"
)
VERIFIED = STORE + SHOP + set_443("mutual_authentication: {mode: verify, trust_store: clients}")

TAGS = "tags change nothing that AWS serves"
NEW_RESOURCE = "AWS cannot change it in place: the new resource serves before the old one ends"
ASKED_FOR = "it adds a protection: that it refuses others is its purpose"
NARROWER = "it allows less than before, which is what the spec asks for; what opens is a hazard"
ELBPLAN = "only elbplan reads it; AWS serves as before"
ONLY_VALUE = "it has one value"
ADDRESSES = "clients find the new addresses by DNS; a zone that is left and entered again is a hazard"
COUNTED = "how often, how fast or from where something is asked; what is asked is a hazard"
NEXT_REQUEST = "it counts from the next request on, and every request still gets its answer"
CONTENT = "what the targets or the clients get is what the change is about, and the route stays"
IDENTITY = "another value is another resource: its steps have hazards of their own"

Declared = Danger | tuple[Danger, ...] | str

FIELDS: Mapping[str, Mapping[str, Declared]] = {
    "security_group": {
        "ingress": Danger(
            "public-exposure",
            update("security_group.lb", "ingress: [{from_port: 22, to_port: 22, cidr: 0.0.0.0/0}]"),
        ),
        "egress": "the targets that a load balancer cannot reach become unhealthy, and the gates of the plan wait",
    },
    "instance": {
        "http_tokens": Danger("protection-removed", update("instance.web", "http_tokens: optional"), SERVER),
        "http_put_response_hop_limit": "it decides which containers of the server reach its metadata, not who else",
        "http_endpoint": "programs of the server may lose their credentials, and health checks show it",
        "http_protocol_ipv6": "the same metadata by another protocol",
        "instance_metadata_tags": "the tags of the server are no secret of its programs",
        "monitoring": "metrics each minute instead of every five",
        "disable_api_termination": Danger(
            "protection-removed", update("instance.web", "disable_api_termination: false"), SERVER
        ),
        "disable_api_stop": Danger("protection-removed", update("instance.web", "disable_api_stop: false"), SERVER),
        "instance_initiated_shutdown_behavior": Danger(
            "protection-removed", update("instance.web", "instance_initiated_shutdown_behavior: terminate"), SERVER
        ),
        "cpu_credits": "the server becomes slower at most, and health checks show it",
        "auto_recovery": Danger("protection-removed", update("instance.web", "auto_recovery: disabled"), SERVER),
        "volumes": "AWS changes volumes while the server uses them, and elbplan refuses what would lose data",
        "associate_public_ip_address": "load balancers reach servers by private addresses",
        "options": ELBPLAN,
        "settings": ELBPLAN,
        "security_groups": "the rules of the groups decide who gets in",
        "user_data": ELBPLAN,
        "state": "elbplan starts a server that is stopped, and stops one only in a destroy",
    },
    "elastic_ip": {"instance": "the address moves together with the replacement of the server"},
    "ingress_rules": {"rules": "elbplan adds a rule before its load balancer needs it, and removes it after"},
    "log_bucket": {
        "writers": "a type of load balancer that writes logs is always among them",
        "keep_days": Danger("protection-removed", update("log_bucket.main", "keep_days: 7"), BUCKET),
        "on_destroy": Danger("protection-removed", update("log_bucket.main", "on_destroy: delete"), BUCKET),
        "encryption": ONLY_VALUE,
        "public_access": ONLY_VALUE,
    },
    "load_balancer": {
        "scheme": Danger(
            "public-exposure",
            "- {do: create, what: load_balancer.main, set: {subnets: [a, c], scheme: internet-facing}}\n"
            "- {do: delete, what: load_balancer.main@old}\n",
            "- {do: create, what: load_balancer.main, set: {subnets: [a, c], scheme: internal}}\n",
        ),
        "ip_address_type": (
            Danger(
                "route-removed",
                update(MAIN, "ip_address_type: ipv4"),
                SHOP + update(MAIN, "ip_address_type: dualstack"),
            ),
            Danger("route-removed", update(MAIN, "ip_address_type: dualstack-without-public-ipv4")),
        ),
        "vpc": IDENTITY,
        "subnets": Danger("too-few-zones", update(MAIN, "subnets: [a]")),
        "security_groups": "the rules of the groups decide who gets in: what they open is a hazard",
        "enforce_security_group_inbound_rules_on_private_link_traffic": Danger(
            "protection-removed",
            update(MAIN, "enforce_security_group_inbound_rules_on_private_link_traffic: 'off'"),
            PINNED,
        ),
        "pins": Danger(
            "requests-cut-off",
            update(MAIN, "pins: [{subnet: c, allocation: two}], subnets: []")
            + update(MAIN, "pins: [{subnet: c, allocation: two}], subnets: [a]"),
            PINNED,
        ),
        "enable_prefix_for_ipv6_source_nat": "elbplan refuses a listener that needs it without it",
        "ipv4_ipam_pool": ADDRESSES,
        "customer_owned_ipv4_pool": ADDRESSES,
        "minimum_capacity_units": "the capacity still grows with the requests; it only starts lower",
        "attributes": "each key is declared below",
        "log_bucket": "a log that is switched off is a hazard; another bucket gets the next logs",
        "records": ELBPLAN,
        "state": "AWS decides it",
    },
    "web_acl_association": {
        "web_acl": "AWS exchanges the two without a gap; the end of the association is the hazard web-acl-removed",
        "take_over": ELBPLAN,
    },
    "shield_protection": {},
    "target_group": {
        "health": Danger("health-check-changes", update(GROUP, "health: {path: /other}")),
        "attributes": "each key is declared below",
    },
    "targets": {
        "members": Danger("targets-unverified", update("targets.web", "members: [{instance: i-0d}]")),
        "open": ELBPLAN,
        "group_port": ELBPLAN,
        "live_zones": ELBPLAN,
        "on_destroy": "it counts in a destroy, which shows what ends (server-in-use)",
    },
    "auto_scaling_attachment": {
        "auto_scaling_groups": Danger(
            "route-removed", "- {do: delete, what: auto_scaling_attachment.api}\n", SCALED
        ),
        "open": ELBPLAN,
    },
    "hosted_zone": {
        "vpcs": Danger("dns-share-lost", update("hosted_zone.inside", "vpcs: [vpc-0a]"), ZONE),
        "comment": TAGS,
    },
    "certificate": {
        "proofs": "records that only ACM reads",
        "remove_validation": "it counts in a destroy, which ends the certificate too",
        "pem": ELBPLAN,
        "fingerprints": "another certificate of the same names; a listener whose names it lacks is certificate-invalid",
    },
    "trust_store": {
        "bundle": "elbplan cannot read which clients the file of S3 admits",
        "revocations": Danger("login-removed", update("trust_store.clients", "revocations: []"), STORE),
    },
    "listener": {
        "protocol": Danger("weaker-encryption", set_443("protocol: HTTP, certificate: null, ssl_policy: null")),
        "certificate": Danger(
            "certificate-invalid",
            "- {do: create, what: certificate.new, set: {domains: [shop.example.com]}}\n"
            + "- {do: wait, what: certificate.new, until: issued}\n"
            + set_443("certificate: new"),
        ),
        "more_certificates": Danger(
            "certificate-invalid",
            set_443("more_certificates: []"),
            SHOP.replace("certificate: main,", "certificate: wide, more_certificates: [main],").replace(
                "- {do: create, what: listener.443",
                "- {do: create, what: certificate.wide, set: {domains: [other.example.net]}}\n"
                "- {do: wait, what: certificate.wide, until: issued}\n"
                "- {do: create, what: listener.443",
            ),
        ),
        "ssl_policy": Danger("weaker-encryption", set_443("ssl_policy: ELBSecurityPolicy-2016-08")),
        "alpn": "clients and the load balancer agree on a protocol that both know",
        "mutual_authentication": (
            Danger("login-removed", set_443("mutual_authentication: {mode: 'off'}"), SHOP + MUTUAL),
            Danger("login-removed", set_443("mutual_authentication: {mode: passthrough}"), SHOP + MUTUAL),
            Danger("login-removed", set_443("mutual_authentication: {mode: passthrough}"), VERIFIED),
        ),
        "attributes": "each key is declared below",
        "leading_actions": (
            Danger("login-removed", set_443("leading_actions: []"), SHOP + LOGIN),
            Danger("login-removed", set_443("leading_actions: []"), SHOP + TOKEN),
            Danger("login-removed", TOKEN.replace(CLAIMS, ""), SHOP + TOKEN),
        ),
        "action": (
            Danger("sessions-lost", set_443(f"action: {{type: forward, {BOTH}}}"), SHARED),
            Danger(
                "route-removed",
                set_443("action: {type: forward, groups: [{group: web, weight: 0}, {group: api, weight: 0}]}"),
                SHOP + TURN_TO_API,
            ),
        ),
    },
    "rule": {
        "priority": "which of two rules answers is what the change is about, and one of them does",
        "conditions": Danger(
            "route-removed", update("rule.api", "conditions: [{field: path-pattern, values: [/v2/*]}]")
        ),
        "leading_actions": Danger(
            "login-removed",
            update("rule.api", "leading_actions: []"),
            SHOP + LOGIN.replace("listener.443", "rule.api"),
        ),
        "action": Danger(
            "route-removed",
            update("rule.api", "action: {type: forward, groups: [{group: api, weight: 0}, {group: web, weight: 0}]}"),
        ),
        "transforms": CONTENT,
    },
    "route53_health_check": {
        "load_balancer": "its record moves with it",
        "fully_qualified_domain_name": Danger(
            "health-check-changes",
            update(CHECK, "load_balancer: null, fully_qualified_domain_name: other.example.com"),
            CHECKED,
        ),
        "ip_address": IDENTITY,
        "elastic_ip": "its record has the same address, and moves with it",
        "port": Danger("health-check-changes", update(CHECK, "port: 8443"), CHECKED),
        "resource_path": Danger("health-check-changes", update(CHECK, "resource_path: /ready"), CHECKED),
        "search_string": IDENTITY,
        "failure_threshold": COUNTED,
        "inverted": Danger("health-check-changes", update(CHECK, "inverted: true"), CHECKED),
        "disabled": Danger("protection-removed", update(CHECK, "disabled: true"), CHECKED),
        "enable_sni": COUNTED,
        "regions": COUNTED,
    },
    "record": {
        "type": IDENTITY,
        "load_balancer": Danger(
            "dns-too-early",
            "- {do: create, what: load_balancer.new, set: {subnets: [a, c], security_groups: [lb]}}\n"
            + update(RECORD, "load_balancer: new"),
        ),
        "evaluate_target_health": Danger("protection-removed", update(RECORD, "evaluate_target_health: false")),
        "elastic_ip": "an address of the same load balancer, which has it before DNS answers with it",
        "multi_value_answer": IDENTITY,
        "take_over": ELBPLAN,
        "restore": "it counts when the record is deleted",
        "ttl": "a longer time only delays later changes",
        "value": "clients that do not understand it use the other records of the name",
        "set_identifier": IDENTITY,
        "weight": Danger("dns-share-lost", update(RECORD, "set_identifier: shop, weight: 0")),
        "region": "latency routing: another stack of the name answers the clients that are nearer to it",
        "failover": Danger("dns-share-lost", update(RECORD, "set_identifier: shop, failover: secondary")),
        "geo_location": Danger(
            "dns-share-lost", update(RECORD, "set_identifier: shop, geo_location: {country_code: KR}")
        ),
        "geo_proximity": "every client still gets an answer: that of the nearest record",
        "cidr_routing": Danger(
            "dns-share-lost",
            update(RECORD, "set_identifier: a, cidr_routing: {collection_id: 0a1b, location_name: office}"),
        ),
        "health_check": Danger("protection-removed", update(RECORD, "health_check: null"), CHECKED),
    },
}  # fmt: skip
"""By kind and field. A field that AWS cannot change in place needs no entry: NEW_RESOURCE is its reason."""

ENDS: Mapping[str, Danger] = {
    "web_acl_association": Danger("web-acl-removed", "- {do: delete, what: web_acl_association.main}\n", FILTERED),
    "shield_protection": Danger("protection-removed", "- {do: delete, what: shield_protection.main}\n", SHIELDED),
    "auto_scaling_attachment": Danger("route-removed", "- {do: delete, what: auto_scaling_attachment.api}\n", SCALED),
    "listener": Danger("route-removed", "- {do: delete, what: listener.80}\n"),
    "rule": Danger("route-removed", "- {do: delete, what: rule.api}\n"),
    "record": Danger("route-removed", f"- {{do: delete, what: {RECORD}}}\n"),
}
"""Kinds whose end, while the rest of the stack stays, is a loss."""

_PLACES = dict.fromkeys(("bucket", "prefix"), "the next logs go there; a log that is switched off is a hazard")
_PUBLIC_LOGS = {
    f"{log}.s3.{part}": why
    for log in ("access_logs", "connection_logs", "health_check_logs")
    for part, why in _PLACES.items()
}

BALANCER_KEYS: Mapping[str, Declared] = {
    **_PUBLIC_LOGS,
    "deletion_protection.enabled": Danger(
        "protection-removed", attribute(MAIN, "deletion_protection.enabled", "false")
    ),
    "access_logs.s3.enabled": Danger("protection-removed", attribute(MAIN, "access_logs.s3.enabled", "false")),
    "connection_logs.s3.enabled": Danger(
        "protection-removed",
        attribute(MAIN, "connection_logs.s3.enabled", "false"),
        SHOP + update(MAIN, "attributes: {connection_logs.s3.enabled: 'true', connection_logs.s3.bucket: x}"),
    ),
    "health_check_logs.s3.enabled": Danger(
        "protection-removed",
        attribute(MAIN, "health_check_logs.s3.enabled", "false"),
        SHOP + update(MAIN, f"attributes: {{{LOGGING}}}"),
    ),
    "ipv6.deny_all_igw_traffic": Danger(
        "public-exposure",
        attribute(MAIN, "ipv6.deny_all_igw_traffic", "false"),
        "- {do: create, what: load_balancer.main, set: {subnets: [a, c], scheme: internal}}\n",
    ),
    "zonal_shift.config.enabled": "nothing is shifted unless a person or AWS starts a zonal shift",
    "idle_timeout.timeout_seconds": NEXT_REQUEST,
    "client_keep_alive.seconds": NEXT_REQUEST,
    "routing.http.desync_mitigation_mode": Danger(
        "protection-removed", attribute(MAIN, "routing.http.desync_mitigation_mode", "monitor")
    ),
    "routing.http.drop_invalid_header_fields.enabled": Danger(
        "protection-removed",
        attribute(MAIN, "routing.http.drop_invalid_header_fields.enabled", "false"),
        SHOP + attribute(MAIN, "routing.http.drop_invalid_header_fields.enabled", "true"),
    ),
    "routing.http.preserve_host_header.enabled": CONTENT,
    "routing.http.x_amzn_tls_kx.enabled": CONTENT,
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": CONTENT,
    "routing.http.xff_client_port.enabled": CONTENT,
    "routing.http.xff_header_processing.mode": Danger(
        "protection-removed", attribute(MAIN, "routing.http.xff_header_processing.mode", "preserve")
    ),
    "routing.http2.enabled": "clients use HTTP/1.1 instead",
    "waf.fail_open.enabled": Danger("protection-removed", attribute(MAIN, "waf.fail_open.enabled", "true")),
    "load_balancing.cross_zone.enabled": "DNS does not name a zone without healthy targets",
    "dns_record.client_routing_policy": "a client whose zone has no healthy target gets the addresses of other zones",
    "secondary_ips.auto_assigned.per_subnet": "AWS only adds addresses",
}

_TIMES = "stickiness.enabled decides whether a client stays with its target; this only says for how long"

GROUP_KEYS: Mapping[str, Declared] = {
    "deregistration_delay.timeout_seconds": Danger(
        "requests-cut-off", attribute(GROUP, "deregistration_delay.timeout_seconds", "5")
    ),
    "stickiness.enabled": Danger("sessions-lost", attribute(GROUP, "stickiness.enabled", "false"), STICKY),
    "stickiness.type": Danger(
        "sessions-lost",
        update(GROUP, "attributes: {stickiness.type: app_cookie, stickiness.app_cookie.cookie_name: SID}"),
        STICKY,
    ),
    "stickiness.lb_cookie.duration_seconds": _TIMES,
    "stickiness.app_cookie.duration_seconds": _TIMES,
    "stickiness.app_cookie.cookie_name": "the targets choose the name, and sessions of the old cookie end with it",
    **dict.fromkeys(
        (
            "target_group_health.dns_failover.minimum_healthy_targets.count",
            "target_group_health.dns_failover.minimum_healthy_targets.percentage",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        ),
        "it counts only while targets are unhealthy",
    ),
    "load_balancing.cross_zone.enabled": "DNS does not name a zone without healthy targets",
    "load_balancing.algorithm.type": NEXT_REQUEST,
    "load_balancing.algorithm.anomaly_mitigation": NEXT_REQUEST,
    "slow_start.duration_seconds": NEXT_REQUEST,
    "routing.http2.rst_stream_error_forwarding.enabled": CONTENT,
    "waf.http2.traffic_inspection_behavior": "AWS WAF inspects each request all the same, earlier or later",
    "proxy_protocol_v2.enabled": Danger(
        "targets-unverified", attribute(GROUP, "proxy_protocol_v2.enabled", "true"), NETWORK
    ),
    "preserve_client_ip.enabled": Danger(
        "targets-unverified", attribute(GROUP, "preserve_client_ip.enabled", "true"), NETWORK
    ),
    "deregistration_delay.connection_termination.enabled": "connections end at the end of the delay, which is a hazard",
    "target_health_state.unhealthy.connection_termination.enabled": "it counts only while targets are unhealthy",
    "target_health_state.unhealthy.draining_interval_seconds": "it counts only while targets are unhealthy",
    "target_failover.on_deregistration": "it counts only for targets that leave",
    "target_failover.on_unhealthy": "it counts only while targets are unhealthy",
    "send_tcp_reset.on_deregistration.enabled": "clients learn at once that a connection has ended",
    "send_tcp_reset.on_unhealthy.enabled": "clients learn at once that a connection has ended",
    "lambda.multi_value_headers.enabled": CONTENT,
}

_CORS = "which sites may call it is what the change is about, and the targets decide what they answer"
_RENAMED = "targets read the header by its new name, which is what the change is about"

LISTENER_KEYS: Mapping[str, Declared] = {
    "tcp.idle_timeout.seconds": "it counts only for connections that nobody uses",
    "send_tcp_reset.on_idle_timeout.enabled": "clients learn at once that a connection has ended",
    "routing.http.response.server.enabled": "the header Server names only AWS",
    HSTS: Danger("weaker-encryption", set_443(f"attributes: {{'{HSTS}': ''}}"), SHOP + HSTS_ON),
    CSP: Danger(
        "protection-removed",
        set_443(f"attributes: {{{CSP}: ''}}"),
        SHOP + set_443(f"attributes: {{{CSP}: \"default-src 'self'\"}}"),
    ),
    "routing.http.response.x_content_type_options.header_value": Danger(
        "protection-removed",
        set_443("attributes: {routing.http.response.x_content_type_options.header_value: ''}"),
        SHOP + set_443("attributes: {routing.http.response.x_content_type_options.header_value: nosniff}"),
    ),
    "routing.http.response.x_frame_options.header_value": Danger(
        "protection-removed",
        set_443("attributes: {routing.http.response.x_frame_options.header_value: ''}"),
        SHOP + set_443("attributes: {routing.http.response.x_frame_options.header_value: DENY}"),
    ),
    **{
        f"routing.http.response.access_control_{part}.header_value": _CORS
        for part in (
            "allow_origin", "allow_methods", "allow_headers", "allow_credentials", "expose_headers", "max_age"
        )
    },
    **{
        f"routing.http.request.x_amzn_{part}.header_name": _RENAMED
        for part in (
            "mtls_clientcert_serial_number", "mtls_clientcert_issuer", "mtls_clientcert_subject",
            "mtls_clientcert_validity", "mtls_clientcert_leaf", "mtls_clientcert", "tls_version", "tls_cipher_suite",
        )
    },
}  # fmt: skip
