"""The table of sample requests: one for each rule, and what the load balancer does with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...core.address import Address
from ...kinds.listener import Listener
from ...kinds.rule import Rule
from ...kinds.sample_requests import SampleRequest, sample_requests
from .entries import Entries, Entry
from .matching import Request
from .requests import Route, RouteBalancer, RouteListener, route_of
from .traffic import Side, on_side

MOST_HOSTS = 5
"""How many names are tried as the host of a sample."""

MOST = 60
"""The most rows of the table."""

STANDARD_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Sample:
    """A request that a rule takes, as a person types it, and the result in words; without a request, the reason."""

    url: str
    method: str
    header: str
    rule: str
    result: str


def samples_of(entries: Entries, balancers: Sequence[RouteBalancer], side: Side) -> list[Sample]:
    """A request for each rule, in the order of the rules, secure listeners first."""
    found = list(_all(entries, balancers, side))
    return [sample for secure in (True, False) for sample in found if sample.url.startswith("https:") == secure][:MOST]


def _all(entries: Entries, balancers: Sequence[RouteBalancer], side: Side) -> Iterator[Sample]:
    models = {entry.address: resource for entry, resource in on_side(entries, side)}
    for balancer in balancers:
        for listener in balancer.listeners:
            model = models.get(Address.parse(listener.id))
            if not isinstance(model, Listener) or listener.protocol not in ("HTTP", "HTTPS"):
                continue
            rules = dict(_rules(entries, listener, side))
            for sample in _requests(Address.parse(listener.id), model, rules, list(balancer.names)):
                yield _sample(sample, listener, balancers)


def _requests(
    address: Address, listener: Listener, rules: Mapping[Address, Rule], hosts: Sequence[str]
) -> list[SampleRequest]:
    """A sample for each rule, with the first host for which there is one: a rule before may take all of another."""
    tries = [
        sample_requests(address, listener, rules, [*hosts[place:], *hosts[:place]])
        for place in range(min(len(hosts), MOST_HOSTS) or 1)
    ]
    return [next((sample for sample in of_rule if sample.request), of_rule[0]) for of_rule in zip(*tries, strict=True)]


def _rules(entries: Entries, listener: RouteListener, side: Side) -> Iterator[tuple[Address, Rule]]:
    for entry, resource in on_side(entries, side):
        if isinstance(resource, Rule) and _listener_of(resource, entries) == listener.id:
            yield entry.address, resource


def _listener_of(rule: Rule, entries: Entries) -> str:
    entry: Entry | None = entries.of(rule.listener)
    return str(entry.address) if entry else ""


def _sample(sample: SampleRequest, listener: RouteListener, balancers: Sequence[RouteBalancer]) -> Sample:
    title = f"{listener.title} {sample.priority or 'default'}"
    if sample.request is None:
        return Sample("", "", "", title, f"no sample: {sample.skipped}")
    scheme = listener.protocol.lower()
    port = "" if listener.port == STANDARD_PORTS[scheme] else f":{listener.port}"
    url = f"{scheme}://{sample.request.host}{port}{sample.request.target}"
    header = ", ".join(f"{name}: {value}" for name, value in sample.request.headers.items())
    request = Request.of(url, sample.request.method, sample.request.headers)
    result = result_text(route_of(balancers, request), listener) if request else ""
    return Sample(url, sample.request.method, header, title, result)


def result_text(route: Route, listener: RouteListener) -> str:
    """The result in a few words: `web`, `web 90 % or canary 10 %`, `301 to https://…`."""
    rule = next((each for each in listener.rules if route.tried and each.id == route.tried[-1].id), None)
    if route.outcome == "redirect":
        return f"{route.status} to {route.location}"
    if route.outcome == "fixed-response":
        return f"{route.status} from the load balancer"
    if route.outcome in ("forward", "no-target") and rule:
        groups = [group for group in rule.action.groups if group.weight]
        texts = [f"{group.title} {route.shares[group.id]} %" if len(groups) > 1 else group.title for group in groups]
        return " or ".join(texts) + (" (503: no target)" if route.outcome == "no-target" else "")
    return rule.action.text if rule else route.outcome
