"""Checks records, health checks of Route 53 and hosted zones: what Route 53 refuses without a look at AWS."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from ....core.address import Address, Lookup, Ref
from ....kinds.aws.queries import private_zone_named
from ....kinds.aws.routing_policies import policies_of
from ....kinds.load_balancer import LoadBalancer
from ....kinds.record import Record, excluded
from ....kinds.route53_health_check import FEWEST_REGIONS, PORTS, STRING_MATCH, Route53HealthCheck
from ...errors import SpecValueError
from ...short.records import identifier
from .subject import Subject

Problem = tuple[tuple[str | int, ...], str, str]


def check(subject: Subject) -> None:
    """Reports what Route 53 refuses of these resources."""
    seen: list[tuple[Address, Record]] = []
    for address, record in subject.of("record"):
        for path, what, hint in _record_problems(subject, record):
            subject.problem(address, path, what, hint)
        _beside_others(subject, address, record, seen)
        seen.append((address, record))
    for address, health_check in subject.of("route53_health_check"):
        for path, what, hint in _check_problems(subject, health_check):
            subject.problem(address, path, what, hint)


def _record_problems(subject: Subject, record: Record) -> Iterator[Problem]:
    yield from _policy_problems(record)
    if record.is_alias and record.ttl is not None:
        yield ("ttl",), "an alias has no TTL of its own", "leave out ttl:, or write type: cname"
    if record.multi_value_answer and record.type != "HTTPS":
        yield from _address_problems(subject, record)
    elif record.value is not None and record.type != "HTTPS":
        yield ("value",), "only an HTTPS record and a multivalue answer have a value", "leave out value:"
    if record.elastic_ip and not (record.multi_value_answer and record.type == "A"):
        what = "only a multivalue answer of type A has the address of an Elastic IP"
        yield ("elastic_ip",), what, "leave out elastic_ip:, or write multi_value_answer: true"
    if record.type == "CNAME" and record.name == _zone_name(record.zone):
        what = f"{record.name} is the name of its zone, and Route 53 allows no CNAME there"
        yield ("type",), what, "leave out type:, so that elbplan makes an alias"
    if record.cidr_routing and isinstance(record.zone, Lookup) and private_zone_named(record.zone.query):
        yield ("cidr_routing",), "Route 53 has no routing by networks in private zones", "write another policy"
    check = subject.get(record.health_check)
    balancer = subject.get(check.load_balancer) if isinstance(check, Route53HealthCheck) else None
    if isinstance(balancer, LoadBalancer) and balancer.scheme == "internal":
        what = "the checkers of Route 53 ask over the internet, and this load balancer is internal"
        yield ("health_check",), what, "leave out health_check: Route 53 follows the health of the targets anyway"


def _address_problems(subject: Subject, record: Record) -> Iterator[Problem]:
    """What is wrong with the address of a multivalue answer: AWS wants one, of the record's type."""
    if record.type == "CNAME":
        yield ("type",), "a multivalue answer has addresses, and a CNAME has none", "write type: A"
        return
    if record.value and record.elastic_ip:
        yield ("value",), "a multivalue answer has one address", "leave out value: or elastic_ip:"
    elif record.value and _version(record.value) != (6 if record.type == "AAAA" else 4):
        what = f"{record.value} is not an address of type {record.type}"
        yield ("value",), what, f"write one like {'2001:db8::5' if record.type == 'AAAA' else '203.0.113.7'}"
        return
    elif not record.value and not record.elastic_ip:
        yield (), "a multivalue answer needs an address", "write elastic_ip:, or value:"
    balancer = subject.get(record.load_balancer)
    if isinstance(balancer, LoadBalancer) and (record.elastic_ip or _version(record.value or "")):
        fixed = {text for pin in balancer.pins for text in (pin.allocation, pin.address, pin.ipv6_address) if text}
        given = record.elastic_ip or record.value
        if given and given not in fixed:
            what = f"{given} is not a fixed address of {record.load_balancer}"
            hint = "write it in pins: of the load balancer, or name an address that is there"
            yield ("elastic_ip" if record.elastic_ip else "value",), what, hint


