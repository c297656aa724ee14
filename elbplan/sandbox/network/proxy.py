"""The HTTP proxy that leads into the sandbox's network: CONNECT, and absolute URLs for plain HTTP.

The proxy is everywhere at once: it also reaches the private addresses of internal load balancers.
"""

import contextlib
import socket
import ssl
import threading
from http.server import ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from ..account import Account
from .dns import LOOPBACK
from .messages import VisitorReply
from .places import Place, is_address, place_at
from .tls import CertificateAuthority, wrap_listener, wrap_server
from .visits import IDLE_SECONDS, ReplyingHandler, Visit, VisitHandler, reply_at, request_of

SOURCE_HEADER = "X-Sandbox-Source"
"""A header for the proxy with the address from which the visitor comes."""
VISITOR = "198.51.100.7"
"""The visitor's address without that header: https://www.rfc-editor.org/rfc/rfc5737"""
FOR_THE_PROXY = ("proxy-connection", "proxy-authorization", SOURCE_HEADER.lower())
TLS_HANDSHAKE = b"\x16"
"""The first byte of a TLS client: https://www.rfc-editor.org/rfc/rfc8446 (section 5.1)"""
LONGEST_SILENCE = 130.0
"""A client gives up earlier: Linux tries to connect for about 127 s."""


class ProxyHandler(ReplyingHandler):
    rbufsize = 0  # what follows the headers of CONNECT belongs to the tunnel

    @property
    def _proxy(self) -> "ProxyServer":
        return cast(ProxyServer, self.server)

    @property
    def _source(self) -> str:
        return str(self.headers.get(SOURCE_HEADER) or VISITOR)

    def do_CONNECT(self) -> None:  # noqa: N802 - http.server's name
        host, _, port = self.path.rpartition(":")
        self.close_connection = True
        if not port.isdigit() or not is_address(self._source):
            self.send(_refusal(400, f"CONNECT needs host:port, and {SOURCE_HEADER} an address"))
            return
        place = self._place(host.strip("[]"), int(port))
        if place.connection.result == "open":
            self.send_response_only(200, "Connection established")
            self.end_headers()
            self._tunnel(Visit(self._proxy.account, place, self._source))
        else:
            self._not_open(place)

    def _plain(self) -> None:
        url = urlsplit(self.path)
        self.read_body()
        if url.scheme != "http" or not url.hostname or not is_address(self._source):
            self.send(_refusal(400, f"a proxy needs an http:// URL or CONNECT, and {SOURCE_HEADER} an address"))
            return
        port = url.port or 80
        place = self._place(url.hostname, port)
        if place.connection.result != "open":
            self._not_open(place)
            return
        if place.tls is not None:
            self.send(_refusal(400, f"port {port} expects TLS"))
            return
        request = request_of(self.command, self.path, self.headers, self._source, FOR_THE_PROXY)
        reply = reply_at(self._proxy.account, place, request)
        self.send(reply or _refusal(502, "the listener is gone"))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _plain  # noqa: N815 - http.server's names

    def _place(self, host: str, port: int) -> Place:
        account = self._proxy.account
        with account.lock:
            account.start_moment()
            return place_at(account, host, port, self._source)

    def _not_open(self, place: Place) -> None:
        """A refused connection is an error of the proxy; one that a security group drops gets no answer at all."""
        if place.connection.result == "refused":
            self.send(_refusal(502, place.connection.why))
            return
        self.close_connection = True
        self.connection.settimeout(LONGEST_SILENCE)
        with contextlib.suppress(OSError):
            while self.connection.recv(4096):
                pass

    def _tunnel(self, visit: Visit) -> None:
        with contextlib.suppress(OSError):
            if (secured := self._secured(visit)) is None:
                VisitHandler(self.connection, self.client_address, cast(Any, visit))
                return
            with secured:
                VisitHandler(secured, self.client_address, cast(Any, visit))

    def _secured(self, visit: Visit) -> ssl.SSLSocket | None:
        """Returns the connection with TLS; None without TLS. Raises OSError if the handshake fails."""
        authority, place = self._proxy.authority, visit.place
        if place.tls is not None:
            return wrap_listener(visit.account, authority, place.tls, self.connection)
        self.connection.settimeout(IDLE_SECONDS)
        if place.server and self.connection.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE:
            return wrap_server(authority, self.connection)
        return None


def _refusal(status: int, why: str) -> VisitorReply:
    headers = (("Server", "elbplan-sandbox-proxy"), ("Content-Type", "text/plain"))
    return VisitorReply(status, headers, f"elbplan sandbox: {why}\n".encode())


class ProxyServer(ThreadingHTTPServer):
    """The proxy on a free port of the loopback interface."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, account: Account, authority: CertificateAuthority) -> None:
        super().__init__((LOOPBACK, 0), ProxyHandler)
        self.account, self.authority = account, authority
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any) -> None:
        """Ignores clients that disconnect during a request."""
