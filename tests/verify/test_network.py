"""The network of the simulator: CONNECT through a proxy, its authority, its DNS."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import trustme

from elbplan.verification.network import ProxyConnections

from .kit import CA, NAME, FakeNames, answering, failures, verified


@contextlib.contextmanager
def proxy(ports: dict[int, int], answers: dict[int, bytes] | None = None) -> Iterator[str]:
    """A proxy that knows CONNECT only. Ports have another port of this machine, or an answer of their own."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    threading.Thread(target=_connect, args=(client, ports, answers or {}), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _connect(client: socket.socket, ports: dict[int, int], answers: dict[int, bytes]) -> None:
    with client, contextlib.suppress(OSError):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1024)
        port = int(head.split()[1].rpartition(b":")[2])
        if port not in ports:
            client.sendall(answers.get(port, b"HTTP/1.1 502 Bad Gateway\r\n\r\n"))
            return
        with socket.create_connection(("127.0.0.1", ports[port])) as inner:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_copy, args=(inner, client), daemon=True).start()
            _copy(client, inner)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(4096):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def test_a_stack_is_verified_through_the_proxy() -> None:
    with answering() as behind, proxy(dict(behind.ports)) as url:
        network = ProxyConnections(FakeNames(), url, CA.cert_pem.bytes().decode())
        assert failures(verified(network)) == {}


def test_another_authority_is_not_trusted() -> None:
    with answering() as behind, proxy(dict(behind.ports)) as url:
        network = ProxyConnections(FakeNames(), url, trustme.CA().cert_pem.bytes().decode())
        assert "authority" in failures(verified(network))["tls"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", ConnectionRefusedError),
        (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", TimeoutError),
        (b"", ConnectionRefusedError),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", OSError),
    ],
)
def test_what_the_proxy_answers_instead(answer: bytes, error: type[OSError]) -> None:
    with proxy({}, {443: answer}) as url, pytest.raises(error):
        ProxyConnections(FakeNames(), url, CA.cert_pem.bytes().decode()).connect(NAME, 443, 2)
