"""The DNS records of an account that lead to a load balancer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.call import Call, ReadProgram
from ..kinds.aws.queries import HOSTED_ZONES, balancer_name, domain, zone_id
from ..kinds.live_records import values_of
from ..kinds.record_model import ALIASES
from ..spec.short.records import IDENTIFIER
from .source import NotImported
from .unread import readable, spared, unread

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
    def has_usable_identifier(self) -> bool:
        """True if a spec can have the set identifier, or there is none."""
        return not self.identifier or bool(IDENTIFIER.fullmatch(self.identifier))

    @property
    def place(self) -> tuple[str, str, str]:
        """The zone, the name and the set identifier."""
        return self.zone, self.name, self.identifier

    @property
    def is_https_of_name(self) -> bool:
        """True for an HTTPS record that only says how its own name is reached: by RFC 9460 its target is `.`."""
        targets = {value["Value"].split()[1] for value in self.raw.get("ResourceRecords", ()) if " " in value["Value"]}
        return self.raw["Type"] == "HTTPS" and targets <= {".", self.name, f"{self.name}."}

    @property
    def is_alias(self) -> bool:
        """True for an alias of type A or AAAA."""
        return bool(self.raw.get("AliasTarget")) and self.raw["Type"] in ALIASES

    @property
    def is_multivalue(self) -> bool:
        """True for one address of a multivalue answer."""
        return bool(self.raw.get("MultiValueAnswer")) and self.raw["Type"] in ALIASES

    @property
    def values(self) -> list[str]:
        """The values; an alias has none."""
        return values_of(self.raw)

    @property
    def is_plain_alias(self) -> bool:
        """True for an alias of type A or AAAA without a routing policy."""
        return self.is_alias and not self.identifier

    @property
    def destinations(self) -> set[str]:
        """The DNS names, and the addresses of a multivalue answer, to which the record leads, in canonical form."""
        alias = self.raw.get("AliasTarget", {}).get("DNSName", "")
        values = self.values if self.raw["Type"] == "CNAME" or self.is_multivalue else []
        return {balancer_name(name) for name in (alias, *values) if name}


Unread = list[NotImported]


def every_zone() -> ReadProgram[tuple[list[Mapping[str, Any]], Unread]]:
    """All hosted zones of the account; and what AWS did not let elbplan read."""
    call = spared(HOSTED_ZONES)
    (answer,) = yield [call]
    return list(readable(answer).get("HostedZones", ())), list(unread([("records and hosted zones", call, answer)]))


def every_record() -> ReadProgram[tuple[list[ZoneRecord], Unread]]:
    """All records of all hosted zones of the account, and what is unread. One call for each zone."""
    raws, _ = yield from every_zone()
    zones = [(zone_id(raw["Id"]), domain(raw["Name"])) for raw in raws]
    calls = [spared(Call("route53", "ListResourceRecordSets", {"HostedZoneId": id})) for id, _ in zones]
    answers = (yield calls) if calls else []
    records = [
        ZoneRecord(id, name, raw)
        for (id, name), found in zip(zones, answers, strict=True)
        for raw in readable(found).get("ResourceRecordSets", ())
    ]
    asked = zip((f"records in zone {name}" for _, name in zones), calls, answers, strict=True)
    return records, list(unread(asked))


def leading_to(records: Iterable[ZoneRecord], dns_name: str, addresses: Iterable[str] = ()) -> list[ZoneRecord]:
    """The records that lead to this DNS name or to one of these addresses, with the HTTPS records beside them.

    They come in the order of their names.
    """
    wanted, records = {balancer_name(dns_name), *addresses}, list(records)
    found = [record for record in records if wanted & record.destinations]
    places = {record.place for record in found}
    found += [record for record in records if record.is_https_of_name and record.place in places]
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
