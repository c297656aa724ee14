"""The names that the domains of a spec give: certificates, hosted zones, health checks and records, without checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

IDENTIFIER = re.compile(r"[0-9a-f-]{36}|[a-z]+-[0-9a-f]{8,}|arn:.*", re.ASCII)
"""Texts of `health_check:` that are ids of AWS, and no paths."""
LONGEST = 64


def of_domains(data: Mapping[str, Any]) -> Iterator[str]:
    """Yields the addresses of everything that `domain:` makes, in the order of the expansion."""
    managed, entries = as_map(data.get("manage")), domain_entries(data)
    yield from _zones(entries)
    if managed.get("certificate") is not False:
        yield from _certificates(entries)
    seen: set[str] = set()
    for entry in entries if managed.get("dns") is not False else ():
        yield from _records(data, entry, first=entry["name"] not in seen)
        seen.add(entry["name"])


def domain_entries(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Returns the domains as maps with a name."""
    entries = [each if isinstance(each, Mapping) else {"name": each} for each in as_list(data.get("domain"))]
    return [{**each, "name": each["name"]} for each in entries if isinstance(each.get("name"), str)]


def _zones(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    zones = [as_map(entry.get("zone")) for entry in entries]
    yield from (f"hosted_zone.{str(zone.get('name')).lower().rstrip('.')}" for zone in zones if zone.get("create"))


def _certificates(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """`main`, and one named after its first domain for each further source."""
    sources: dict[tuple[str, ...], str] = {}
    for entry in entries:
        if "certificate" not in entry:
            sources.setdefault(_source(entry), entry["name"].replace("*", "wildcard", 1)[:100])
    ordered = sorted(sources, key=lambda source: any(source))
    for number, source in enumerate(ordered):
        yield f"certificate.{sources[source] if number else 'main'}"


def _source(entry: Mapping[str, Any]) -> tuple[str, ...]:
    key, validation = entry.get("key"), entry.get("validation")
    by_mail = validation == "email" or "email" in (*as_map(validation), as_map(validation).get("method"))
    return (
        "" if key in (None, "rsa-2048") else str(key),
        str(entry.get("authority") or ""),
        "email" if by_mail else "",
        "export" if entry.get("export") else "",
        str(entry.get("pem") or ""),
    )


def _records(data: Mapping[str, Any], entry: Mapping[str, Any], *, first: bool) -> Iterator[str]:
    policy, name = entry.get("policy"), entry["name"]
    id = str(entry.get("id") or data.get("name") or "") if policy else ""
    several = policy == "multivalue" or "multivalue" in as_map(policy)
    label = name if first else f"{name}-{id}"
    types = _types(data, entry)
    if _is_made(entry.get("health_check")) and (not several or "HTTPS" in types):
        yield f"route53_health_check.{label}"
    for type in types:
        suffix = "" if type in ("A", "CNAME") else f"-{type.lower()}"
        if not several or type not in ("A", "AAAA"):
            yield f"record.{label}{suffix}"
            continue
        for fixed in _fixed(data, type, id):
            if _is_made(entry.get("health_check")):
                yield f"route53_health_check.{name}-{fixed}{suffix}"
            yield f"record.{name}-{fixed}{suffix}"


def _types(data: Mapping[str, Any], entry: Mapping[str, Any]) -> list[str]:
    given = [str(each).upper() for each in as_list(entry.get("type"))]
    addresses = ["A", "AAAA"] if str(data.get("ip", "")).startswith("dualstack") else ["A"]
    return list(dict.fromkeys([*([] if set(given) - {"HTTPS"} else addresses), *given]))


def _fixed(data: Mapping[str, Any], type: str, id: str) -> Iterator[str]:
    """The identifiers of a multivalue answer: one for each subnet with a fixed address."""
    keys = ("ipv6_address",) if type == "AAAA" else ("elastic_ip", "private_address")
    for subnet in map(as_map, as_list(as_map(data.get("network")).get("subnets"))):
        if any(subnet.get(key) for key in keys):
            label = re.sub("[^A-Za-z0-9._-]", "-", str(subnet.get("subnet")))[:100]
            yield f"{id}-{label[: LONGEST - 1 - len(id)]}"


def _is_made(check: Any) -> bool:
    """True for a health check that elbplan makes: no id of one that exists."""
    if isinstance(check, Mapping):
        return "id" not in check
    return isinstance(check, str) and not IDENTIFIER.fullmatch(check)


def as_map(value: Any) -> Mapping[str, Any]:
    """The value, if it is a map; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> Sequence[Any]:
    """The value, if it is a list; else a list with it, or an empty one."""
    return value if isinstance(value, list) else [] if value is None else [value]
