"""The DNS records of an account that lead to a load balancer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.call import Call, ReadProgram
from ..kinds.aws.queries import HOSTED_ZONES, balancer_name, domain, zone_id
from ..spec.short.records import IDENTIFIER

PERMISSIONS = ("route53:ListHostedZones", "route53:ListResourceRecordSets")


@dataclass(frozen=True)
class ZoneRecord:
    """A record set, and the hosted zone in which it is."""

    zone: str
    zone_name: str
    raw: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The full domain name in canonical form."""
        return domain(self.raw["Name"])

    @property
    def identifier(self) -> str:
        """The set identifier; "" for a record without a routing policy."""
        return str(self.raw.get("SetIdentifier") or "")

    @property
    def is_alias(self) -> bool:
        """True for an alias of type A or AAAA with an identifier that a spec can have: a record as elbplan makes it."""
        alias = bool(self.raw.get("AliasTarget")) and self.raw["Type"] in ("A", "AAAA")
        return alias and (not self.identifier or bool(IDENTIFIER.fullmatch(self.identifier)))

    @property
    def is_plain_alias(self) -> bool:
        """True for an alias of type A or AAAA without a routing policy."""
        return self.is_alias and not self.identifier

    @property
    def destinations(self) -> set[str]:
        """The DNS names to which the record leads, in canonical form."""
        alias = self.raw.get("AliasTarget", {}).get("DNSName", "")
        values = [v["Value"] for v in self.raw.get("ResourceRecords", ())] if self.raw["Type"] == "CNAME" else []
        return {balancer_name(name) for name in (alias, *values) if name}


def every_zone() -> ReadProgram[list[Mapping[str, Any]]]:
    """All hosted zones of the account."""
    (answer,) = yield [HOSTED_ZONES]
    return list(answer["HostedZones"])


def every_record() -> ReadProgram[list[ZoneRecord]]:
    """All records of all hosted zones of the account. One call for each zone."""
    raws = yield from every_zone()
    zones = [(zone_id(raw["Id"]), domain(raw["Name"])) for raw in raws]
    calls = [Call("route53", "ListResourceRecordSets", {"HostedZoneId": id}) for id, _ in zones]
    answers = (yield calls) if calls else []
    return [
        ZoneRecord(id, name, raw)
        for (id, name), found in zip(zones, answers, strict=True)
        for raw in found["ResourceRecordSets"]
    ]


def leading_to(records: Iterable[ZoneRecord], dns_name: str) -> list[ZoneRecord]:
    """The records that lead to this DNS name, in the order of their names."""
    wanted = balancer_name(dns_name)
    found = [record for record in records if wanted in record.destinations]
    return sorted(found, key=lambda record: (record.name, record.raw["Type"]))


def destination_of(records: Iterable[ZoneRecord], name: str) -> str:
    """The DNS name to which the records of this name lead in the end; "" if there are none."""
    known = {record.name: record for record in records if record.destinations}
    seen: set[str] = set()
    name = domain(name)
    while name in known and name not in seen:
        seen.add(name)
        name = min(known[name].destinations)
    return name if seen else ""
