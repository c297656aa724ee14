"""The security path for the page: each connection that security groups must let in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...core.address import Address
from ...core.plan import Plan
from ...core.security_edge import SecurityEdge
from ...kinds.client_edges import ANYWHERE
from ..servers import with_names
from ..words import in_words, name_in_words, wording


@dataclass(frozen=True)
class End:
    """One end of a connection: its name, and its AWS id if a person needs that too."""

    name: str
    id: str = ""


@dataclass(frozen=True)
class SecurityRow:
    """A connection: `open`, `missing` or `unknown`, with the rule that is missing and the command that adds it."""

    source: End
    port: str
    uses: str
    destination: End
    groups: str
    state: str
    why: str = ""
    fix: str = ""
    command: str = ""


def security_rows(edges: Sequence[SecurityEdge], plan: Plan) -> list[SecurityRow]:
    """The rows, in the order of a request."""
    rows = _Rows(plan)
    return [rows.row(edge) for edge in edges]


class _Rows:
    """Makes the rows with the names of the plan's resources and servers."""

    def __init__(self, plan: Plan) -> None:
        self.servers, self.words = plan.servers, wording(plan)
        self.own: dict[str, Address] = {live.id: address for address, live in plan.lives.items()}
        self.own |= {str(address): address for address in (*plan.lives, *plan.desired)}

    def row(self, edge: SecurityEdge) -> SecurityRow:
        """Returns the row of a connection."""
        groups = ", ".join(self._end(group).name for group in edge.groups)
        return SecurityRow(
            self._end(ANYWHERE.get(edge.source, edge.source)),
            edge.port_text,
            " and ".join(edge.uses) if edge.to == "server" else "",
            self._destination(edge),
            groups,
            edge.state,
            self._text(edge.why),
            self._text(edge.fix),
            edge.command,
        )

    def _destination(self, edge: SecurityEdge) -> End:
        if edge.to == "balancer":
            return End(in_words(edge.balancer))
        end = self._end(edge.server)
        name = edge.name if edge.name and edge.name not in self.own else end.name
        return End(name, edge.server if edge.server.startswith("i-") and edge.server != name else "")

    def _end(self, id: str) -> End:
        """A resource of the stack by its name; a server or security group of others by its name and id."""
        address = self.own.get(id)
        if address is not None:
            return End(name_in_words(address) if address.kind == "instance" else in_words(address))
        label = self.servers.get(id)
        return End(" ".join(label.name.split()), id) if label is not None and label.name.strip() else End(id)

    def _text(self, text: str) -> str:
        return with_names(self.words(text), self.servers)
