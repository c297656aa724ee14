"""Hosted zones and what stands in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str, str]
"""Name, type, set identifier."""


def canonical(name: str) -> str:
    """Lower-case, with the dot at the end, `*` as `\\052`.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    """
    text = name.lower().replace("*", "\\052")
    return text if text.endswith(".") else text + "."


def plain(name: str) -> str:
    """For comparing: no escape, no dot at the end."""
    return name.lower().replace("\\052", "*").rstrip(".")


def within(name: str, zone: str) -> bool:
    """Whether a name lies in a zone, by whole labels."""
    inner, outer = plain(name), plain(zone)
    return inner == outer or inner.endswith("." + outer)


def order(name: str) -> list[str]:
    """Route 53 sorts by labels from the right."""
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

    def at(self, name: str, kind: str) -> list[dict[str, Any]]:
        wanted = canonical(name)
        return [one for (its, type_, _), one in self.records.items() if its == wanted and type_ == kind]


@dataclass
class DnsState:
    zones: dict[str, HostedZone] = field(default_factory=dict)
    changes: dict[str, tuple[float, Any]] = field(default_factory=dict)
    """Change id: (when it is INSYNC, submitted at)."""

    def public(self) -> Iterator[HostedZone]:
        return (zone for zone in self.zones.values() if not zone.private)

    def covering(self, name: str) -> list[HostedZone]:
        """The public zones that answer for a name: those with the longest matching name."""
        found = [zone for zone in self.public() if within(name, zone.name)]
        longest = max((len(zone.name) for zone in found), default=0)
        return [zone for zone in found if len(zone.name) == longest]

    def resolve_cname(self, name: str) -> set[str]:
        values = [
            value["Value"]
            for zone in self.covering(name)
            for record in zone.at(name, "CNAME")
            for value in record.get("ResourceRecords", [])
        ]
        return {plain(value) for value in values}

    def lookup(self, name: str, kind: str) -> list[dict[str, Any]]:
        """Records of a name in public DNS; a wildcard answers where nothing stands."""
        for zone in self.covering(name):
            if found := zone.at(name, kind):
                return found
            labels = plain(name).split(".")
            for cut in range(1, len(labels)):
                if found := zone.at("*." + ".".join(labels[cut:]), kind):
                    return found
        return []
