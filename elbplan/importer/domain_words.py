"""`domain:` of the short form: the names, with their records and certificates. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..core.address import AWS_ID, Address, Lookup
from ..core.resource import Resource, field_values
from ..kinds.aws.routing_policies import CidrRouting, GeoLocation, GeoProximity, policy_of
from ..kinds.certificate import Certificate
from ..kinds.listener import SECURE, Listener
from ..kinds.record import Record
from .certificate_words import certificate_words
from .records import ADDRESSES
from .source import ImportSource
from .words import Words

MAIN = Address("certificate", "main")
SHARED = ("health_check", "take_over", "restore", "weight", "region", "failover", "geo_location", "geo_proximity")
Domain = Sequence[tuple[Address, Record]]
"""The records of one entry of `domain:`."""


def domains_of(records: Mapping[Address, Record], dualstack: bool) -> list[Domain]:
    """The records that the short form can make, by entry; the rest stays in the long form."""
    order = sorted(records.items(), key=lambda item: (*map(str, _place(item[1])), item[1].type))
    groups = [list(group) for _, group in groupby(order, key=lambda item: _place(item[1]))]
    domains: list[Domain] = []
    for group in groups:
        if _is_expressible(group) and _label(group) == _usual_label(group, domains):
            domains.append(group)
    return domains


def _place(record: Record) -> tuple[Any, ...]:
    return record.name, str(record.zone), record.set_identifier or ""


def _label(domain: Domain) -> str:
    """The name of its records in the spec; "" if they have several."""
    labels = {
        address.name if record.type in ADDRESSES else address.name.removesuffix(f"-{record.type.lower()}")
        for address, record in domain
    }
    return labels.pop() if len(labels) == 1 else ""


def _usual_label(domain: Domain, before: Iterable[Domain]) -> str:
    """The name that the expansion gives the records of this entry, after the entries before it."""
    record = domain[0][1]
    first = all(other[0][1].name != record.name for other in before)
    return record.name if first else f"{record.name}-{record.set_identifier}"


def _is_expressible(domain: Domain) -> bool:
    """True if one entry can say all of these records."""
    records = [record for _, record in domain]
    types = {record.type for record in records}
    alike = all(len({str(getattr(record, name)) for record in records}) == 1 for name in (*SHARED, "cidr_routing"))
    health = {record.evaluate_target_health for record in records if record.is_alias}
    ttls = {record.ttl for record in records if not record.is_alias}
    if any(record.multi_value_answer for record in records):
        return False
    return alike and len(health) < 2 and len(ttls) < 2 and types != {"HTTPS"}


def domain_entries(source: ImportSource, stack: str, domains: Sequence[Domain], dualstack: bool) -> list[Any]:
    """An entry for each domain: its name alone, or a map."""
    certificates = certificates_of_domains(source.resources, domains)
    entries = []
    for domain in domains:
        words = _entry(source, stack, domain, dualstack)
        for certificate in certificates:
            if domain[0][1].name in certificate.domains:
                words |= certificate_words(certificate, domain[0][1].name)
        entries.append(words if len(words) > 1 else words["name"])
    return entries


def _entry(source: ImportSource, stack: str, domain: Domain, dualstack: bool) -> Words:
    record = domain[0][1]
    words: Words = {"name": record.name}
    if source.lookups.get(Lookup("hosted_zone", record.name.removeprefix("*."))) != (record.zone,):
        words["zone"] = str(record.zone)
    words |= _types([record.type for _, record in domain], dualstack)
    words |= _policy(record, source.region)
    if record.set_identifier and record.set_identifier != stack:
        words["id"] = record.set_identifier
    aliases = [record for _, record in domain if record.is_alias]
    if not all(alias.evaluate_target_health for alias in aliases):
        words["evaluate_target_health"] = False
    if record.health_check:
        check = str(record.health_check)
        words["health_check"] = check if AWS_ID.match(check) else {"id": check}
    ttl = next((record.ttl for _, record in domain if not record.is_alias), None)
    words |= {"ttl": ttl} if ttl not in (None, 60) else {}
    return words | {key: True for key in ("take_over", "restore") if getattr(record, key)}


def _types(types: Sequence[str], dualstack: bool) -> Words:
    """`type:`, unless the records are the addresses that the load balancer has."""
    usual = {"A", "AAAA"} if dualstack else {"A"}
    if set(types) == usual:
        return {}
    names = ["https"] if set(types) == usual | {"HTTPS"} else [type.lower() for type in types]
    return {"type": names[0] if len(names) == 1 else names}


def _policy(record: Record, region: str) -> Words:
    """`policy:`: a text where the short form has a default."""
    policy = policy_of(record)
    if policy == "simple":
        return {}
    values: dict[str, Any] = {
        "weighted": record.weight,
        "latency": record.region,
        "failover": record.failover,
        "geolocation": _geolocation(record.geo_location),
        "geoproximity": _geoproximity(record.geo_proximity, region),
        "CIDR": _cidr(record.cidr_routing),
    }
    value = values[policy]
    defaults: dict[str, Any] = {"latency": region, "geolocation": {"country": "*"}, "geoproximity": {}}
    if policy in defaults and value == defaults[policy]:
        return {"policy": policy}
    return {"policy": {policy.lower(): value}}


def _geolocation(place: GeoLocation | None) -> Words:
    fields = field_values(place) if place else {}
    return {name.removesuffix("_code"): value for name, value in fields.items() if value}


def _geoproximity(place: GeoProximity | None, region: str) -> Words:
    if place is None:
        return {}
    words: Words = {"region": place.aws_region} if place.aws_region not in (None, region) else {}
    words |= {"local_zone": place.local_zone_group} if place.local_zone_group else {}
    if place.coordinates:
        degrees = {"latitude": place.coordinates.latitude, "longitude": place.coordinates.longitude}
        words |= {name: float(value) for name, value in degrees.items()}
    return words | ({"bias": place.bias} if place.bias is not None else {})


def _cidr(routing: CidrRouting | None) -> Words:
    if routing is None:
        return {}
    location = {"location": routing.location_name} if routing.location_name != "*" else {}
    return {"collection": routing.collection_id, **location}


# Certificates --------------------------------------------------------------------------------------------------------


def certificates_of_domains(resources: Mapping[Address, Resource], domains: Sequence[Domain]) -> list[Certificate]:
    """The certificates that the short form makes for these names and gives each listener; none if it makes others."""
    made = {address: r for address, r in resources.items() if isinstance(r, Certificate)}
    names = list(dict.fromkeys(domain[0][1].name for domain in domains))
    covered = sorted(name for certificate in made.values() for name in certificate.domains)
    sources = {address: _source(certificate) for address, certificate in made.items()}
    usual = all(_usual_name(a, c, names) for a, c in made.items() if a != MAIN)
    first = sources.get(MAIN) == PLAIN or PLAIN not in sources.values()
    secure = [r for r in resources.values() if isinstance(r, Listener) and r.protocol in SECURE]
    others = set(made) - {MAIN}
    used = all(r.certificate == MAIN and set(r.more_certificates) == others for r in secure)
    distinct = len(set(sources.values())) == len(sources)
    if MAIN in made and secure and names and covered == sorted(names) and all((usual, first, used, distinct)):
        return list(made.values())
    return []


PLAIN = ("RSA_2048", None, None, None)


def _source(certificate: Certificate) -> tuple[Any, ...]:
    """What the certificates of two names must have in common to be one certificate."""
    return certificate.key, certificate.authority, certificate.validation, certificate.export


def _usual_name(address: Address, certificate: Certificate, names: Sequence[str]) -> bool:
    """True if the certificate has the name that the short form gives it: that of its first domain."""
    first = next((name for name in names if name in certificate.domains), "")
    return address.name == first.replace("*", "wildcard", 1)
