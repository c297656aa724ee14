"""Expands `policy: multivalue`: a record for each fixed address of a network load balancer.

AWS allows no multivalue answer for aliases, and a record has one address:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-multivalue.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...core.address import Ref
from ..short.domains import Domain
from ..short.network import ShortSubnet
from ..yaml.tree import YamlPath
from .balancer_settings import elastic_ip_of, subnet_label
from .context import ExpandContext

MOST_IDENTIFIER = 64
WEIGHTED = "policy: {weighted: 1}"
NO_ALIAS = "Route 53 allows no multivalue answer for aliases, and the addresses of this load balancer change"


@dataclass(frozen=True)
class FixedRecord:
    """A record with one address of the load balancer: its identifier, its value, and what its health check asks."""

    identifier: str
    fields: dict[str, Any]
    endpoint: dict[str, Any]


def fixed_records(domain: Domain, type: str, context: ExpandContext, path: YamlPath) -> list[FixedRecord]:
    """The records of this type. Reports a load balancer without fixed addresses."""
    entries = context.short.network.subnets if context.short.network else None
    records = [_record(domain, entry, value, context) for entry in entries or () if (value := _value(entry, type))]
    if context.report.complete("network") and (not entries or len(records) < len(entries)):
        _report(type, context, path)
    return records


def _value(entry: ShortSubnet, type: str) -> Ref | str | None:
    return entry.ipv6_address if type == "AAAA" else (elastic_ip_of(entry) or entry.private_address)


def _record(domain: Domain, entry: ShortSubnet, value: Ref | str, context: ExpandContext) -> FixedRecord:
    base = domain.id or context.short.name
    identifier = f"{base}-{subnet_label(entry)[: MOST_IDENTIFIER - 1 - len(base)]}"
    if isinstance(value, str):
        return FixedRecord(identifier, {"value": value}, {"ip_address": value})
    return FixedRecord(identifier, {"elastic_ip": value}, {"elastic_ip": value})


def _report(type: str, context: ExpandContext, path: YamlPath) -> None:
    short = context.short
    place = (*path, "policy")
    if short.type != "network":
        hint = f"write {WEIGHTED} in each spec: Route 53 follows the health of the targets (evaluate_target_health)"
        context.report.at(place, NO_ALIAS, f"{hint}; or type: network with an elastic_ip: in each subnet")
    elif type == "AAAA":
        what = "a multivalue answer of type AAAA needs a fixed IPv6 address in each subnet"
        context.report.at(place, what, f"write ipv6_address: in each entry of network.subnets, type: a, or {WEIGHTED}")
    else:
        public = short.access != "internal"
        key = "elastic_ip: true" if public else "private_address:"
        what = "a multivalue answer needs an address that never changes in each subnet of the load balancer"
        hint = f"write network: {{subnets: [{{subnet: a, {key}}}, ...]}} with {key} in each entry, or {WEIGHTED}"
        context.report.at(place, what, hint.replace("private_address:}", "private_address: 10.0.1.5}"))
