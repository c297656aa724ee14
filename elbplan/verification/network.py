"""The network that the checks use: DNS, and connections. The internet and the local simulator are two of them."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from ..kinds.delegation import NameAnswer, ParentAnswer


class DnsNames(Protocol):
    """The DNS. It raises nothing: an answer has its problem."""

    def name_servers(self, zone: str) -> ParentAnswer:
        """The name servers that the parent of this zone has for it."""

    def by_resolver(self, name: str, type: str = "A") -> NameAnswer:
        """The addresses by the resolver of this machine, which may have an old answer."""

    def at_source(self, name: str, type: str = "A") -> NameAnswer:
        """The addresses by the resolver; if it has none, by the name servers of the zone above the name."""

    def by_servers(self, name: str, servers: Sequence[str], type: str = "A") -> list[NameAnswer]:
        """What each of these name servers has for the name, without a cache."""


class Network(Protocol):
    """DNS and connections.

    beyond           host and port that every machine with this network can reach; None if there is none
    proxy_variable   the variable with a proxy that these connections do not use; empty if there is none
    """

    names: DnsNames
    beyond: tuple[str, int] | None
    proxy_variable: str

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """A TCP connection. Raises TimeoutError, ConnectionRefusedError or another OSError."""

    def context(self) -> ssl.SSLContext:
        """The authorities that are trusted."""


@dataclass(frozen=True)
class NoNetwork:
    """No network may be used, for this reason."""

    reason: str


class InternetConnections:
    """The internet.

    region          the region whose endpoint of Elastic Load Balancing must be reachable, if anything is
    proxy_variable  the variable with the proxy of this machine, which the checks do not use: a client has another one
    """

    def __init__(self, names: DnsNames, region: str = "", proxy_variable: str = "") -> None:
        self.names, self.proxy_variable = names, proxy_variable
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        self.beyond = (f"elasticloadbalancing.{region}.{suffix}", HTTPS_PORT) if region else None

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        return socket.create_connection((address, port), seconds)

    def context(self) -> ssl.SSLContext:
        """The authorities of this machine; SSL_CERT_FILE replaces them.

        https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/
        """
        return ssl.create_default_context()


HTTPS_PORT = 443


class ProxyConnections:
    """The network of the local simulator: its DNS, and connections through its proxy.

    authority   the certificate authority of its listeners, in PEM
    """

    beyond: tuple[str, int] | None = None
    proxy_variable = ""

    def __init__(self, names: DnsNames, proxy: str, authority: str) -> None:
        self.names = names
        parts = urlsplit(proxy)
        self._proxy, self._authority = (parts.hostname or "", parts.port or 80), authority

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        tunnel = socket.create_connection(self._proxy, seconds)
        with contextlib.ExitStack() as stack:
            stack.callback(tunnel.close)
            tunnel.sendall(f"CONNECT {address}:{port} HTTP/1.1\r\nHost: {address}:{port}\r\n\r\n".encode())
            status = _status_of(_head(tunnel))
            if status == REFUSED:
                raise ConnectionRefusedError(f"the simulator refuses {address}:{port}")
            if status == NO_ANSWER_IN_TIME:
                raise TimeoutError
            if status != OPENED:
                raise OSError(f"the simulator answers {status}")
            stack.pop_all()
        return tunnel

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self._authority)


OPENED, REFUSED, NO_ANSWER_IN_TIME = 200, 502, 504
"""The answers of a proxy to CONNECT. A closed security group is no answer at all."""

LONGEST_HEAD = 65536


def _head(tunnel: socket.socket) -> bytes:
    """The answer up to its empty line, byte by byte: what follows belongs to the tunnel."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and len(head) < LONGEST_HEAD:
        byte = tunnel.recv(1)
        if not byte:
            raise ConnectionRefusedError("the simulator closed the connection")
        head += byte
    return head


def _status_of(head: bytes) -> int:
    words = head.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
