"""Rules about interruptions: too few servers or zones, health checks, draining."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Lookup
from ...core.duration import duration_text
from ...kinds.aws.health_check import HEALTHY, INTERVAL, UNHEALTHY
from ...kinds.instance import Instance
from ...kinds.load_balancer import LoadBalancer
from ...kinds.target_group import TargetGroup
from ...kinds.targets import Targets
from ..validate.checks.subject import Subject
from .finding import Finding, at

HTTP = ("HTTP", "HTTPS")
WEB_PORTS = (80, 443, 3000, 5000, 8000, 8080, 8443)
EVERY_ZONE = (Lookup("subnet", "*"),)
DRAIN = "deregistration_delay.timeout_seconds"
LONGEST_DETECTION = 120
LONGEST_RECOVERY = 300
LONGEST_DRAIN = 900


def single_server(subject: Subject) -> Iterator[Finding]:
    """A group of servers with one member. Tags may find any number, and others fill a group without targets."""
    for address, targets in subject.of("targets"):
        group = subject.get(targets.group)
        if isinstance(group, TargetGroup) and group.target_type in ("instance", "ip") and _count(targets) == 1:
            what = "has one target: while it restarts or fails, nobody answers"
            yield at(subject, address, ("members",), what, "add a second server, in another zone")


def _count(targets: Targets) -> int | None:
    """How many targets there are; None if a tag decides."""
    by_tag = any(isinstance(member.instance, Lookup) for member in targets.members)
    return None if by_tag else len(targets.members)


def single_zone(subject: Subject) -> Iterator[Finding]:
    """Several servers of the stack in one subnet, or a network load balancer in one subnet."""
    for address, targets in subject.of("targets"):
        servers = [subject.get(member.instance) for member in targets.members]
        subnets = {server.subnet for server in servers if isinstance(server, Instance)}
        if len(servers) > 1 and len(subnets) == 1 and all(isinstance(server, Instance) for server in servers):
            what = "has all its servers in one zone: if the zone fails, nobody answers"
            yield at(subject, address, ("members",), what, "write at least two zones: zones: [a, c]")
    for address, balancer in subject.of("load_balancer"):
        if balancer.type == "network" and len(balancer.subnets) == 1 and balancer.subnets != EVERY_ZONE:
            what = "is in one zone: if the zone fails, nobody answers"
            yield at(subject, address, ("subnets",), what, "write at least two zones: zones: [a, c]")


def no_health_page(subject: Subject) -> Iterator[Finding]:
    """A check of `/`, or a check of the port alone for a web server."""
    for address, group in subject.of("target_group"):
        if group.target_type not in ("instance", "ip") or group.protocol_version == "GRPC":
            continue
        by_http = group.health.protocol in HTTP or (group.health.protocol is None and group.protocol in HTTP)
        if by_http and group.health.path in (None, "/"):
            what = "its health check asks the start page, which can answer although the application does not work"
            remedy = "add a page that tests what the application needs, and write health: /health"
            yield at(subject, address, ("health", "path"), what, remedy)
        elif not by_http and group.port in WEB_PORTS and group.protocol in ("TCP", "TLS"):
            what = f"its health check only opens port {group.port}, which also works while the application fails"
            yield at(subject, address, ("health",), what, "write health: /health, so that AWS asks a page")


def slow_health_check(subject: Subject) -> Iterator[Finding]:
    """Interval and thresholds together are long."""
    for address, group in subject.of("target_group"):
        interval = group.health.interval or INTERVAL
        failing = interval * (group.health.unhealthy or UNHEALTHY)
        passing = interval * (group.health.healthy or HEALTHY)
        if failing > LONGEST_DETECTION:
            what = f"a broken server still gets requests for {duration_text(failing)}"
            remedy = "write health: {every: 10s, unhealthy: 2}"
        elif passing > LONGEST_RECOVERY:
            what = f"a good server gets its first request after {duration_text(passing)}"
            remedy = "write health: {every: 10s, healthy: 3}"
        else:
            continue
        yield at(subject, address, ("health", "interval"), what, remedy)


def no_drain(subject: Subject) -> Iterator[Finding]:
    """A drain of 0 s."""
    for address, group in subject.of("target_group"):
        if group.attributes.get(DRAIN) == "0":
            what = "its targets do not finish open requests when they are deregistered: clients get errors"
            yield at(subject, address, ("attributes", DRAIN), what, "write drain: 30s, or the longest request")


def long_drain(subject: Subject) -> Iterator[Finding]:
    """A drain of more than 15 min."""
    for address, group in subject.of("target_group"):
        text = str(group.attributes.get(DRAIN, "0"))
        if text.isdigit() and int(text) > LONGEST_DRAIN:
            what = f"each change that deregisters a target waits for {duration_text(int(text))}"
            yield at(subject, address, ("attributes", DRAIN), what, "write drain: 300s, or the longest request")


def all_zones(subject: Subject) -> Iterator[Finding]:
    """A public load balancer in all zones, for at most two servers."""
    count = _servers(subject)
    for address, balancer in subject.of("load_balancer"):
        if count in (1, 2) and _is_everywhere(balancer):
            what = f"is in every zone of the region for {count} server{'s' if count != 1 else ''}"
            billed = "AWS bills a public IPv4 address in each zone"
            yield at(subject, address, (), f"{what}: {billed}", "write the zones of the servers: zones: [a, c]")


def _is_everywhere(balancer: LoadBalancer) -> bool:
    """True if the spec names neither zones nor subnets, and the load balancer has public IPv4 addresses."""
    public = balancer.scheme == "internet-facing" and "without-public-ipv4" not in balancer.ip_address_type
    return public and balancer.subnets == EVERY_ZONE


def _servers(subject: Subject) -> int | None:
    """How many targets the groups have; None if somebody else decides."""
    groups = [address for address, _ in subject.of("target_group")]
    counts = [_count(targets) for _, targets in subject.of("targets")]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(groups) else None
