"""Asks what cannot be guessed, and returns what a spec needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .facts import AccountFacts
from .guess import chosen_zones, is_open, likely_port, suggested_domains
from .questions import (
    Ask,
    Selection,
    domain_question,
    health_question,
    port_question,
    servers_question,
    take_over_question,
    zones_of,
)

RecordAt = Callable[[str, str], str]
"""Returns the record of a name in a hosted zone, as text; empty if it has none."""


@dataclass(frozen=True)
class Answers:
    """What a spec needs.

    zones      empty: the account does not have two zones for a load balancer
    vpc        the VPC, if it is not the default VPC
    open       elbplan opens the servers' security groups
    domain     empty: none
    record     the record that the domain has now; empty: none
    take_over  the domain may replace that record. Otherwise the spec must leave the domain out
    """

    name: str
    region: str
    selection: Selection = field(default_factory=Selection)
    zones: tuple[str, ...] = ()
    vpc: str = ""
    port: int = 80
    health: str = "/"
    open: bool = False
    domain: str = ""
    record: str = ""
    take_over: bool = False

    @property
    def serves_domain(self) -> bool:
        """True if the load balancer gets the domain; without it, it answers HTTP on its own name."""
        return bool(self.domain) and (self.take_over or not self.record)


def interview(facts: AccountFacts, name: str, ask: Ask, record_at: RecordAt) -> Answers:
    """Asks for the servers, their port, the health check and the domain. Without an account it asks nothing."""
    selection = ask(servers_question(facts)) if facts.running else Selection()
    servers = selection.servers
    port, health = 80, "/health"
    if servers:
        port, health = ask(port_question(likely_port(servers))), ask(health_question("/"))
    domain, record, take_over = _domain(facts, name, ask, record_at)
    network = facts.network_of(servers[0].vpc if servers else "")
    return Answers(
        name,
        facts.region,
        selection,
        chosen_zones(facts, servers),
        network.vpc if network and not network.default else "",
        port,
        health,
        open=bool(servers) and not is_open(servers, port),
        domain=domain,
        record=record,
        take_over=take_over,
    )


def _domain(facts: AccountFacts, name: str, ask: Ask, record_at: RecordAt) -> tuple[str, str, bool]:
    """The domain, the record that it has now, and whether it may replace that record."""
    if not facts.zones:
        return "", "", False
    suggested = suggested_domains(facts, name)
    if len(suggested) == 1:
        suggested = [domain for domain in suggested if not _record(facts, domain, record_at)]
    domain = ask(domain_question(facts, suggested))
    record = _record(facts, domain, record_at) if domain else ""
    return domain, record, bool(record) and ask(take_over_question(domain, record))


def _record(facts: AccountFacts, domain: str, record_at: RecordAt) -> str:
    return record_at(zones_of(facts, domain)[0].id, domain)
