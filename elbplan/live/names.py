"""Asks DNS for the addresses of names: the resolver of this machine, and the name servers that have the name."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver

from ..kinds.delegation import NameAnswer, ParentAnswer
from .debug_log import DebugLog
from .dns import ALTOGETHER, NO_ANSWER, NO_INTERNET, Internet, Network, OneServer, ParentServers, Queries, problem_text
from .logged_dns import LoggedNetwork
from .worker_threads import WorkerThreads

KNOWN_NAME = "amazonaws.com"
"""A name that the DNS of the internet has. A DNS without it is one of a closed network."""


class Names:
    """The addresses of names. Raises nothing. Thread-safe.

    known   a name that this DNS must have if it answers for the internet; empty: it need not
    """

    def __init__(
        self,
        network: Network | None = None,
        now: Callable[[], float] = time.monotonic,
        known: str = KNOWN_NAME,
        seconds: float = ALTOGETHER,
    ) -> None:
        self._network, self._now, self._known, self._seconds = network or Internet(), now, known, seconds

    def name_servers(self, zone: str) -> ParentAnswer:
        """The name servers that the parent of this zone has for it; the problem if nobody answers."""
        return ParentServers(self._network, self._now).name_servers(zone)

    def by_resolver(self, name: str, type: str = "A") -> NameAnswer:
        """The addresses by the resolver of this machine, which may have an old answer."""
        queries = Queries(self._network, self._now, self._seconds)
        try:
            return NameAnswer(tuple(sorted(queries.resolve(dns.name.from_text(name), type))))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return NameAnswer(problem=self._closed_network())
        except NO_ANSWER as error:
            return NameAnswer(problem=problem_text(error))

    def at_source(self, name: str, type: str = "A") -> NameAnswer:
        """The addresses by the resolver; if it has none, by the name servers of the zone above the name.

        A resolver keeps for a while that a new name does not exist.
        """
        found = self.by_resolver(name, type)
        if found.addresses or found.problem:
            return found
        try:
            _, hosts = Queries(self._network, self._now, self._seconds).zone_above(dns.name.from_text(name))
        except NO_ANSWER:
            return found
        return next((answer for answer in self.by_servers(name, hosts, type) if answer.addresses), found)

    def by_servers(self, name: str, servers: Sequence[str], type: str = "A") -> list[NameAnswer]:
        """What each of these name servers has for the name, without a cache."""
        with WorkerThreads(max(1, len(servers))) as threads:
            return threads.map(lambda server: self._by_server(name, server, type), servers)

    def _by_server(self, name: str, server: str, type: str) -> NameAnswer:
        host = server.rstrip(".")
        query = dns.message.make_query(name, type, flags=0)
        try:
            response = Queries(self._network, self._now, self._seconds).ask(query, server)
        except NO_ANSWER:
            return NameAnswer(server=host, problem="does not answer")
        kind = dns.rdatatype.from_text(type)
        found = sorted(str(record) for entry in response.answer if entry.rdtype == kind for record in entry)
        known = response.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN) and response.flags & dns.flags.AA
        return NameAnswer(tuple(found), host, "" if found or known else "is no name server of this name")

    def _closed_network(self) -> str:
        """The problem of a DNS that does not answer for the internet; empty if it does."""
        if not self._known:
            return ""
        try:
            Queries(self._network, self._now, self._seconds).resolve(dns.name.from_text(self._known), "NS")
        except NO_ANSWER:
            return NO_INTERNET
        return ""


def names_of_internet(log: DebugLog | None = None) -> Names:
    """The DNS of the internet; its queries are written to the log, if there is one."""
    return Names(LoggedNetwork(Internet(), log) if log else None)


def parents_on_internet(log: DebugLog | None) -> ParentServers:
    """The parent zones on the internet, each zone asked once. With a log, every query is written to it."""
    return ParentServers(LoggedNetwork(Internet(), log) if log else None)


def names_of_simulator(address: str, port: int) -> Names:
    """The DNS of the local simulator. It has no names of the internet."""
    return Names(OneServer(address, port), known="")
