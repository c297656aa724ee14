"""The DNS server of the sandbox: UDP and TCP on the same port of the loopback interface."""

import contextlib
import socketserver
import struct
import threading
from typing import Any, cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode

from ..account import Account
from .answers import reply_to

LOOPBACK = "127.0.0.1"
LARGEST_UDP = 1232
"""https://www.dnsflagday.net/2020/"""
SMALLEST_UDP = 512
TRIES = 20


class _Server(socketserver.ThreadingMixIn):
    daemon_threads = True
    allow_reuse_address = False
    account: Account

    def answer(self, wire: bytes, limit: int) -> bytes | None:
        """Returns the answer in wire format, without records if it is too long; None if it is no query."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if not query.question or query.flags & dns.flags.QR:
            return None
        reply = self._reply(query)
        size = min(max(query.payload, SMALLEST_UDP), LARGEST_UDP) if limit == LARGEST_UDP else limit
        try:
            return reply.to_wire(max_size=size)
        except dns.exception.TooBig:
            short = dns.message.make_response(query)
            short.flags |= dns.flags.TC
            return short.to_wire()

    def _reply(self, query: dns.message.Message) -> dns.message.Message:
        """A name server that cannot read its own data answers SERVFAIL: RFC 1035, section 4.1.1."""
        with self.account.lock:
            self.account.start_moment()
            try:
                return reply_to(self.account, query)
            except dns.exception.DNSException:
                broken = dns.message.make_response(query)
                broken.set_rcode(dns.rcode.SERVFAIL)
                return broken


class _UdpServer(_Server, socketserver.UDPServer):
    """Answers datagrams."""


class _TcpServer(_Server, socketserver.TCPServer):
    """Answers over TCP, with a length before each message: RFC 1035, section 4.2.2."""

    request_queue_size = 64


class _UdpHandler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, socket = self.request
        answer = cast(_Server, self.server).answer(wire, LARGEST_UDP)
        if answer is not None:
            socket.sendto(answer, self.client_address)


class _TcpHandler(socketserver.StreamRequestHandler):
    timeout = 10.0

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while len(head := self.rfile.read(2)) == 2:
                (length,) = struct.unpack("!H", head)
                answer = cast(_Server, self.server).answer(self.rfile.read(length), 65535)
                if answer is None:
                    return
                self.wfile.write(struct.pack("!H", len(answer)) + answer)


class DnsServer:
    """A DNS server on a free port."""

    def __init__(self, account: Account) -> None:
        self._udp, self._tcp = _pair()
        self._udp.account = self._tcp.account = account
        self.port = int(self._udp.server_address[1])
        for server in (self._udp, self._tcp):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()


def _pair() -> tuple[_UdpServer, _TcpServer]:
    """Returns two servers on the same free port: a port that is free for UDP may be in use for TCP."""
    for last in (*[False] * (TRIES - 1), True):
        udp = _UdpServer((LOOPBACK, 0), _UdpHandler)
        try:
            return udp, _TcpServer(cast(Any, udp.server_address), _TcpHandler)
        except OSError:
            udp.server_close()
            if last:
                raise
    raise AssertionError("the last try returns or raises")
