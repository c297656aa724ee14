"""Which name servers a parent zone has for a zone, from fake networks and from a DNS server on this machine."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from elbplan.kinds.delegation import ParentAnswer
from elbplan.live.dns import ALTOGETHER, EACH, Internet, ParentServers

OURS = ("ns-1.awsdns-00.com", "ns-2.awsdns-00.net")
RECORDS = {
    ("com.", "NS"): ["a.gtld-servers.net."],
    ("a.gtld-servers.net.", "A"): ["192.0.2.1"],
    ("example.com.", "NS"): [f"{name}." for name in OURS],
    ("ns-1.awsdns-00.com.", "A"): ["192.0.2.2"],
    ("ns-2.awsdns-00.net.", "A"): ["192.0.2.3"],
}
Reply = Callable[[dns.message.Message], dns.message.Message]


def referral(query: dns.message.Message, *servers: str) -> dns.message.Message:
    """What a parent answers for a zone that it delegates."""
    response = dns.message.make_response(query)
    name = query.question[0].name
    response.authority.append(dns.rrset.from_text(name, 172800, "IN", "NS", *(f"{server}." for server in servers)))
    return response


def denial(query: dns.message.Message, rcode: dns.rcode.Rcode = dns.rcode.NXDOMAIN) -> dns.message.Message:
    """What a parent answers for a zone that it does not delegate."""
    response = dns.message.make_response(query)
    response.set_rcode(rcode)
    response.flags |= dns.flags.AA
    return response


@dataclass
class FakeNetwork:
    """Answers by these records; a name without records does not exist."""

    reply: Reply
    records: Mapping[tuple[str, str], list[str]] = field(default_factory=lambda: RECORDS)
    asked: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def resolve(self, name: dns.name.Name, type: str, seconds: float) -> list[str]:
        self.seconds.append(seconds)
        if (str(name), type) not in self.records:
            raise dns.resolver.NXDOMAIN
        return self.records[str(name), type]

    def ask(self, query: dns.message.Message, address: str, seconds: float) -> dns.message.Message:
        self.asked.append(f"{query.question[0].name} at {address}")
        self.seconds.append(seconds)
        return self.reply(query)


def timeout(query: dns.message.Message) -> dns.message.Message:
    raise dns.exception.Timeout


def test_the_parent_is_asked_and_not_the_cache_of_a_resolver() -> None:
    network = FakeNetwork(lambda query: referral(query, "NS1.Other.net", *OURS))
    assert ParentServers(network).name_servers("example.com") == ParentAnswer((*OURS, "ns1.other.net"))
    assert network.asked == ["example.com. at 192.0.2.1"]


def test_the_parent_of_a_subdomain_is_the_nearest_zone_above_it() -> None:
    network = FakeNetwork(lambda query: referral(query, *OURS))
    ParentServers(network).name_servers("eu.shop.example.com")
    assert network.asked == ["eu.shop.example.com. at 192.0.2.2"]


@pytest.mark.parametrize("rcode", [dns.rcode.NXDOMAIN, dns.rcode.NOERROR])
def test_a_parent_without_name_servers_says_so(rcode: dns.rcode.Rcode) -> None:
    network = FakeNetwork(lambda query: denial(query, rcode))
    assert ParentServers(network).name_servers("example.com") == ParentAnswer(())


def test_a_refusal_is_no_answer() -> None:
    network = FakeNetwork(lambda query: denial(query, dns.rcode.REFUSED), {**RECORDS, ("example.com.", "NS"): []})
    assert ParentServers(network).name_servers("example.com").problem == "the name servers of com do not answer"


def test_if_the_parent_does_not_answer_the_resolver_counts_where_it_names_servers() -> None:
    assert ParentServers(FakeNetwork(timeout)).name_servers("example.com") == ParentAnswer(OURS)
    unknown = {key: value for key, value in RECORDS.items() if key != ("example.com.", "NS")}
    answer = ParentServers(FakeNetwork(timeout, unknown)).name_servers("example.com")
    assert (answer.servers, answer.problem) == ((), "the name servers of com do not answer")


def test_a_network_without_the_internet_says_nothing_about_a_zone() -> None:
    records = {(".", "NS"): ["root.corp."], ("root.corp.", "A"): ["192.0.2.9"]}
    network = FakeNetwork(denial, records)
    assert ParentServers(network).name_servers("example.com").problem == "the DNS here does not answer for the internet"
    assert network.asked == []


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (dns.exception.Timeout(), "no DNS server answers within 4 s"),
        (dns.resolver.NoResolverConfiguration(), "this machine has no DNS server"),
        (dns.resolver.NoNameservers(), "no DNS server answers here"),
        (OSError("unreachable"), "no DNS server answers here"),
    ],
)
def test_every_failure_is_a_reason(error: Exception, problem: str) -> None:
    class Broken(FakeNetwork):
        def resolve(self, name: dns.name.Name, type: str, seconds: float) -> list[str]:
            raise error

    assert ParentServers(Broken(timeout)).name_servers("example.com") == ParentAnswer(problem=problem)


def test_all_queries_together_have_a_deadline() -> None:
    times = iter([0.0, 1.0, 3.0, 3.5, 5.0, 6.0, 7.0])
    network = FakeNetwork(timeout)
    answer = ParentServers(network, lambda: next(times)).name_servers("example.com")
    assert answer.problem == f"no DNS server answers within {ALTOGETHER:.0f} s"
    assert network.seconds == [EACH, 1.0, 0.5]


def test_a_zone_is_asked_once() -> None:
    network = FakeNetwork(lambda query: referral(query, *OURS))
    servers = ParentServers(network)
    assert servers.name_servers("example.com") == servers.name_servers("example.com")
    assert len(network.asked) == 1


@contextlib.contextmanager
def dns_server(reply: Reply) -> Iterator[int]:
    """A DNS server on a free UDP port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    data, address = server.recvfrom(4096)
                    server.sendto(reply(dns.message.from_wire(data)).to_wire(), address)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


def of_the_internet(query: dns.message.Message) -> dns.message.Message:
    """A resolver (recursion desired) and the parent `com` (not desired) in one."""
    question = query.question[0]
    if not query.flags & dns.flags.RD:
        return referral(query, "ns1.registrar.net")
    response = dns.message.make_response(query)
    if str(question.name) == "com.":
        response.answer.append(dns.rrset.from_text("com.", 60, "IN", "NS", "a.gtld-servers.net."))
    elif str(question.name) == "alias.com.":
        response.answer.append(dns.rrset.from_text("alias.com.", 60, "IN", "CNAME", "com."))
        response.answer.append(dns.rrset.from_text("com.", 60, "IN", "NS", "a.gtld-servers.net."))
    else:
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", "127.0.0.1"))
    return response


def test_queries_go_over_the_network() -> None:
    with dns_server(of_the_internet) as port:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], port
        internet = Internet(resolver, port)
        assert ParentServers(internet).name_servers("example.com") == ParentAnswer(("ns1.registrar.net",))
        assert internet.resolve(dns.name.from_text("alias.com"), "NS", 2) == []
