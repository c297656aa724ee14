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
    delegation_set: str = ""

    def sorted_records(self) -> list[tuple[Key, dict[str, Any]]]:
        return sorted(self.records.items(), key=lambda item: (order(item[0][0]), item[0][1], item[0][2]))

    def records_at(self, name: str, kind: str) -> list[dict[str, Any]]:
        wanted = canonical(name)
        return [record for (key_name, type_, _), record in self.records.items() if (key_name, type_) == (wanted, kind)]

    def name_servers(self) -> list[str]:
        """The values of the zone's own NS record."""
        return [value["Value"] for record in self.records_at(self.name, "NS") for value in record["ResourceRecords"]]

    def has_name(self, name: str) -> bool:
        """Returns whether the zone has a record at a name, below it, or for it with a wildcard."""
        return self._exists(self.known_name(name))

    def _exists(self, name: str) -> bool:
        wanted = canonical(name)
        return any(key_name == wanted or key_name.endswith("." + wanted) for key_name, _, _ in self.records)

    def known_name(self, name: str) -> str:
        """Returns the name itself if it exists, or else the wildcard next to its nearest existing ancestor."""
        labels, apex = plain(name).split("."), plain(self.name)
        if self._exists(name):
            return name
        for cut in range(1, len(labels)):
            ancestor = ".".join(labels[cut:])
            if ancestor == apex or self._exists(ancestor):
                return "*." + ancestor
        return name


@dataclass
class HealthCheck:
    """A health check; `requested` has the settings of its create call, without AWS's defaults."""

    id: str
    caller_reference: str
    config: dict[str, Any]
    requested: dict[str, Any]
    version: int = 1
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class DnsState:
    zones: dict[str, HostedZone] = field(default_factory=dict)
    health_checks: dict[str, HealthCheck] = field(default_factory=dict)
    used_references: set[str] = field(default_factory=set)
    """The caller references of all health checks, also of deleted ones."""
    changes: dict[str, tuple[float, Any]] = field(default_factory=dict)
    """By change id: the time at which the change is INSYNC, and when it was submitted."""
    delegations: dict[str, list[str]] = field(default_factory=dict)
    """The name servers that the registrar has for a zone, by its name, if they are not those of the zone."""

    def public(self) -> Iterator[HostedZone]:
        return (zone for zone in self.zones.values() if not zone.private)

    def covering(self, name: str, *, delegated: bool = True) -> list[HostedZone]:
        """Returns the public zones that answer for a name: those with the longest matching name.

        delegated   False: as if the parent of every zone delegated to it
        """
        matching = [zone for zone in self.public() if within(name, zone.name)]
        longest = max((len(zone.name) for zone in matching), default=0)
        return [
            zone for zone in matching if len(zone.name) == longest and not (delegated and self.has_other_servers(zone))
        ]

    def delegate(self, zone: str, name_servers: list[str] | None) -> None:
        """Sets the name servers that the parent has for a zone. Raises KeyError for an unknown zone."""
        if not any(plain(known.name) == plain(zone) for known in self.public()):
            raise KeyError(f"no public hosted zone {zone!r}")
        if name_servers is None:
            self.delegations.pop(plain(zone), None)
        else:
            self.delegations[plain(zone)] = name_servers

    def parent_servers(self, zone: HostedZone) -> list[str]:
        """Returns the name servers that the parent of a zone has for it."""
        return self.delegations.get(plain(zone.name), zone.name_servers())

    def has_other_servers(self, zone: HostedZone) -> bool:
        """Returns whether the parent delegates to none of the zone's own name servers."""
        return not set(map(plain, self.parent_servers(zone))) & set(map(plain, zone.name_servers()))

    def is_lame(self, name: str) -> bool:
        """Returns whether the parent delegates the zone of a name to servers that do not have the zone."""
        return any(self.parent_servers(zone) for zone in self.covering(name, delegated=False))

    def resolve_cname(self, name: str) -> set[str]:
        values = [
            value["Value"]
            for zone in self.covering(name)
            for record in zone.records_at(name, "CNAME")
            for value in record.get("ResourceRecords", [])
        ]
        return {plain(value) for value in values}

    def lookup(self, name: str, kind: str, *, delegated: bool = True) -> list[dict[str, Any]]:
        """Returns the records of a name in public DNS, or those of the wildcard that stands for it.

        A wildcard stands only for names that do not exist: https://www.rfc-editor.org/rfc/rfc4592 (section 2.2).
        """
        for zone in self.covering(name, delegated=delegated):
            if records := zone.records_at(zone.known_name(name), kind):
                return records
        return []
