"""Expands domains: their records, and what the records need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.address import Address
from ...kinds.record_model import ALIASES
from ..short.domains import Domain
from ..short.routing import POLICIES
from ..yaml.tree import YamlPath
from .context import BALANCER, ExpandContext
from .multivalue import fixed_records
from .record_checks import add_health_check
from .routing import policy_fields
from .zones import add_zones, zone


def add_records(context: ExpandContext) -> None:
    """Adds a record for each domain and type, with the zones and health checks that they need."""
    short = context.short
    if short.domain and short.type == "gateway":
        context.report.at(("domain",), "a gateway load balancer cannot have a domain", "remove domain:", key=True)
    add_zones(context)
    if short.manage and not short.manage.dns:
        return
    seen: set[tuple[str, str]] = set()
    for index, domain in enumerate(short.domain or ()):
        path: YamlPath = ("domain", index)
        id = _identifier(domain, context) or ""
        first = not any(name == domain.name for name, _ in seen)
        if (domain.name, id) in seen or (not id and not first):
            context.report.at((*path, "name"), f"the domain {domain.name} is listed twice", "keep one of them")
            continue
        seen.add((domain.name, id))
        _add_records(context, domain, domain.name if first else f"{domain.name}-{id}", path)


def _add_records(context: ExpandContext, domain: Domain, label: str, path: YamlPath) -> None:
    take_over = domain.take_over if domain.take_over is not None else context.short.take_over
    fields = {
        "name": domain.name,
        "zone": zone(domain, context),
        "load_balancer": BALANCER,
        "take_over": take_over or None,
        "restore": domain.restore or None,
        "set_identifier": _identifier(domain, context),
        **policy_fields(domain, context, path),
    }
    multivalue = domain.policy is not None and domain.policy.multivalue
    if not multivalue or "HTTPS" in (domain.type or ()):
        fields["health_check"] = add_health_check(context, domain, label, path)
    for type in _types(domain, context):
        suffix = "" if type in ("A", "CNAME") else f"-{type.lower()}"
        if multivalue and type in ALIASES:
            _add_fixed_records(context, domain, {**fields, "ttl": domain.ttl, "type": type}, path)
            continue
        own = {"evaluate_target_health": domain.evaluate_target_health} if type in ALIASES else {"ttl": domain.ttl}
        context.add(Address("record", f"{label}{suffix}"), {**fields, **own, "type": type}, path)


def _add_fixed_records(context: ExpandContext, domain: Domain, fields: Mapping[str, Any], path: YamlPath) -> None:
    """Adds the records of one type of a multivalue answer, each with its own health check."""
    type = str(fields["type"])
    suffix = "" if type == "A" else f"-{type.lower()}"
    for record in fixed_records(domain, type, context, path):
        label = f"{domain.name}-{record.identifier}{suffix}"
        check = add_health_check(context, domain, label, path, record.endpoint)
        own = {"set_identifier": record.identifier, "health_check": check, **record.fields}
        context.add(Address("record", label), {**fields, **own}, path)


def _identifier(domain: Domain, context: ExpandContext) -> str | None:
    """The identifier of a domain's records; None without a policy."""
    policy = domain.policy
    given = policy is not None and any(getattr(policy, name) is not None for name in POLICIES)
    return (domain.id or context.short.name) if given else None


def _types(domain: Domain, context: ExpandContext) -> Iterator[str]:
    """The types of a domain's records. HTTPS alone comes beside the addresses."""
    given = domain.type or []
    if not set(given) - {"HTTPS"}:
        yield "A"
        if context.short.ip.startswith("dualstack"):
            yield "AAAA"
    yield from dict.fromkeys(given)
