"""What pending steps need outside the stack: the servers that they register, and delegated hosted zones. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ...core.address import Address
from ...core.change import Diff
from ...core.plan import Step
from ...core.resource import Resource
from ...errors import Refused
from ...kinds.delegation import zones_of_new
from ...kinds.server_ports import ClosedPort, closed_ports
from ...live.observe import Observed
from ...planner.server_guards import unusable_servers
from ..position.position import Position


def unusable_servers_of(
    comparison: Diff, steps: Sequence[Step], found: Position, observed: Observed
) -> Iterator[Refused]:
    """The refusals for servers that these steps register; steps after a hold do not count."""
    written = {step.address for step in steps if step.writes}
    changes = [change for change in comparison.changes if change.address in written]
    return unusable_servers(replace(comparison, changes=changes), _end(found, observed), observed.external)


def closed_ports_of(found: Position, observed: Observed) -> Mapping[Address, Sequence[ClosedPort]]:
    """The closed ports that the rest of the file meets, by the resource whose change meets them."""
    return closed_ports(found.comparison, _end(found, observed), observed.external)


def zones_of(found: Position, observed: Observed) -> Mapping[Address, Sequence[str]]:
    """The hosted zones of the certificates and records that the rest of the file creates."""
    return zones_of_new(_end(found, observed), observed.live)


def _end(found: Position, observed: Observed) -> dict[Address, Resource]:
    """The resources at the end of the file, with this account's ids."""
    return {address: observed.portable_names.to_ids(resource) for address, resource in found.migration.last.items()}
