"""The state of Route 53: hosted zones and their records."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str, str]
"""Name, type, set identifier."""


def canonical(name: str) -> str:
    """Returns a name in lower case, with a dot at the end and `*` as `\\052`.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    """
    text = name.lower().replace("*", "\\052")
    return text if text.endswith(".") else text + "."


def plain(name: str) -> str:
    """Returns a name for comparison: without escape, and without a dot at the end."""
    return name.lower().replace("\\052", "*").rstrip(".")


def within(name: str, zone: str) -> bool:
    """Returns whether a name is in a zone. Whole labels count."""
    inner, outer = plain(name), plain(zone)
    return inner == outer or inner.endswith("." + outer)


def order(name: str) -> list[str]:
    """Sort key: Route 53 sorts by labels from the right."""
    return list(reversed(canonical(name).rstrip(".").split(".")))


@dataclass
class HostedZone:
    id: str
    name: str
    caller_reference: str
    comment: str = ""
    private: bool = False
    vpcs: list[dict[str, str]] = field(default_factory=list)
    records: dict[Key, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    changed: float = -1e9

    def sorted_records(self) -> list[tuple[Key, dict[str, Any]]]:
        return sorted(self.records.items(), key=lambda item: (order(item[0][0]), item[0][1], item[0][2]))

    def records_at(self, name: str, kind: str) -> list[dict[str, Any]]:
        wanted = canonical(name)
        return [record for (key_name, type_, _), record in self.records.items() if (key_name, type_) == (wanted, kind)]


@dataclass
class DnsState:
    zones: dict[str, HostedZone] = field(default_factory=dict)
    changes: dict[str, tuple[float, Any]] = field(default_factory=dict)
    """By change id: the time at which the change is INSYNC, and when it was submitted."""

    def public(self) -> Iterator[HostedZone]:
        return (zone for zone in self.zones.values() if not zone.private)

    def covering(self, name: str) -> list[HostedZone]:
        """Returns the public zones that answer for a name: those with the longest matching name."""
        matching = [zone for zone in self.public() if within(name, zone.name)]
        longest = max((len(zone.name) for zone in matching), default=0)
        return [zone for zone in matching if len(zone.name) == longest]

    def resolve_cname(self, name: str) -> set[str]:
        values = [
            value["Value"]
            for zone in self.covering(name)
            for record in zone.records_at(name, "CNAME")
            for value in record.get("ResourceRecords", [])
        ]
        return {plain(value) for value in values}

    def lookup(self, name: str, kind: str) -> list[dict[str, Any]]:
        """Returns the records of a name in public DNS, or those of a wildcard if the name has none."""
        for zone in self.covering(name):
            if records := zone.records_at(name, kind):
                return records
            labels = plain(name).split(".")
            for cut in range(1, len(labels)):
                if records := zone.records_at("*." + ".".join(labels[cut:]), kind):
                    return records
        return []
