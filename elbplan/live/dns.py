"""Asks the name servers of a parent zone which name servers a zone has. All DNS queries of elbplan are sent here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from ..kinds.delegation import ParentAnswer

EACH, ALTOGETHER = 2.0, 4.0
"""The longest time in seconds for one query, and for all queries about one zone."""

NO_INTERNET = "the DNS here does not answer for the internet"
MOST_SERVERS = 3
"""How many name servers of the parent elbplan asks, one after the other."""


class Network(Protocol):
    """How queries are sent. Both raise DNSException or OSError without an answer in time."""

    def resolve(self, name: dns.name.Name, type: str, seconds: float) -> list[str]:
        """The values of the records, from the resolver of this machine."""

    def ask(self, query: dns.message.Message, address: str, seconds: float) -> dns.message.Message:
        """The answer of one name server."""


class Internet:
    """Queries over the network."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None, port: int = 53) -> None:
        self._resolver, self._port = resolver, port

    def resolve(self, name: dns.name.Name, type: str, seconds: float) -> list[str]:
        """An alias (CNAME) has no name servers: those that a resolver returns belong to its target."""
        self._resolver = self._resolver or dns.resolver.Resolver()
        answer = self._resolver.resolve(name, type, lifetime=seconds)
        if type == "NS" and answer.canonical_name != name:
            return []
        return [str(record) for record in answer]

    def ask(self, query: dns.message.Message, address: str, seconds: float) -> dns.message.Message:
        answer, _ = dns.query.udp_with_fallback(query, address, timeout=seconds, port=self._port)
        return answer


class OneServer(Internet):
    """Queries to one server, which answers for every name server: the DNS of the local simulator."""

    def __init__(self, address: str, port: int) -> None:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [address], port
        super().__init__(resolver, port)
        self._address = address

    def ask(self, query: dns.message.Message, address: str, seconds: float) -> dns.message.Message:
        return super().ask(query, self._address, seconds)


class ParentServers:
    """Asks each zone once. Thread-safe; `now` are seconds of any clock that does not go back."""

    def __init__(self, network: Network | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._network = network or Internet()
        self._now = now
        self._known: dict[str, ParentAnswer] = {}
        self._lock = threading.Lock()

    def name_servers(self, zone: str) -> ParentAnswer:
        """The name servers that the parent of this zone has for it; the problem if nobody answers. Raises nothing."""
        with self._lock:
            known = self._known.get(zone)
        answer = known or self._answer(zone)
        with self._lock:
            self._known[zone] = answer
        return answer

    def _answer(self, zone: str) -> ParentAnswer:
        try:
            return _Question(self._network, self._now, dns.name.from_text(zone)).answer()
        except NO_ANSWER as error:
            return ParentAnswer(problem=problem_text(error))


NO_ANSWER = (dns.exception.DNSException, OSError, ValueError)
"""What a query raises that nobody answers, or that has a wrong name."""


def problem_text(error: Exception) -> str:
    """Why there is no answer, in a few words."""
    if isinstance(error, dns.exception.Timeout):
        return f"no DNS server answers within {ALTOGETHER:.0f} s"
    if isinstance(error, dns.resolver.NoResolverConfiguration):
        return "this machine has no DNS server"
    return "no DNS server answers here"


class Queries:
    """Queries that share one deadline."""

    def __init__(self, network: Network, now: Callable[[], float], seconds: float = ALTOGETHER) -> None:
        self.network, self._now = network, now
        self._end = now() + seconds

    def resolve(self, name: dns.name.Name, type: str) -> list[str]:
        """The values of the records, from the resolver of this machine."""
        return self.network.resolve(name, type, self.seconds())

    def seconds(self) -> float:
        """The longest time for the next query. Raises Timeout after the deadline."""
        left = self._end - self._now()
        if left <= 0:
            raise dns.exception.Timeout
        return min(EACH, left)

    def zone_above(self, name: dns.name.Name) -> tuple[dns.name.Name, Sequence[str]]:
        """The nearest zone above this name, with its name servers."""
        while name != dns.name.root:
            name = name.parent()
            try:
                hosts = self.resolve(name, "NS")
            except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
                continue
            if hosts:
                return name, hosts
        raise dns.resolver.NoNameservers

    def ask(self, query: dns.message.Message, host: str) -> dns.message.Message:
        """The answer of the name server with this host name."""
        (address, *_) = self.resolve(dns.name.from_text(host), "A")
        return self.network.ask(query, address, self.seconds())


class _Question:
    """One question about one zone, with its deadline."""

    def __init__(self, network: Network, now: Callable[[], float], zone: dns.name.Name) -> None:
        self._zone = zone
        self._queries = Queries(network, now)

    def answer(self) -> ParentAnswer:
        """The parent's own answer. If its servers cannot be reached, the resolver's answer counts if it names servers.

        A resolver inside a company may not know a name that the internet knows, so only names count.
        """
        parent, hosts = self._queries.zone_above(self._zone)
        if parent == dns.name.root and len(self._zone.labels) > TOP_LEVEL:
            return ParentAnswer(problem=NO_INTERNET)
        for response in self._responses(hosts):
            if (servers := _delegated(response, self._zone)) is not None:
                return ParentAnswer(servers)
        try:
            servers = _names(self._queries.resolve(self._zone, "NS"))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            servers = ()
        problem = "" if servers else f"the name servers of {_text(parent) or 'the root'} do not answer"
        return ParentAnswer(servers, problem)

    def _responses(self, hosts: Sequence[str]) -> Iterator[dns.message.Message]:
        query = dns.message.make_query(self._zone, dns.rdatatype.NS, flags=0)
        for host in hosts[:MOST_SERVERS]:
            try:
                yield self._queries.ask(query, host)
            except (dns.exception.DNSException, OSError):
                continue


TOP_LEVEL = 2
"""The number of labels of a top-level domain, with the root."""


def _delegated(response: dns.message.Message, zone: dns.name.Name) -> tuple[str, ...] | None:
    """The name servers in a parent's answer; () if the parent has none; None if it is no answer to the question."""
    sets = [*response.answer, *response.authority]
    found = [str(record) for s in sets if s.name == zone and s.rdtype == dns.rdatatype.NS for record in s]
    if found:
        return _names(found)
    denied = response.rcode() == dns.rcode.NXDOMAIN
    empty = response.rcode() == dns.rcode.NOERROR and bool(response.flags & dns.flags.AA)
    return () if denied or empty else None


def _names(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(name.lower().rstrip(".") for name in names))


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True) if name != dns.name.root else ""
