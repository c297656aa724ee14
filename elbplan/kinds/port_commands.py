"""The command that opens ports of servers to their load balancer, and the cause for a port that is closed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..core.cause import Cause, ServerFacts
from ..core.change import Diff
from .external_servers import ExternalServers, State
from .server_ports import ClosedPort, every_closed_port


def open_command(group: str, closed: Sequence[ClosedPort]) -> str:
    """https://docs.aws.amazon.com/cli/latest/reference/ec2/authorize-security-group-ingress.html"""
    permissions = [
        f'"IpProtocol={found.port.protocol},FromPort={found.port.number},ToPort={found.port.number},{source(found)}"'
        for found in closed
    ]
    command = f"aws ec2 authorize-security-group-ingress --region {closed[0].server.region} --group-id {group}"
    return f"{command} --ip-permissions {' '.join(permissions)}"


def source(closed: ClosedPort) -> str:
    """The source in the AWS CLI's shorthand; empty if elbplan knows none.

    The subnets are better than the load balancer's security group, which may not exist yet, and which AWS does not
    delete while a rule of another group refers to it.
    """
    if closed.cidrs:
        return f"IpRanges=[{','.join(f'{{CidrIp={cidr}}}' for cidr in closed.cidrs)}]"
    return f"UserIdGroupPairs=[{{GroupId={closed.source.groups[0]}}}]" if closed.source.groups else ""


def server_facts(diff: Diff, desired: State, external: ExternalServers) -> Mapping[str, ServerFacts]:
    """What is known of each server outside the stack, by its AWS id."""
    closed = every_closed_port(diff, desired, external)
    return {
        id: ServerFacts(server.name, server.zone, _cause(closed[id]) if id in closed else None, server.since)
        for id, server in external.servers.items()
    }


def _cause(closed: Sequence[ClosedPort]) -> Cause:
    server = closed[0].server
    ports = ", ".join(dict.fromkeys(str(found.port) for found in closed))
    text = f"no inbound rule of {', '.join(server.groups)} allows port {ports} from the load balancer"
    if not all(map(source, closed)):
        return Cause(text, f"allow port {ports} from the subnets of the load balancer")
    fix = "write `open: true` at the targets, or open the port" if closed[0].openable else "open the port"
    return Cause(text, fix, open_command(server.groups[0], _one_for_each_port(closed)))


def _one_for_each_port(closed: Iterable[ClosedPort]) -> list[ClosedPort]:
    return list({found.port: found for found in closed}.values())
