"""Real servers on this machine: HTTP, HTTPS, DNS, and ports that accept nothing or never answer."""

from __future__ import annotations

import contextlib
import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import trustme

from elbplan.live.dns import Internet
from elbplan.live.names import Names

Answer = tuple[int, Mapping[str, str]]
Handle = Callable[[str, str, Mapping[str, str]], Answer]
"""From method, path with query, and headers to status and headers."""


@contextlib.contextmanager
def web_server(handle: Handle, certificate: ssl.SSLContext | None = None) -> Iterator[int]:
    """An HTTP server, or an HTTPS server with a certificate. Gives its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            status, headers = handle(self.command, self.path, dict(self.headers))
            self.send_response_only(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_HEAD = do_POST = do_OPTIONS = answer  # noqa: N815 - the names of http.server

        def log_message(self, *_: Any) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that refuses the certificate closes the connection."""

        def finish_request(self, request: Any, client_address: Any) -> None:
            if certificate is not None:
                request.settimeout(5)
                request = certificate.wrap_socket(request, server_side=True)
            Handler(request, client_address, self)

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """What a server shows that has this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port whose connections are never accepted: as behind a closed security group, nobody answers."""
    with socket.socket() as server, contextlib.ExitStack() as stack:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(2):  # fills the queue, so that the next connection waits
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]


@contextlib.contextmanager
def mute_port() -> Iterator[int]:
    """A port that accepts connections and never sends a byte."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield server.getsockname()[1]


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Records = Mapping[tuple[str, str], Sequence[str]]
"""Values by name and type, without final dots."""


@contextlib.contextmanager
def dns_servers(recursive: Records, authoritative: Mapping[str, Records]) -> Iterator[Names]:
    """A resolver at 127.0.0.1, and name servers at these addresses of the loopback network, all on one port."""
    with contextlib.ExitStack() as stack:
        port = 0
        for address in dict.fromkeys(["127.0.0.1", *authoritative]):
            server = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            server.bind((address, port))
            port = server.getsockname()[1]
            server.settimeout(30)
            records = authoritative.get(address, {})
            threading.Thread(target=_serve, args=(server, recursive, records), daemon=True).start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], port
        yield Names(Internet(resolver, port))


def _serve(server: socket.socket, recursive: Records, authoritative: Records) -> None:
    with contextlib.suppress(OSError):
        while True:
            data, client = server.recvfrom(4096)
            query = dns.message.from_wire(data)
            asked = bool(query.flags & dns.flags.RD)
            server.sendto(_response(query, recursive if asked else authoritative, asked).to_wire(), client)


def _response(query: dns.message.Message, records: Records, recursive: bool) -> dns.message.Message:
    response = dns.message.make_response(query)
    question = query.question[0]
    name, type = str(question.name).rstrip("."), dns.rdatatype.to_text(question.rdtype)
    response.flags |= dns.flags.RA if recursive else dns.flags.AA
    values = records.get((name, type), ())
    if values:
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", type, *values))
    elif not any(known == name for known, _ in records):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response
