"""The hazard targets-unreachable: the security groups of servers outside the stack are closed to the load balancer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.address import Address
from ...core.hazard import Hazard
from ...errors import escaped
from ...kinds.ingress_rules import IngressRules
from ...kinds.server_ports import ClosedPort, ServerPort
from ..timeline import Timeline


def targets_unreachable(timeline: Timeline) -> Iterator[Hazard]:
    """A step registers servers that the load balancer cannot reach, or takes away what lets it reach them.

    The delete of targets or of their group is no such step, but the delete of the rules that elbplan added is.
    """
    seen: set[Address] = set()
    for transition in timeline.transitions:
        for address, _, after in transition.changed:
            closed = timeline.closed_ports.get(address)
            counts = after is not None or address.kind == IngressRules.kind
            if closed and counts and address not in seen:
                seen.add(address)
                yield Hazard(
                    "targets-unreachable",
                    address,
                    _text(closed),
                    step=transition.index,
                    remedy=_remedy(closed),
                )


def _text(closed: Sequence[ClosedPort]) -> str:
    """`the load balancer cannot reach port 8080 of server-a (i-0a): no inbound rule of sg-0a allows it`"""
    texts = []
    for port in dict.fromkeys(port.port for port in closed):
        servers = [found.server for found in closed if found.port == port]
        names = ", ".join(escaped(str(server)) for server in servers)
        groups = ", ".join(dict.fromkeys(group for server in servers for group in server.groups))
        use = "" if not port.checked or len({found.port for found in closed}) == 1 else " (health checks)"
        texts.append(
            f"the load balancer cannot reach port {port}{use} of {names}: no inbound rule of {groups} allows it"
        )
    return "; ".join(texts)


def _remedy(closed: Sequence[ClosedPort]) -> str:
    """A command for each security group, each in a line of its own; the first group of each server."""
    by_group: dict[str, dict[ServerPort, ClosedPort]] = {}
    for found in closed:
        by_group.setdefault(found.server.groups[0], {}).setdefault(found.port, found)
    if not all(_source(found) for found in closed):
        ports = ", ".join(dict.fromkeys(str(found.port) for found in closed))
        return f"allow port {ports} from the subnets of the load balancer in {', '.join(by_group)}"
    commands = (_command(group, list(ports.values())) for group, ports in by_group.items())
    first = "write `open: true` at the targets; or open the ports, then run elbplan again:"
    return "\n".join([first if all(found.openable for found in closed) else OPEN, *commands])


OPEN = "open the ports, then run elbplan again:"


def _command(group: str, closed: Sequence[ClosedPort]) -> str:
    """https://docs.aws.amazon.com/cli/latest/reference/ec2/authorize-security-group-ingress.html"""
    permissions = [
        f'"IpProtocol={found.port.protocol},FromPort={found.port.number},ToPort={found.port.number},{_source(found)}"'
        for found in closed
    ]
    command = f"aws ec2 authorize-security-group-ingress --region {closed[0].server.region} --group-id {group}"
    return f"{command} --ip-permissions {' '.join(permissions)}"


def _source(closed: ClosedPort) -> str:
    """The source in the AWS CLI's shorthand; empty if elbplan knows none.

    The subnets are better than the load balancer's security group, which may not exist yet, and which AWS does not
    delete while a rule of another group refers to it.
    """
    if closed.cidrs:
        return f"IpRanges=[{','.join(f'{{CidrIp={cidr}}}' for cidr in closed.cidrs)}]"
    return f"UserIdGroupPairs=[{{GroupId={closed.source.groups[0]}}}]" if closed.source.groups else ""
