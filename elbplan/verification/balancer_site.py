"""All checks that send something to one load balancer, in phases: what a later check needs comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..core.address import Address
from ..kinds.aws.actions import Redirect, Respond
from ..kinds.aws.mutual_tls import CLIENT_CERTIFICATE
from ..kinds.aws.request_matching import Request, matches_all
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.sample_requests import FILLING, sample_requests, taken_by
from .check import Check, failed, skipped
from .client_checks import client_tasks, untried_clients
from .client_identity import ClientIdentity
from .deadline import Deadline
from .dns_checks import record_check, unmanaged_check
from .http import Client, url_of
from .login_checks import login_check, wanted_login
from .network import Network
from .rule_checks import rule_check
from .site import Site
from .stack import ServedStack
from .tasks import Task, run
from .web_checks import answer_check, connection_check, is_secure, redirect_check, tls_check

Listeners = Sequence[tuple[Address, Listener]]
UNTRIED = ("UDP", "QUIC", "TCP_QUIC")
"""The protocols without a connection that could be tried. TCP_UDP has one."""

WEB = ("HTTP", "HTTPS")


class BalancerSite:
    """One load balancer, and everything that is asked of it. `now` is the time of day in seconds since 1970."""

    def __init__(
        self, stack: ServedStack, address: Address, balancer: LoadBalancer, network: Network, deadline: Deadline,
        now: float, openings: Mapping[int, str], identity: ClientIdentity | None = None,
    ) -> None:  # fmt: skip
        self._stack, self._address, self._balancer, self._network = stack, address, balancer, network
        self._deadline, self._now, self._openings, self._identity = deadline, now, openings, identity
        self._listeners: Listeners = list(stack.listeners(address))

    def checks(self) -> list[Check]:
        """Every check, in order. Without addresses nothing is asked."""
        raw = self._stack.facts.balancers.get(self._stack.id(self._address), {})
        dns_name = str(raw.get("DNSName") or "")
        if self._balancer.type == "gateway":
            return [skipped("connection", str(self._address), "a gateway load balancer has no address for clients")]
        if not dns_name:
            return [skipped("connection", str(self._address), "its address is unknown")]
        found = self._network.names.at_source(dns_name)
        if found.problem:
            return [skipped("connection", str(self._address), found.problem)]
        by_ipv6 = self._ipv6_addresses(dns_name)
        if not found.addresses and not by_ipv6:
            fix = "wait a minute: a new load balancer gets its addresses soon"
            return [failed("dns", dns_name, "has no address yet", fix)]
        return self._asked(dns_name, found.addresses, by_ipv6)

    def _ipv6_addresses(self, dns_name: str) -> Sequence[str]:
        """A load balancer without public IPv4 has only these, and so has a machine without IPv4."""
        dualstack = self._balancer.ip_address_type != "ipv4"
        return self._network.names.at_source(dns_name, "AAAA").addresses if dualstack else ()

    def _asked(self, dns_name: str, addresses: Sequence[str], by_ipv6: Sequence[str]) -> list[Check]:
        # The client tries only the first addresses, so each family comes once before the rest.
        site = self._site(dns_name, [*addresses[:1], *by_ipv6[:1], *addresses[1:], *by_ipv6[1:]])
        first = run([*self._dns_tasks(dns_name, addresses), *self._connections(site)], self._deadline)
        names = [check for check in first if check.name != "connection"]
        opened = self._without_blame([check for check in first if check.name == "connection"])
        ports = {int(check.subject.removeprefix("port ")) for check in opened if check.state == "ok"}
        usable = [(address, listener) for address, listener in self._listeners if listener.port in ports]
        return [*names, *opened, *self._untried(), *self._talk(site, usable)]

    def _connections(self, site: Site) -> Iterator[Task]:
        for _, listener in self._listeners:
            if listener.protocol not in UNTRIED:
                opening = self._openings.get(listener.port or 0, "")
                yield Task("connection", f"port {listener.port}", partial(connection_check, site, listener, opening))

    def _site(self, dns_name: str, addresses: Sequence[str]) -> Site:
        secure = [listener for _, listener in self._listeners if is_secure(listener)]
        certified = [name for listener in secure for name in self._stack.certified_names(listener)]
        names = self._stack.names_of(self._address) or [name.replace("*", FILLING) for name in certified]
        client = Client(self._network, addresses, self._deadline, self._identity)
        internal = self._balancer.scheme == "internal"
        web_acl = self._stack.web_acl_of(self._address)
        return Site(client, self._stack.retry, tuple(dict.fromkeys(names or [dns_name])), internal, web_acl)

    def _dns_tasks(self, dns_name: str, addresses: Sequence[str]) -> Iterator[Task]:
        names = self._network.names
        records = [record for _, record in self._stack.records(self._address)]
        for record in records:
            make = partial(self._record_check, record, dns_name, addresses)
            yield Task("dns", f"{record.name} {record.type}", make)
        for name in self._stack.names_of(self._address):
            if name not in {record.name.replace("*", FILLING) for record in records}:
                yield Task("dns", name, partial(unmanaged_check, name, addresses, names))

    def _record_check(self, record: Record, dns_name: str, addresses: Sequence[str]) -> Check:
        names = self._network.names
        wanted = addresses if record.type == "A" else names.at_source(dns_name, record.type).addresses
        return record_check(self._stack, record, wanted, names)

    def _without_blame(self, connections: Sequence[Check]) -> Sequence[Check]:
        """The connections; skipped where none was answered and this machine reaches nothing else either."""
        blocked = [check for check in connections if check.state == "failed"]
        beyond = self._network.beyond
        if beyond is None or len(blocked) < len(connections) or any("refused" in check.text for check in blocked):
            return connections
        try:
            self._network.connect(*beyond, self._deadline.seconds(self._deadline.limits.connect)).close()
        except OSError:
            proxy = self._network.proxy_variable
            around = f"; verify connects directly, without the proxy of {proxy}" if proxy else ""
            reason = f"this machine opens no connection to the internet: {beyond[0]} does not answer either{around}"
            return [skipped("connection", check.subject, reason) for check in connections]
        return connections

    def _untried(self) -> Iterator[Check]:
        for _, listener in self._listeners:
            if listener.protocol in UNTRIED:
                yield skipped("connection", f"port {listener.port}", f"{listener.protocol} has no connection to try")

    def _talk(self, site: Site, usable: Listeners) -> list[Check]:
        closed = [(address, listener) for address, listener in usable if CLIENT_CERTIFICATE in listener.protections]
        shown = self._identity is not None
        clients = run(list(client_tasks(site, closed, shown)), self._deadline)
        refused = not shown or any(check.state == "failed" for check in clients)
        usable = [found for found in usable if not (found in closed and refused)]
        secure = [listener for _, listener in usable if is_secure(listener)]
        tls = [
            Task("tls", name, partial(tls_check, site, listener.port or 0, name, self._now))
            for listener in secure
            for name in site.names
        ]
        shaken = run(tls, self._deadline)
        web = [(address, listener) for address, listener in usable if listener.protocol in WEB]
        requests = [*self._redirects(site, web), *self._answers(site, web), *self._rules(site, web)]
        return [*untried_clients(closed, shown), *clients, *shaken, *run(requests, self._deadline)]

    def _entrance(self) -> tuple[Address, Listener] | None:
        """The listener at which a client arrives in the end: one with TLS, if there is one."""
        web = [(address, listener) for address, listener in self._listeners if listener.protocol in WEB]
        return min(web, key=lambda item: (not is_secure(item[1]), item[1].port not in (80, 443)), default=None)

    def _redirects(self, site: Site, web: Listeners) -> Iterator[Task]:
        for address, listener in web:
            if isinstance(listener.action, Redirect) and not is_secure(listener):
                for name in site.names:
                    if target := self._free_target(address, name):
                        make = partial(redirect_check, site, listener.port or 0, name, listener.action, target)
                        yield Task("redirect", url_of("http", name, listener.port or 0), make)

    def _free_target(self, listener: Address, name: str) -> str:
        """A path with a query that no rule of the listener takes; empty if there is none."""
        request = Request(name, f"/{FILLING}/path", query=(("query", "kept"), ("also", "kept")))
        rules = sorted(self._stack.rules(listener).items(), key=lambda item: item[1].priority)
        return "" if taken_by(request, rules) else request.target

    def _answers(self, site: Site, web: Listeners) -> Iterator[Task]:
        """`GET /` at each name, over TLS if a listener has it. Nothing if a client could not even connect."""
        entrance = self._entrance()
        if entrance is None or entrance not in web:
            return
        address, listener = entrance
        scheme = "https" if is_secure(listener) else "http"
        for name in site.names:
            url = url_of(scheme, name, listener.port or 0)
            routes = self._routes_of(address, listener, name)
            if len(routes) == 1 and (wanted := wanted_login(routes[0].leading_actions)):
                yield Task("answer", url, partial(login_check, site, url, wanted))
                continue
            fixed = [route.action.status for route in routes if isinstance(route.action, Respond)]
            yield Task("answer", url, partial(self._answer, site, url, fixed))

    def _answer(self, site: Site, url: str, fixed: Sequence[str]) -> Check:
        """A fixed response of the spec is an answer, whatever its status."""
        check = answer_check(site, url)
        amiss = check.state == "failed" or check.warning
        status = next((status for status in fixed if f"answers {status}" in check.text), "")
        if amiss and status:
            return replace(check, state="ok", text=f"answers {status}, as the spec says", fix="", warning=False)
        return check

    def _routes_of(self, address: Address, listener: Listener, name: str) -> list[Listener | Rule]:
        """The rule that takes `GET /`, or the listener for its default action; before it, the rules that may take it.

        elbplan does not decide whether a regular expression of AWS matches.
        """
        routes: list[Listener | Rule] = []
        for rule in sorted(self._stack.rules(address).values(), key=lambda rule: rule.priority):
            matches = matches_all(rule.conditions, Request(name))
            routes += [rule] if matches is not False else []
            if matches:
                return routes
        return [*routes, listener]

    def _rules(self, site: Site, web: Listeners) -> Iterator[Task]:
        for address, listener in web:
            for sample in sample_requests(address, listener, self._stack.rules(address), site.names):
                if sample.place != address:
                    yield Task("rule", str(sample.place), partial(rule_check, site, listener, sample))
