"""One TLS handshake, one HTTP request: over a connection to a chosen address, with the name that a client would use."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Literal
from urllib.parse import SplitResult, urljoin, urlsplit

from .client_identity import ClientIdentity
from .deadline import Deadline
from .network import Network

MOST_ADDRESSES = 2
NEVER = "Dec 31 23:59:59 9999 GMT"
NONE: Mapping[str, str] = {}
HEADERS = {"User-Agent": "elbplan-verify", "Accept": "*/*", "Connection": "close"}

FailureKind = Literal["timeout", "refused", "unreachable", "certificate", "broken"]


class Failure(Exception):
    """A connection or request without an answer: its kind, and the reason in a few words.

    code   OpenSSL's number of the reason for which a certificate is not accepted
    """

    def __init__(self, kind: FailureKind, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.kind, self.text, self.code = kind, text, code


@dataclass(frozen=True)
class Peer:
    """What a TLS handshake showed: the version of TLS, and the end of the certificate as seconds since 1970."""

    version: str
    expires: float


@dataclass(frozen=True)
class Reply:
    """The beginning of an answer; its body is not read.

    cookies   for the next request to the same host; they are never shown
    """

    status: int
    location: str = ""
    server: str = ""
    seconds: float = 0
    cookies: Mapping[str, str] = field(default_factory=dict)


class Client:
    """Connects to the addresses of one load balancer, whatever a name resolves to."""

    def __init__(
        self, network: Network, addresses: Sequence[str], deadline: Deadline, identity: ClientIdentity | None = None
    ) -> None:
        self._network, self._addresses, self.deadline, self._identity = network, addresses, deadline, identity

    def without_identity(self) -> Client:
        """A client that shows no certificate."""
        return Client(self._network, self._addresses, self.deadline)

    def connect(self, port: int) -> socket.socket:
        """A connection to the first address that accepts one. Raises Failure."""
        problem: OSError = TimeoutError()
        tried = self._addresses[:MOST_ADDRESSES]
        for address in tried:
            try:
                seconds = self.deadline.seconds(self.deadline.limits.connect / len(tried))
                return self._network.connect(address, port, seconds)
            except OSError as error:
                problem = error
        raise _failure(problem)

    def handshake(self, port: int, name: str) -> Peer:
        """A TLS handshake with this name (SNI), which the certificate must cover. Raises Failure."""
        with self._secure(self.connect(port), name) as secure:
            certificate: Mapping[str, Any] = secure.getpeercert() or {}
            expires = ssl.cert_time_to_seconds(str(certificate.get("notAfter", NEVER)))
            return Peer((secure.version() or "TLS").replace("TLSv", "TLS "), expires)

    def fetch(
        self, url: str, method: str = "GET", headers: Mapping[str, str] | None = None, cookies: Mapping[str, str] = NONE
    ) -> Reply:
        """The answer to one request. Raises Failure."""
        began = self.deadline.now()
        parts = urlsplit(url)
        host, port = parts.hostname or "", port_of(parts)
        connection = http.client.HTTPConnection(host, port)
        connection.default_port = 443 if parts.scheme == "https" else 80  # or the header Host has the usual port
        plain = self.connect(port)
        connection.sock = self._secure(plain, host) if parts.scheme == "https" else plain
        try:
            connection.sock.settimeout(self.deadline.seconds(self.deadline.limits.answer))
            connection.request(method, target_of(parts), headers={**HEADERS, **_cookie(cookies), **(headers or {})})
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failure(error) from error
        finally:
            connection.close()
        return _reply(answer, self.deadline.now() - began)

    def _secure(self, plain: socket.socket, name: str) -> ssl.SSLSocket:
        try:
            plain.settimeout(self.deadline.seconds(self.deadline.limits.connect))
            context = self._network.context()
            if self._identity is not None:
                self._identity.show_in(context)
            return context.wrap_socket(plain, server_hostname=name)
        except (OSError, ValueError) as error:
            plain.close()
            raise _failure(error) from error


def _cookie(cookies: Mapping[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}


def _reply(answer: http.client.HTTPResponse, seconds: float) -> Reply:
    cookies: dict[str, str] = {}
    for header in answer.headers.get_all("Set-Cookie", []):
        try:
            cookies |= {name: morsel.coded_value for name, morsel in SimpleCookie(header).items()}
        except CookieError:
            continue
    location, server = answer.headers.get("Location", ""), answer.headers.get("Server", "")
    return Reply(answer.status, location, server, seconds, cookies)


def _failure(error: Exception) -> Failure:
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure("certificate", error.verify_message or "the certificate is not accepted", error.verify_code)
    if isinstance(error, TimeoutError):
        return Failure("timeout", "no answer in time")
    if isinstance(error, ConnectionRefusedError):
        return Failure("refused", "the connection is refused")
    if isinstance(error, ssl.SSLError | http.client.HTTPException | ValueError | ConnectionError):
        return Failure("broken", str(error) or type(error).__name__)
    return Failure("unreachable", error.strerror if isinstance(error, OSError) and error.strerror else str(error))


def port_of(parts: SplitResult) -> int:
    """The port of a URL. Raises ValueError if it is no number."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def target_of(parts: SplitResult) -> str:
    """Path and query."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def url_of(scheme: str, host: str, port: int, target: str = "/") -> str:
    """A URL, with the port only if it is not the usual one."""
    usual = 443 if scheme == "https" else 80
    return f"{scheme}://{host}{'' if port == usual else f':{port}'}{target}"


def next_url(url: str, location: str) -> str:
    """The URL to which an answer leads. Raises ValueError for one that nobody can follow."""
    found = urljoin(url, location)
    parts = urlsplit(found)
    port_of(parts)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"no URL: {found}")
    return found


def shown(url: str) -> str:
    """The URL without query and fragment, which may contain secrets such as the code of a login."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
