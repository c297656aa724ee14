"""Says in words what an account has, for the person who asked for a spec."""

from __future__ import annotations

from collections.abc import Iterator

from .facts import AccountFacts, Balancer
from .guess import likely_servers
from .interview import Answers

MOST_NAMED = 4


def found_texts(facts: AccountFacts) -> list[str]:
    """Returns `2 running instances with tag app=web`, `hosted zone example.com`, ...; what is missing too."""
    return [*_servers(facts), *_network(facts), *_zones(facts), *_balancers(facts)]


def _servers(facts: AccountFacts) -> Iterator[str]:
    tag, servers = likely_servers(facts)
    number = len(servers) if tag else len(facts.running)
    if "instances" not in facts.unread:
        text = f"{number or 'no'} running instance{'' if number == 1 else 's'}"
        others = len(facts.running) - number
        rest = f" and {others} other{'' if others == 1 else 's'}" if others else ""
        yield f"{text} with tag {tag}{rest}" if tag else text


def _network(facts: AccountFacts) -> Iterator[str]:
    network = facts.default_network
    if network:
        yield f"default VPC with public subnets in zones {', '.join(network.zones) or '(none)'}"
    elif "VPCs" not in facts.unread:
        yield "no default VPC"


def _zones(facts: AccountFacts) -> Iterator[str]:
    names = [zone.name for zone in facts.zones]
    if names:
        yield f"hosted zone{'s' if len(names) > 1 else ''} {_some(names)}"
    elif "hosted zones" not in facts.unread:
        yield "no hosted zone"


def _balancers(facts: AccountFacts) -> Iterator[str]:
    foreign = [balancer.name for balancer in facts.balancers if not balancer.stack]
    if foreign:
        yield f"load balancer{'s' if len(foreign) > 1 else ''} {_some(foreign)}"


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def similar_balancers(facts: AccountFacts, answers: Answers) -> list[Balancer]:
    """Returns the load balancers, not of elbplan, that already send requests to the chosen servers."""
    chosen = {server.id for server in answers.selection.servers}
    return [balancer for balancer in facts.balancers if not balancer.stack and balancer.targets & chosen]
