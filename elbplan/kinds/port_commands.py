"""The command that opens ports of servers to their load balancer, and the cause for a port that is closed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..core.cause import Cause, ServerFacts
from ..core.change import Diff
from .external_servers import ExternalServers, State
from .server_ports import ClosedPort, every_closed_port


def open_command(group: str, closed: Sequence[ClosedPort]) -> str:
    """The command that opens the ports of a server's security group to the load balancer."""
    permissions = [(found.port.protocol, found.port.number, source(found)) for found in closed]
    return ingress_command(closed[0].server.region, group, permissions)


def ingress_command(region: str, group: str, permissions: Iterable[tuple[str, int, str]]) -> str:
    """The command that adds rules: each has a protocol, a port and a source in the AWS CLI's shorthand.

    https://docs.aws.amazon.com/cli/latest/reference/ec2/authorize-security-group-ingress.html
    """
    texts = [
        f'"IpProtocol={protocol},FromPort={port},ToPort={port},{source}"' for protocol, port, source in permissions
    ]
    command = f"aws ec2 authorize-security-group-ingress --region {region} --group-id {group}"
    return f"{command} --ip-permissions {' '.join(texts)}"


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
