"""HTTP on an open connection: reads requests, and sends what the load balancer or the server answers."""

import time
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from ..account import Account
from ..traffic.request import VisitorRequest
from .messages import BALANCER, VisitorReply
from .places import Place

IDLE_SECONDS = 60.0
"""Idle timeout: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html"""
LARGEST_BODY = 1024 * 1024


def reply_at(account: Account, place: Place, request: VisitorRequest) -> VisitorReply | None:
    """Returns the answer of a place; None if its listener no longer exists, so that the connection closes."""
    with account.lock:
        account.start_moment()
        return place.answer(request)


def request_of(method: str, target: str, headers: Message, source: str, hidden: tuple[str, ...] = ()) -> VisitorRequest:
    """Returns a request as a load balancer sees it. `hidden` are headers for the proxy only."""
    parts = urlsplit(target)
    host = parts.netloc or headers.get("Host", "")
    pairs = tuple((name, value) for name, value in headers.items() if name.lower() not in hidden)
    return VisitorRequest(host_without_port(host), parts.path or "/", method, parts.query, pairs, source, host)


def host_without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name.lower() if colon and port.isdigit() else host.lower()


class ReplyingHandler(BaseHTTPRequestHandler):
    """An HTTP/1.1 handler that sends VisitorReplies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def read_body(self) -> None:
        """Reads and forgets the body, so that the next request of the connection starts after it."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
        else:
            self.rfile.read(length)

    def send(self, reply: VisitorReply) -> None:
        time.sleep(reply.seconds)
        self.send_response_only(reply.status, reply.reason)
        self.send_header("Date", self.date_time_string())
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Prints nothing."""


@dataclass(frozen=True)
class Visit:
    """The end of a connection, for the handler of its requests."""

    account: Account
    place: Place
    source: str


class VisitHandler(ReplyingHandler):
    """The requests of one connection to a load balancer or a server. The `server` of the handler is its visit."""

    server: Any
    server_version, sys_version = BALANCER, ""

    def _answer(self) -> None:
        visit: Visit = self.server
        self.read_body()
        request = request_of(self.command, self.path, self.headers, visit.source)
        reply = reply_at(visit.account, visit.place, request)
        if reply is None:
            self.close_connection = True
        else:
            self.send(reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _answer  # noqa: N815 - http.server's names
