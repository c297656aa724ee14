"""Rules about what strangers can reach or read: admin paths and ports, TLS, plain HTTP, domains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...kinds.aws.actions import Forward
from ...kinds.aws.ingress_rules import IngressRule
from ...kinds.aws.tls_policies import strength
from ...kinds.listener import SECURE, Listener
from ...kinds.rule import Rule
from ..validate.checks.listeners import actions
from ..validate.checks.subject import Subject
from .finding import WORLD, Finding, at, faces_internet

ADMIN = re.compile(
    r"/(\.git|\.env|\.svn|_?admin(istrator)?|actuator|console|debug|grafana|h2-console|heapdump|internal|jenkins|"
    r"jolokia|kibana|manage(r|ment)?|metrics|phpmyadmin|pma|pprof|prometheus|server-status|wp-admin)(?=[/*?.-]|$)",
    re.IGNORECASE,
)
"""The first part of a path that only administrators need."""

PORTS = {
    22: "SSH", 23: "Telnet", 135: "RPC", 445: "SMB", 1433: "SQL Server", 1521: "Oracle", 2375: "Docker",
    2376: "Docker", 3306: "MySQL", 3389: "Remote Desktop", 5432: "PostgreSQL", 5601: "Kibana", 5900: "VNC",
    5984: "CouchDB", 6379: "Redis", 9200: "Elasticsearch", 9092: "Kafka", 11211: "Memcached", 27017: "MongoDB",
}  # fmt: skip
NETWORK = "203.0.113.0/24"
OLDEST_GOOD = 2
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"
"""The policy of a listener without one, by API_CreateListener."""
WITHOUT_PORTS = ("all", "-1")


def open_admin_path(subject: Subject) -> Iterator[Finding]:
    """A rule for an admin path that forwards requests of everybody, without a login."""
    for address, action, listener in actions(subject):
        rule = subject.resources[address]
        if not isinstance(rule, Rule) or not isinstance(action, Forward) or rule.protections | listener.protections:
            continue
        path = next((path for path in _paths(rule) if ADMIN.match(path)), "")
        from_anywhere = not any(condition.field == "source-ip" for condition in rule.conditions)
        if path and from_anywhere and faces_internet(subject, listener.load_balancer):
            remedy = f"add the addresses that may use it to the rule: ip: {NETWORK}; or respond: 403"
            yield at(subject, address, ("conditions",), f"forwards {path} for everybody", remedy, path)


def _paths(rule: Rule) -> Iterator[str]:
    for condition in rule.conditions:
        if condition.field == "path-pattern":
            yield from (value if value.startswith("/") else f"/{value.lstrip('*')}" for value in condition.values)


def open_admin_port(subject: Subject) -> Iterator[Finding]:
    """A rule of a security group that lets everybody reach a port of administrators or databases."""
    for address, group in subject.of("security_group"):
        for index, rule in enumerate(group.ingress):
            if rule.cidr in WORLD and (what := _admin_port(rule)):
                remedy = f"allow only the networks that need it: {NETWORK}"
                yield at(subject, address, ("ingress", index), f"everybody reaches {what}", remedy)


def _admin_port(rule: IngressRule) -> str:
    if rule.protocol in WITHOUT_PORTS:
        return "every port"
    if rule.protocol != "tcp" or rule.from_port is None or rule.to_port is None:
        return ""
    inside = [port for port in PORTS if rule.from_port <= port <= rule.to_port]
    texts = [f"port {port} ({PORTS[port]})" for port in inside]
    return texts[0] if len(texts) == 1 else f"ports {rule.ports_text}, also {texts[0]}" if texts else ""


def old_tls(subject: Subject) -> Iterator[Finding]:
    """A secure listener whose policy allows TLS 1.0 or 1.1."""
    for address, listener in subject.of("listener"):
        policy = listener.ssl_policy or DEFAULT_POLICY
        allowed = strength(policy)
        if listener.protocol in SECURE and allowed and allowed[0] < OLDEST_GOOD:
            what = f"accepts TLS 1.{allowed[0]} (policy {policy}), which browsers no longer use"
            yield at(subject, address, ("ssl_policy",), what, "write tls: recommended")


def plain_http(subject: Subject) -> Iterator[Finding]:
    """A listener for HTTP that forwards, in a stack with HTTPS."""
    secure = [listener for _, listener in subject.of("listener") if listener.protocol == "HTTPS"]
    certified = bool(secure) or any(True for _ in subject.of("record"))
    for address, action, listener in actions(subject):
        if certified and isinstance(action, Forward) and isinstance(listener, Listener) and listener.protocol == "HTTP":
            what = f"forwards requests on port {listener.port} without encryption"
            remedy = (
                "write redirect: 443/https" if secure else "add a listener: {listen: 443/https}, and redirect to it"
            )
            yield at(subject, address, ("action",), what, remedy)


def no_deletion_protection(subject: Subject) -> Iterator[Finding]:
    """A load balancer with DNS records and without deletion protection."""
    pointed = {record.load_balancer for _, record in subject.of("record")}
    for address, balancer in subject.of("load_balancer"):
        if address in pointed and balancer.attributes.get("deletion_protection.enabled") != "true":
            what = "has a domain and no deletion protection"
            yield at(subject, address, (), what, "write protect: true")


def broad_take_over(subject: Subject) -> Iterator[Finding]:
    """`take_over: true` for several domains at once, or for a wildcard."""
    names = [domain.name for domain in subject.short.domain or ()]
    if subject.short.take_over and len(names) > 1:
        what = f"each of {len(names)} domains may replace a DNS record that elbplan did not create"
        yield Finding(None, ("take_over",), what, "after the first apply, remove take_over")
        return
    for address, record in subject.of("record"):
        if record.take_over and record.name.startswith(("*.", "\\052.")) and record.type == "A":
            what = "a wildcard may replace a DNS record that elbplan did not create"
            yield at(subject, address, ("take_over",), what, "after the first apply, remove take_over")
