"""A visitor of the sandbox's network: DNS queries, and HTTP through its proxy, over real sockets."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

from elbplan.sandbox.admin.client import BoxClient

SOURCE = "X-Sandbox-Source"
PATIENCE = 5.0


@dataclass(frozen=True)
class Page:
    """What a visitor got, and the certificate that the listener showed."""

    status: int
    text: str
    headers: Mapping[str, str]
    certificate: Mapping[str, Any]


class Visitor:
    """Asks one sandbox. `source` is the address from which the visitor comes."""

    def __init__(self, box: BoxClient, source: str = "") -> None:
        network = box.network()
        host, self.dns_port = network["dns"]
        assert host == "127.0.0.1"
        proxy = urlsplit(network["proxy"])
        assert proxy.hostname == "127.0.0.1"
        self.proxy = ("127.0.0.1", int(proxy.port or 0))
        self.authority = str(network["authority"])
        self.for_proxy = {SOURCE: source} if source else {}

    def ask(self, name: str, kind: str = "A", *, recursive: bool = True, tcp: bool = False) -> dns.message.Message:
        query = dns.message.make_query(name, kind, flags=dns.flags.RD if recursive else 0)
        send = dns.query.tcp if tcp else dns.query.udp
        return send(query, "127.0.0.1", timeout=PATIENCE, port=self.dns_port)

    def values(self, name: str, kind: str = "A") -> list[str]:
        """The values of the asked type in the answer."""
        wanted = dns.rdatatype.from_text(kind)
        return [str(value) for found in self.ask(name, kind).answer if found.rdtype == wanted for value in found]

    def rcode(self, name: str, kind: str = "A") -> str:
        return dns.rcode.to_text(self.ask(name, kind).rcode())

    def get(
        self,
        url: str,
        at: str = "",
        method: str = "GET",
        timeout: float = PATIENCE,
        tls: ssl.SSLContext | None = None,
        **headers: str,
    ) -> Page:
        """One request through a tunnel. `at` is the name or address to which the tunnel leads, if not that of the URL.

        Headers are keyword arguments with `_` for `-`.
        """
        parts = urlsplit(url)
        with self.connected(url, at, timeout, tls) as connection:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            host = {"Host": parts.netloc} | {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, headers=host)
            reply = connection.getresponse()
            body = reply.read().decode()
            socket = connection.sock
            certificate = socket.getpeercert() if isinstance(socket, ssl.SSLSocket) else {}
            return Page(reply.status, body, dict(reply.headers), certificate or {})

    @contextmanager
    def connected(
        self, url: str, at: str = "", timeout: float = PATIENCE, tls: ssl.SSLContext | None = None
    ) -> Iterator[http.client.HTTPConnection]:
        """An open connection that does TLS for https with the name of the URL, whatever the tunnel leads to."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        tunnel = self.tunnel(at or str(parts.hostname), port, timeout)
        with tunnel as raw:
            connection = http.client.HTTPConnection(*self.proxy, timeout=timeout)
            context = tls or self.context()
            connection.sock = context.wrap_socket(raw, server_hostname=parts.hostname) if secure else raw
            yield connection
            connection.close()

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.authority)

    def tunnel(self, host: str, port: int, timeout: float = PATIENCE) -> socket.socket:
        """A CONNECT tunnel. Raises OSError if the proxy refuses, TimeoutError without an answer."""
        proxied = http.client.HTTPConnection(*self.proxy, timeout=timeout)
        proxied.set_tunnel(host, port, headers=self.for_proxy)
        proxied.connect()
        return proxied.sock

    def plain(self, url: str, timeout: float = PATIENCE, **headers: str) -> Page:
        """One request with an absolute URL, as curl sends it to a proxy."""
        connection = http.client.HTTPConnection(*self.proxy, timeout=timeout)
        connection.request("GET", url, headers={name.replace("_", "-"): v for name, v in headers.items()})
        reply = connection.getresponse()
        body = reply.read().decode()
        connection.close()
        return Page(reply.status, body, dict(reply.headers), {})
