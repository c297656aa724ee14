"""What elbplan guesses from an account: the servers that belong together, their port, the zones, a free domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .facts import AccountFacts, OpenPorts, Server

USUAL_TAGS = ("app", "application", "service", "component", "role", "tier", "name", "project")
"""Keys of tags that usually select the servers of one application, the best first."""

USUAL_PORTS = (80, 8080, 3000, 8000, 5000, 8081, 4000, 9000)
OTHER_PORTS = (22, 3389, 443, 8443, 3306, 5432, 6379, 27017)
"""Ports of logins, TLS and databases: not those on which servers answer a load balancer over HTTP."""

FEW = 4
"""So many running instances without a common tag are probably the servers of one application."""

WIDE = 100
"""A rule with more ports than this does not tell on which port a server listens."""

ZONES_WITHOUT_B = ("ap-northeast-1", "ap-northeast-2")
"""Regions in which zone b is missing, or offers few instance types."""


def shared_tags(facts: AccountFacts) -> dict[str, list[Server]]:
    """Returns the tags `KEY=VALUE` of two or more instances that all run in one VPC, the best first."""
    servers: dict[str, list[Server]] = {}
    for server in facts.servers:
        for key, value in server.own_tags.items():
            if "=" not in key and _can_be_typed(f"{key}={value}"):
                servers.setdefault(f"{key}={value}", []).append(server)
    running = {server.id for server in facts.running}
    fitting = {tag: used for tag, used in servers.items() if _together(used) and len(used) > 1}
    fitting = {tag: used for tag, used in fitting.items() if all(server.id in running for server in used)}
    return dict(sorted(fitting.items(), key=lambda item: (_rank(item[0]), -len(item[1]), item[0])))


def _can_be_typed(tag: str) -> bool:
    """True for a tag that a person can write as an answer."""
    return tag.isprintable() and tag == tag.strip() and not tag.startswith("tag ")


def _rank(tag: str) -> int:
    key = tag.partition("=")[0].lower()
    return USUAL_TAGS.index(key) if key in USUAL_TAGS else len(USUAL_TAGS)


def _together(servers: Sequence[Server]) -> bool:
    return len({server.vpc for server in servers}) == 1


def likely_servers(facts: AccountFacts) -> tuple[str, list[Server]]:
    """Returns the tag and the servers that probably get the requests; the tag may be empty, and both may be."""
    for tag, servers in shared_tags(facts).items():
        return tag, servers
    few = facts.running if len(facts.running) <= FEW and _together(facts.running) else []
    return "", few


def likely_port(servers: Sequence[Server]) -> int:
    """Returns the port that the security groups of most servers open; 80 if they do not tell."""
    opened = Counter(port for server in servers for port in {p for rule in server.ports for p in _narrow(rule)})
    most = max(opened.values(), default=0)
    best = [port for port, number in opened.items() if number == most]
    usual = [port for port in USUAL_PORTS if port in best]
    return next(iter([*usual, *sorted(best)]), 80)


def _narrow(rule: OpenPorts) -> set[int]:
    if rule.last - rule.first >= WIDE:
        return set()
    return set(range(max(1, rule.first), rule.last + 1)) - set(OTHER_PORTS)


def is_open(servers: Sequence[Server], port: int) -> bool:
    """True if everybody can reach this port of every server, so that a load balancer can too."""
    return all(any(r.anywhere and r.first <= port <= r.last for r in server.ports) for server in servers)


def chosen_zones(facts: AccountFacts, servers: Sequence[Server]) -> tuple[str, ...]:
    """Returns the zones of the servers, and others of their VPC until there are two. Empty if there are not two."""
    network = facts.network_of(servers[0].vpc if servers else "")
    own = sorted({server.zone for server in servers if server.zone})
    if not facts.account:
        return ("a", "c") if facts.region in ZONES_WITHOUT_B else ("a", "b")
    known = network.zones if network else ()
    preferred = [z for z in ("a", "c") if z in known] if facts.region in ZONES_WITHOUT_B else []
    zones = list(dict.fromkeys([*own, *preferred, *known]))[: max(2, len(own))]
    return tuple(sorted(zones)) if len(zones) > 1 and set(zones) <= set(known) else ()


def suggested_domains(facts: AccountFacts, stack: str) -> list[str]:
    """Returns `my-web.example.com` for each hosted zone. A zone whose name another zone has too is left out."""
    names = Counter(zone.name for zone in facts.zones)
    return [f"{stack}.{name}" for name, number in names.items() if number == 1 and "." in name]
