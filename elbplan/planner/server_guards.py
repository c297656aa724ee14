"""Refuses a plan that registers instances which AWS refuses or sends no requests, before the first write. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..core.change import Diff
from ..errors import Refused, escaped
from ..kinds.external_servers import (
    ExternalServer,
    ExternalServers,
    Registration,
    State,
    in_other_vpc,
    in_other_zone,
    not_running,
    registrations,
)
from ..kinds.targets import Targets


def unusable_servers(diff: Diff, desired: State, external: ExternalServers) -> Iterator[Refused]:
    """A refusal for stopped instances, one for instances of another VPC, and one for instances in other zones."""
    registered = list(registrations(diff, desired, external))
    if found := _found(registered, not_running):
        ids = " ".join(dict.fromkeys(server.id for _, server in found))
        lines = [
            _line(r, server, f"is {server.state}, and AWS registers only running instances") for r, server in found
        ]
        yield Refused(
            "\n".join(lines), hint=f"run: aws ec2 start-instances --region {found[0][1].region} --instance-ids {ids}"
        )
    if found := _found(registered, in_other_vpc):
        lines = [_line(r, server, f"is in {server.vpc}, but the stack is in {r.group.vpc}") for r, server in found]
        yield Refused("\n".join(lines), hint=_vpc_hint(desired, external, found[0][1].vpc))
    if found := _found(registered, lambda registration: in_other_zone(registration, external)):
        yield _outside_zones(found, external)


def _found(
    registered: Sequence[Registration], problem: Callable[[Registration], Sequence[ExternalServer]]
) -> list[tuple[Registration, ExternalServer]]:
    return [(registration, server) for registration in registered for server in problem(registration)]


def _line(registration: Registration, server: ExternalServer, text: str) -> str:
    return f"{registration.address}: {escaped(str(server))} {text}"


def _vpc_hint(desired: State, external: ExternalServers, vpc: str) -> str:
    members = [member for targets in desired.values() if isinstance(targets, Targets) for member in targets.members]
    servers = [external.servers.get(str(member.instance)) for member in members]
    line = f"write `network: {{vpc: {vpc}}}`"
    if all(server is None or server.vpc == vpc for server in servers):
        return line
    return (
        f"a load balancer has targets in one VPC: leave these instances out, or {line} and only instances of that VPC"
    )


def _outside_zones(found: Sequence[tuple[Registration, ExternalServer]], external: ExternalServers) -> Refused:
    lines, wanted = [], set()
    for registration, server in found:
        covered = (external.zones(registration.balancer) if registration.balancer else None) or set()
        zones = ", ".join(sorted(covered))
        text = f"is in {server.zone}, where the load balancer is not (only in {zones}): AWS sends it no requests"
        lines.append(_line(registration, server, text))
        wanted |= covered | {server.zone}
    names = ", ".join(sorted(_zone_name(zone, found[0][1].region) for zone in wanted))
    return Refused("\n".join(lines), hint=f"write `zones: [{names}]`")


def _zone_name(zone: str, region: str) -> str:
    """The letter of a zone, as specs name it; the complete name of a zone of another form."""
    letter = zone.removeprefix(region)
    return letter if len(letter) == 1 else zone
