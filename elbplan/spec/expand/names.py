"""Who plays: the servers and groups of the short form, each with its name."""

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
    """A group, where it stands, and the servers that fill it (names of `ExpandContext.servers`)."""

    name: str
    word: ShortGroup
    path: YamlPath
    servers: tuple[str, ...] = ()
    port: int = 80
    protocol: str = "HTTP"

    @property
    def address(self) -> Address:
        """The target group's."""
        return Address("target_group", self.name)


@dataclass(frozen=True)
class NamedServer:
    """A definition of servers, and where it stands."""

    word: Server
    path: YamlPath


PROTOCOLS = {"application": "HTTP", "network": "TCP", "gateway": "GENEVE"}
PORTS = {"HTTP": 80, "HTTPS": 443, "TLS": 443, "GENEVE": 6081}


def servers_of(short: Short, report: ProblemReport) -> dict[str, NamedServer]:
    """Every definition of servers by name, those written inside a group under the group's name."""
    servers: dict[str, NamedServer] = {}
    for name, word in (short.servers or {}).items():
        servers[name] = NamedServer(word, report.tree.resolve(("servers", name)))
    for name, group, path in _groups(short):
        if isinstance(group.servers, Server):
            if name in servers:
                report.at(
                    (*path, "servers"),
                    f"servers called {name} are defined twice",
                    f"write servers: {name} here",
                    key=True,
                )
            servers[name] = NamedServer(group.servers, (*path, "servers"))
    return servers


def _groups(short: Short) -> list[tuple[str, ShortGroup, YamlPath]]:
    found: list[tuple[str, ShortGroup, YamlPath]] = []
    if short.targets:
        found.append(("web", short.targets, ("targets",)))
    for name, group in (short.groups or {}).items():
        found.append((name, group, ("groups", name)))
    return found


def groups_of(short: Short, servers: Mapping[str, NamedServer], report: ProblemReport) -> dict[str, NamedGroup]:
    """Every group by name, with its servers, protocol and port."""
    groups: dict[str, NamedGroup] = {}
    for name, word, path in _groups(short):
        if name in groups:
            report.at(
                path,
                f"the group {name} is there twice: targets: is the group web",
                "give this one another name",
                key=True,
            )
            continue
        filling = _filling(name, word, path, short, servers, report)
        protocol = word.protocol or PROTOCOLS[short.type]
        port = word.port or _port(filling, servers) or PORTS.get(protocol)
        if port is None and report.whole("targets", "groups", "servers"):
            report.at(path, "port is missing", f"a {protocol} group has no usual port; add port:", key=True)
        groups[name] = NamedGroup(name, word, path, filling, port or 80, protocol)
    return groups


def _port(names: tuple[str, ...], servers: Mapping[str, NamedServer]) -> int | None:
    return next((servers[name].word.port for name in names if servers[name].word.port), None)


def _filling(
    name: str, word: ShortGroup, path: YamlPath, short: Short, servers: Mapping[str, NamedServer], report: ProblemReport
) -> tuple[str, ...]:
    """The names of the servers that a group holds."""
    if isinstance(word.servers, Server):
        return (name,)
    if word.servers is not None:
        if word.servers in servers:
            return (word.servers,)
        if not report.whole("servers"):
            return ()
        hint = did_you_mean(word.servers, servers) if servers else "define them under servers: at the top level"
        report.at((*path, "servers"), f'there are no servers called "{word.servers}"', hint)
        return ()
    others = (word.instances, word.ips, word.tag)
    return tuple(short.servers or ()) if path == ("targets",) and others == (None, None, None) else ()