PRIVATE = [
    ipaddress.ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"),
        *("224.0.0.0/4", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
]
"""Networks that the internet does not reach."""


def _version(text: str) -> int:
    try:
        return ipaddress.ip_address(text).version
    except ValueError:
        return 0


def _is_private(text: str) -> bool:
    """https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html (IPAddress: "private")"""
    return bool(_version(text)) and any(ipaddress.ip_address(text) in network for network in PRIVATE)


def _zone_name(zone: Ref) -> str:
    """The name of a zone that is given by name; "" for one by id, or found by the domain name."""
    if isinstance(zone, Address):
        return zone.name
    return private_zone_named(zone.query) if isinstance(zone, Lookup) else ""


def _policy_problems(record: Record) -> Iterator[Problem]:
    policies = policies_of(record)
    if len(policies) > 1:
        yield (), f"a record has one policy, not {' and '.join(policies)}", "keep one of them"
    if policies and not record.set_identifier:
        yield (), f"a {policies[0]} record needs an identifier", "write set_identifier:"
    if record.set_identifier:
        try:
            identifier(record.set_identifier)
        except SpecValueError as error:
            yield ("set_identifier",), error.what, error.hint
        if not policies:
            what = "only a record with a policy has an id: it tells the records of one name apart"
            yield ("set_identifier",), what, "write policy: too, or leave out id:"


def _beside_others(subject: Subject, address: Address, record: Record, seen: list[tuple[Address, Record]]) -> None:
    """Reports the first record of this stack that AWS refuses beside this one."""
    for other, earlier in seen:
        if excluded(earlier, record) and _origin(subject, other) != _origin(subject, address):
            what = f"AWS refuses {record.type} {record.name} beside {other}"
            hint = "all records of a name have one type or policy, each with its own id and place"
            subject.problem(address, (), what, hint)
            return
        if excluded(earlier, record):
            subject.problem(address, ("type",), f"a name with a CNAME has no other record: {record.name}", "keep cname")
            return


def _origin(subject: Subject, address: Address) -> Any:
    return subject.drafts[address].origin


def _check_problems(subject: Subject, check: Route53HealthCheck) -> Iterator[Problem]:
    asked = [check.load_balancer, check.fully_qualified_domain_name or check.ip_address or check.elastic_ip]
    if not any(asked):
        yield (), "a health check needs something to ask", "write load_balancer:, or a name or an address"
    if all(asked):
        what = "a health check asks either a load balancer or another name"
        yield ("fully_qualified_domain_name",), what, "leave out one of the two"
    if check.ip_address and check.elastic_ip:
        yield ("ip_address",), "a health check asks one address", "leave out ip_address: or elastic_ip:"
    if check.ip_address and _is_private(check.ip_address):
        what = f"the checkers of Route 53 ask over the internet, and {check.ip_address} is not an address there"
        yield ("ip_address",), what, "leave out health_check:, or write a public address"
    if check.port is None and check.type not in PORTS:
        yield ("port",), "a check over TCP needs a port", "write port:"
    if (check.type in STRING_MATCH) != (check.search_string is not None):
        what = "a text to search for and a type that ends with _STR_MATCH belong together"
        yield ("search_string",), what, "write both, or neither"
    if check.type == "TCP" and check.resource_path:
        yield ("resource_path",), "a check over TCP sends no request", "leave out resource_path:"
    if check.resource_path and not check.resource_path.startswith("/"):
        yield ("resource_path",), f'"{check.resource_path}" is not a path', "begin it with /"
    if check.regions and len(check.regions) < FEWEST_REGIONS:
        yield ("regions",), f"Route 53 wants at least {FEWEST_REGIONS} regions", "write more, or leave out regions:"
