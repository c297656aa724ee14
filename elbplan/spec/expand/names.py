"""The servers and groups of the short form, each with its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...core.address import Address
from ...core.suggest import did_you_mean
from ..report import ProblemReport
from ..short.document import Short
from ..short.groups import ShortGroup
from ..short.servers import Server
from ..yaml.tree import YamlPath


@dataclass(frozen=True)
class NamedGroup:
    """A group, its place in the document, and the names of its servers (keys of `ExpandContext.servers`)."""

    name: str
    definition: ShortGroup
    path: YamlPath
    servers: tuple[str, ...] = ()
    port: int = 80
    protocol: str = "HTTP"

    @property
    def address(self) -> Address:
        """The address of the target group."""
        return Address("target_group", self.name)


@dataclass(frozen=True)
class NamedServer:
    """A definition of servers, and its place in the document."""

    definition: Server
    path: YamlPath


PROTOCOLS = {"application": "HTTP", "network": "TCP", "gateway": "GENEVE"}
PORTS = {"HTTP": 80, "HTTPS": 443, "TLS": 443, "GENEVE": 6081}


def servers_of(short: Short, report: ProblemReport) -> dict[str, NamedServer]:
    """Every definition of servers by name. A definition inside a group has the group's name."""
    servers: dict[str, NamedServer] = {}
    for name, server in (short.servers or {}).items():
        servers[name] = NamedServer(server, report.tree.resolve(("servers", name)))
    for name, group, path in _groups(short):
        if isinstance(group.servers, Server):
            if name in servers:
                report.at(
                    (*path, "servers"),
                    f'the servers "{name}" are defined twice',
                    f"write servers: {name} here",
                    key=True,
                )
            servers[name] = NamedServer(group.servers, (*path, "servers"))
    return servers


def _groups(short: Short) -> list[tuple[str, ShortGroup, YamlPath]]:
    groups: list[tuple[str, ShortGroup, YamlPath]] = []
    if short.targets:
        groups.append(("web", short.targets, ("targets",)))
    for name, group in (short.groups or {}).items():
        groups.append((name, group, ("groups", name)))
    return groups


def groups_of(short: Short, servers: Mapping[str, NamedServer], report: ProblemReport) -> dict[str, NamedGroup]:
    """Every group by name, with its servers, protocol and port."""
    groups: dict[str, NamedGroup] = {}
    for name, group, path in _groups(short):
        if name in groups:
            report.at(
                path,
                f'the group "{name}" is defined twice: targets: also defines it',
                "rename this group",
                key=True,
            )
            continue
        server_names = _server_names(name, group, path, short, servers, report)
        protocol = group.protocol or PROTOCOLS[short.type]
        port = group.port or _port(server_names, servers) or PORTS.get(protocol)
        if port is None and group.function is None and report.complete("targets", "groups", "servers"):
            report.at(path, "port is missing", f"a {protocol} group has no default port; add port:", key=True)
        groups[name] = NamedGroup(name, group, path, server_names, port or 80, protocol)
    return groups


def _port(names: tuple[str, ...], servers: Mapping[str, NamedServer]) -> int | None:
    return next((servers[name].definition.port for name in names if servers[name].definition.port), None)


def _server_names(
    name: str,
    group: ShortGroup,
    path: YamlPath,
    short: Short,
    servers: Mapping[str, NamedServer],
    report: ProblemReport,
) -> tuple[str, ...]:
    """The names of a group's servers."""
    if isinstance(group.servers, Server):
        return (name,)
    if group.servers is not None:
        if group.servers in servers:
            return (group.servers,)
        if not report.complete("servers"):
            return ()
        hint = did_you_mean(group.servers, servers) if servers else "define them under servers: at the top level"
        report.at((*path, "servers"), f'there are no servers called "{group.servers}"', hint)
        return ()
    others = (group.instances, group.ips, group.tag, group.auto_scaling_group, group.function, group.load_balancer)
    return tuple(short.servers or ()) if path == ("targets",) and not any(other is not None for other in others) else ()
