"""The security path for the page: each connection that security groups must let in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...core.plan import ServerLabel
from ...core.security_edge import SecurityEdge
from ..servers import with_names


@dataclass(frozen=True)
class SecurityRow:
    """A connection: `open`, `missing` or `unknown`, with the rule that is missing and the command that adds it."""

    source: str
    port: str
    destination: str
    groups: str
    state: str
    why: str = ""
    fix: str = ""
    command: str = ""


ANYWHERE: Mapping[str, str] = {"0.0.0.0/0": "anywhere", "::/0": "anywhere (IPv6)"}


def security_rows(edges: Sequence[SecurityEdge], servers: Mapping[str, ServerLabel]) -> list[SecurityRow]:
    """The rows, in the order of a request."""
    return [_row(edge, servers) for edge in edges]


def _row(edge: SecurityEdge, servers: Mapping[str, ServerLabel]) -> SecurityRow:
    uses = f" {', '.join(edge.uses)}" if edge.to == "server" else ""
    return SecurityRow(
        with_names(ANYWHERE.get(edge.source, edge.source), servers),
        f"{edge.port_text}{uses}",
        edge.destination if edge.name else with_names(edge.destination, servers),
        with_names(", ".join(edge.groups), servers),
        edge.state,
        with_names(edge.why, servers),
        with_names(edge.fix, servers),
        edge.command,
    )
