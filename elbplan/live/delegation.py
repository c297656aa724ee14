"""Compares the name servers of hosted zones with those that their parent zones have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from ..core.address import Address
from ..core.call import Answer, Call
from ..core.permission import Permission
from ..kinds.aws.queries import USERS_OF_ZONES, domain, zone_id
from ..kinds.delegation import Delegations, ParentAnswer, ZoneDelegation
from ..kinds.permissions.limits import ZONES
from ..kinds.permissions.zones import WHOLE_ZONES
from .worker_threads import WorkerThreads

PERMISSIONS = (
    Permission(
        "route53:GetHostedZone",
        ("compare",),
        (ZONES,),
        each=lambda resource: ["*"] if resource.kind in USERS_OF_ZONES else [],
        without_it="does not know whether the internet finds the hosted zone",
        why=WHOLE_ZONES,
    ),
)

Send = Callable[[Call], Answer]


class ZoneDns(Protocol):
    """The DNS of the internet."""

    def name_servers(self, zone: str) -> ParentAnswer:
        """The name servers that the parent of this zone has for it. Raises nothing."""


class NotAsked:
    """A DNS that nobody asks, with the reason."""

    def __init__(self, reason: str) -> None:
        self._answer = ParentAnswer(problem=reason)

    def name_servers(self, zone: str) -> ParentAnswer:
        return self._answer


def read_delegations(send: Send, dns: ZoneDns | None, zones: Mapping[Address, Sequence[str]]) -> Delegations:
    """The delegations of these public zones, by the same addresses. Empty without a DNS; then nothing is read."""
    ids = list(dict.fromkeys(id for several in zones.values() for id in several))
    if dns is None or not ids:
        return {}
    with WorkerThreads(min(8, len(ids))) as threads:
        found = dict(zip(ids, threads.map(lambda id: _delegation(send, dns, id), ids), strict=True))
    known = {address: [zone for id in several if (zone := found[id])] for address, several in zones.items()}
    return {address: several for address, several in known.items() if several}


def _delegation(send: Send, dns: ZoneDns, id: str) -> ZoneDelegation | None:
    """The delegation of a zone; None for a private zone, which is never delegated."""
    raw = send(Call("route53", "GetHostedZone", {"Id": id}, optional=True))
    zone = raw.get("HostedZone")
    if zone is None:
        problem = "AWS does not let elbplan read the zone (route53:GetHostedZone)"
        return ZoneDelegation(zone_id(id), zone_id(id), problem=problem)
    if zone.get("Config", {}).get("PrivateZone"):
        return None
    name = domain(zone["Name"])
    servers = tuple(map(domain, raw.get("DelegationSet", {}).get("NameServers", ())))
    answer = dns.name_servers(name)
    problem = answer.problem or ("" if servers else "AWS does not name its name servers")
    found = tuple(map(domain, answer.servers))
    aliases = _own_servers(send, id, name) if found and not problem and not set(found) & set(servers) else ()
    return ZoneDelegation(zone_id(zone["Id"]), name, servers, found, aliases, problem)


def _own_servers(send: Send, id: str, name: str) -> tuple[str, ...]:
    """The servers in the zone's own NS record: a zone can have name servers with names of its own domain.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/white-label-name-servers.html
    """
    params = {"HostedZoneId": id, "StartRecordName": name, "StartRecordType": "NS", "MaxItems": "1"}
    answer = send(Call("route53", "ListResourceRecordSets", params, optional=True))
    sets = [raw for raw in answer.get("ResourceRecordSets", ()) if raw["Type"] == "NS" and domain(raw["Name"]) == name]
    return tuple(domain(value["Value"]) for raw in sets for value in raw.get("ResourceRecords", ()))
