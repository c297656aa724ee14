"""A request of a visitor, as far as a load balancer looks at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus

from ..state.visitors import Visitor


@dataclass(frozen=True)
class VisitorRequest:
    """One HTTP request. `host` has no port; `headers` are pairs in their order.

    source   the visitor's address; empty for a probe, which stands for everybody
    named    the Host header as it is sent; empty for a probe
    """

    host: str
    path: str = "/"
    method: str = "GET"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    source: str = ""
    named: str = ""

    @property
    def target(self) -> str:
        """The path with its query, as in the first line of the request."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def header(self, name: str) -> list[str]:
        """Returns all values of a header; its name has no case."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def query_pairs(self) -> Iterator[tuple[str, str]]:
        """Yields the keys and values of the query, decoded."""
        for part in filter(None, self.query.split("&")):
            key, _, value = part.partition("=")
            yield unquote_plus(key), unquote_plus(value)


def request_of_probe(host: str, target: str, visitor: Visitor) -> VisitorRequest:
    """A GET for a path, which may have a query."""
    path, _, query = target.partition("?")
    return VisitorRequest(host, path, query=query, headers=visitor.headers, source=visitor.source)
