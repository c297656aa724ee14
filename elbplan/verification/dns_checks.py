"""The checks of DNS: whether zones are delegated, and whether their name servers answer with the load balancer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..kinds.aws.queries import domain
from ..kinds.delegation import NameAnswer, ZoneDelegation
from ..kinds.record import Record
from ..kinds.sample_requests import FILLING
from .check import Check, failed, ok, skipped
from .network import DnsNames
from .shared_names import shared_name_check
from .stack import ServedStack

PRIVATE = "a private zone: it is not delegated"


def delegation_check(stack: ServedStack, zone: str, names: DnsNames) -> Check:
    """Whether the parent of a hosted zone names the zone's own name servers. `zone` is the id."""
    raw = stack.facts.zones.get(zone)
    if raw is None:
        return skipped("delegation", zone, stack.facts.unread.get(zone, "AWS does not let elbplan read the zone"))
    name = domain(raw["HostedZone"]["Name"])
    if raw["HostedZone"].get("Config", {}).get("PrivateZone"):
        return skipped("delegation", name, PRIVATE)
    servers, answer = servers_of(stack, zone), names.name_servers(name)
    found = tuple(map(domain, answer.servers))
    own = () if set(found) <= set(servers) else _own_servers(name, servers, names)
    delegation = ZoneDelegation(zone, name, servers, found, own, problem=answer.problem)
    if answer.problem:
        return skipped("delegation", name, answer.problem)
    if delegation.is_wrong:
        return failed("delegation", name, delegation.text, delegation.fix)
    foreign = sorted(set(found) - {*servers, *own})
    if foreign:
        text = f"delegated, but {', '.join(foreign)} is no name server of the zone"
        return Check("delegation", name, "ok", text, delegation.fix, warning=True)
    return ok("delegation", name, f"delegated to its {len(found)} name servers")


def _own_servers(zone: str, servers: Sequence[str], names: DnsNames) -> tuple[str, ...]:
    """The name servers in the zone's own NS record, which may have names of the zone's own domain.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/white-label-name-servers.html
    """
    answers = names.by_servers(zone, servers[:1], "NS")
    return tuple(domain(server) for answer in answers for server in answer.addresses)


def servers_of(stack: ServedStack, zone: str) -> tuple[str, ...]:
    """The name servers of a hosted zone, by Route 53."""
    raw = stack.facts.zones.get(zone, {})
    return tuple(map(domain, raw.get("DelegationSet", {}).get("NameServers", ())))


def record_check(stack: ServedStack, record: Record, addresses: Sequence[str], names: DnsNames) -> Check:
    """Whether each name server of the zone answers with the load balancer's addresses.

    A record with a routing policy shares its name: see shared_names.py. The resolver of this machine may still have an
    old answer. That is a note, not a failure.
    """
    zone, subject = stack.id(record.zone), f"{record.name} {record.type}"
    servers = servers_of(stack, zone)
    if not servers:
        return skipped("dns", subject, stack.facts.unread.get(zone, "the name servers of the zone are unknown"))
    if not addresses:
        return skipped("dns", subject, "the load balancer has no such address yet")
    name = stack_name(record)
    answers = names.by_servers(name, servers, record.type)
    heard = [answer for answer in answers if not answer.problem]
    if not heard:
        reasons = "; ".join(f"{answer.server} {answer.problem}" for answer in answers[:1])
        return skipped("dns", subject, f"none of {len(answers)} name servers answers: {reasons}")
    if record.set_identifier:
        ask = partial(names.by_servers, name, servers, record.type)
        return shared_name_check(record, subject, addresses, heard, ask, plan_command(stack))
    wrong = [answer for answer in heard if not set(answer.addresses) & set(addresses)]
    if wrong:
        return _wrong(stack, subject, wrong[0], addresses)
    note = _note(names.by_resolver(name, record.type), addresses)
    text = f"{len(heard)} of {len(answers)} name servers answer with the load balancer{note}"
    return Check("dns", subject, "ok", text, warning=len(heard) < len(answers))


def stack_name(record: Record) -> str:
    """The name that clients ask for; for a wildcard, one of its names."""
    return record.name.replace("*", FILLING)


def _wrong(stack: ServedStack, subject: str, answer: NameAnswer, addresses: Sequence[str]) -> Check:
    found = ", ".join(answer.addresses) or "nothing"
    what = f"{answer.server} answers {found}, the load balancer has {', '.join(addresses)}"
    return failed("dns", subject, what, "see whether the record is as the spec wants it", plan_command(stack))


def plan_command(stack: ServedStack) -> str:
    """The command that shows what apply would change."""
    return stack.retry.replace("elbplan apply", "elbplan plan", 1)


def _note(here: NameAnswer, addresses: Sequence[str]) -> str:
    """What the resolver of this machine has, if it differs."""
    if here.problem or set(here.addresses) & set(addresses):
        return ""
    return f"; not spread yet: the DNS of this machine answers {', '.join(here.addresses) or 'nothing'}"


def unmanaged_check(name: str, addresses: Sequence[str], names: DnsNames) -> Check:
    """Where a name of the spec leads whose record elbplan does not manage; it may lead to a CDN."""
    here = names.by_resolver(name)
    if here.problem:
        return skipped("dns", name, here.problem)
    if set(here.addresses) & set(addresses):
        return ok("dns", name, "the DNS of this machine answers with the load balancer")
    found = ", ".join(here.addresses) or "nothing"
    return skipped("dns", name, f"elbplan does not manage its record, which leads to {found}")
