"""The HTTP server: threads and keep-alive connections, on the loopback interface only."""

import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from ..account import Account
from .engine import Engine
from .protocol import HttpReply, HttpRequest


class RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server_version = "elbplan-sandbox"

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        if len(body) < length:
            # RFC 9112, section 8: a request without its complete body is incomplete. AWS does not execute it.
            self.close_connection = True
            return
        incoming = HttpRequest(self.command, self.path, headers, body)
        reply = cast("SandboxServer", self.server).engine.handle(incoming)
        if reply is None:
            self._reset_connection()
        else:
            self._send(reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _answer  # noqa: N815 - http.server's names

    def _send(self, reply: HttpReply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            if name.lower() not in ("content-length", "date", "server"):
                self.send_header(name, str(value))
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        self.wfile.flush()

    def _reset_connection(self) -> None:
        """Closes with RST, as a broken network does, and not with FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        """AWS's time, which a test can shift."""
        skew = cast("SandboxServer", self.server).engine.account.options.clock_skew
        return super().date_time_string((time.time() if timestamp is None else timestamp) + skew)

    def log_message(self, format: str, *args: Any) -> None:
        """Prints nothing: the call log contains more."""


class SandboxServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, account: Account, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), RequestHandler)
        self.engine = Engine(account)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores clients that disconnect during a request."""
