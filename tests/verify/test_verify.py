"""What verify finds, through real sockets on this machine."""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import trustme

from elbplan.kinds.delegation import NameAnswer, ParentAnswer
from elbplan.verification.deadline import Limits
from elbplan.verification.network import NoNetwork

from ..patience import SOON
from .kit import (
    ADDRESS,
    BALANCER_DNS,
    CA,
    NAME,
    SERVERS,
    SPEC,
    FakeNames,
    Loopback,
    answering,
    certificate,
    failures,
    found,
    healthy,
    served,
    target,
    to_https,
    verified,
)
from .servers import Handle, context_of, dns_servers, free_port, mute_port, silent_port, web_server

Reply = tuple[int, Mapping[str, str]]


def answers(status: int, **headers: str) -> Handle:
    """An application that always answers so."""
    return lambda method, path, request: (status, {name.replace("_", "-"): value for name, value in headers.items()})


def test_a_stack_that_answers() -> None:
    with answering() as network:
        verification = verified(network)
    assert failures(verification) == {}
    assert (verification.answers, verification.state) == (True, "ok")
    assert list(dict.fromkeys(check.name for check in verification.checks)) == [
        "load-balancer", "listener", "certificate", "targets", "delegation", "dns", "connection", "tls", "redirect",
        "answer",
    ]  # fmt: skip
    (answer,) = found(verification, "answer")
    assert answer.subject == "https://api.example.com/"
    assert answer.facts["status"] == 200


def test_a_closed_security_group() -> None:
    with answering() as network, silent_port() as closed:
        verification = verified(Loopback({**network.ports, 443: closed}, CA))
    assert failures(verification) == {
        "connection": "no answer within 0.5 s: the security group or the network ACL is closed"
    }
    (check,) = verification.failures
    assert (check.subject, check.command) == ("port 443", "elbplan apply web.yaml")
    assert found(verification, "tls") == []


def test_a_missing_listener() -> None:
    with answering() as network:
        verification = verified(Loopback({**network.ports, 443: free_port()}, CA))
    assert failures(verification) == {"connection": "refused: nothing listens on this port"}


def test_an_expired_certificate() -> None:
    with answering(leaf=old_certificate()) as network:
        verification = verified(network)
    assert failures(verification) == {"tls": "the certificate has expired"}
    assert [check.state for check in found(verification, "answer")] == ["skipped"]


def old_certificate() -> trustme.LeafCert:
    return CA.issue_cert(NAME, not_after=datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC))


def test_a_certificate_for_another_name() -> None:
    with answering(leaf=CA.issue_cert("www.example.com")) as network:
        verification = verified(network)
    assert failures(verification) == {"tls": "the certificate is for other names, not for api.example.com"}


@pytest.mark.parametrize("leaf", [trustme.CA().issue_cert(NAME)])
def test_a_certificate_of_an_unknown_authority(leaf: trustme.LeafCert) -> None:
    with answering(leaf=leaf) as network:
        verification = verified(network)
    assert failures(verification) == {"tls": "its chain is incomplete or of an unknown authority"}


def test_a_self_signed_chain(tmp_path: Path) -> None:
    other = trustme.CA()
    leaf, file = other.issue_cert(NAME), tmp_path / "chain.pem"
    file.write_bytes(leaf.private_key_and_cert_chain_pem.bytes() + other.cert_pem.bytes())
    shown = context_of(leaf)
    shown.load_cert_chain(file)
    with web_server(healthy, shown) as secure, web_server(to_https) as plain:
        verification = verified(Loopback({443: secure, 80: plain}, CA))
    assert failures(verification) == {"tls": "its chain ends at an authority that this machine does not trust"}


def test_a_zone_that_is_not_delegated() -> None:
    with answering(names=FakeNames(parent=ParentAnswer(()))) as network:
        verification = verified(network)
    assert failures(verification) == {
        "delegation": "example.com is not delegated: no parent zone has name servers for it"
    }
    (check,) = verification.failures
    servers = ", ".join(SERVERS)
    assert check.fix == f"enter these name servers at the registrar of example.com, or in its parent zone: {servers}"


def test_a_sick_target() -> None:
    with answering(answers(503, Server="awselb/2.0")) as network:
        sick = [target("i-0a", "unhealthy", "Target.Timeout")]
        verification = verified(network, served(health=dict.fromkeys(served().reads.groups, sick)))
    assert failures(verification) == {
        "targets": "0 of 1 healthy (none in 2a, 2c): i-0a no answer on port 80 within 5 s (Target.Timeout)",
        "answer": "answers 503: no target can answer",
    }


@pytest.mark.parametrize(
    ("status", "server", "text"),
    [
        (502, "awselb/2.0", "answers 502: a server refused or closed the connection, or its answer is no HTTP"),
        (504, "awselb/2.0", "answers 504: a server does not answer in time"),
        (503, "nginx", "answers 503: the application itself answers so"),
        (500, "nginx", "answers 500: the application itself answers so"),
    ],
)
def test_a_server_error_is_no_answer(status: int, server: str, text: str) -> None:
    with answering(answers(status, Server=server)) as network:
        assert failures(verified(network)) == {"answer": text}


@pytest.mark.parametrize("status", [200, 204, 401, 404])
def test_every_other_status_is_an_answer(status: int) -> None:
    with answering(answers(status)) as network:
        assert failures(verified(network)) == {}


def test_a_redirect_loop() -> None:
    with answering(answers(302, Location=f"http://{NAME}/")) as network:
        verification = verified(network)
    assert failures(verification) == {"answer": f"a redirect loop: https://{NAME}/ → http://{NAME}/ → https://{NAME}/"}


def test_redirects_without_end() -> None:
    asked: list[str] = []

    def on_and_on(method: str, path: str, headers: Mapping[str, str]) -> Reply:
        asked.append(path)
        return 302, {"Location": f"{path}x"}

    with answering(on_and_on) as network:
        assert failures(verified(network)) == {"answer": "more than 10 redirects"}
    assert len(asked) == 11


def test_a_redirect_that_needs_its_cookie_is_no_loop() -> None:
    def once(method: str, path: str, headers: Mapping[str, str]) -> Reply:
        if headers.get("Cookie") == "seen=yes":
            return 200, {}
        return 302, {"Location": "/", "Set-Cookie": "seen=yes; Path=/; Secure"}

    with answering(once) as network:
        assert failures(verified(network)) == {}


def test_a_redirect_to_another_site_is_an_answer_without_its_query() -> None:
    login = "https://login.example.net/authorize?client_id=1&state=s3cret"
    with answering(answers(302, Location=login)) as network:
        (answer,) = found(verified(network), "answer")
    assert (answer.state, answer.text) == (
        "ok", "https://api.example.com/ answers 302 to https://login.example.net/authorize"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (f"https://{NAME}/", "301 to https://api.example.com/: it loses the path"),
        (f"https://{NAME}/elbplan-verify/path",
         "301 to https://api.example.com/elbplan-verify/path: it loses the query"),
        (f"http://{NAME}/elbplan-verify/path?query=kept&also=kept",
         "301 to http://api.example.com/elbplan-verify/path: it leads to http, not to https"),
        ("https://other.example.com/elbplan-verify/path?query=kept&also=kept",
         "301 to https://other.example.com/elbplan-verify/path: it leads to another address than api.example.com"),
    ],
)  # fmt: skip
def test_a_redirect_that_loses_something(location: str, text: str) -> None:
    with answering(http=answers(301, Location=location)) as network:
        assert failures(verified(network)) == {"redirect": text}


def test_a_port_that_should_redirect_and_does_not() -> None:
    with answering(http=healthy) as network:
        assert failures(verified(network)) == {"redirect": "answers 200, not with a redirect"}


RECURSIVE = {
    (BALANCER_DNS, "A"): [ADDRESS],
    (NAME, "A"): ["192.0.2.9"],
    ("com", "NS"): ["a.gtld-servers.net."],
    ("a.gtld-servers.net", "A"): ["127.0.0.3"],
    ("amazonaws.com", "NS"): ["ns.amazonaws.com."],
    **{(server, "A"): [f"127.0.0.{number}"] for number, server in enumerate(SERVERS, 1)},
}
RIGHT = {(NAME, "A"): [ADDRESS]}
PARENT = {("example.com", "NS"): [f"{server}." for server in SERVERS]}


def test_every_name_server_of_the_zone_is_asked_without_recursion() -> None:
    servers = {"127.0.0.1": RIGHT, "127.0.0.2": RIGHT, "127.0.0.3": PARENT}
    with dns_servers(RECURSIVE, servers) as names, answering(names=names) as network:
        verification = verified(network)
    assert failures(verification) == {}
    assert [check.text for check in (*found(verification, "delegation"), *found(verification, "dns"))] == [
        "delegated to its 2 name servers",
        "2 of 2 name servers answer with the load balancer; not spread yet: the DNS of this machine answers 192.0.2.9",
    ]


def test_a_name_server_that_answers_differently() -> None:
    servers = {"127.0.0.1": RIGHT, "127.0.0.2": {(NAME, "A"): ["192.0.2.7"]}, "127.0.0.3": PARENT}
    with dns_servers(RECURSIVE, servers) as names, answering(names=names) as network:
        verification = verified(network)
    assert failures(verification) == {"dns": f"ns-2.awsdns-00.net answers 192.0.2.7, the load balancer has {ADDRESS}"}


def test_a_zone_that_the_parent_gives_to_others() -> None:
    parent = {("example.com", "NS"): ["ns.registrar.example."]}
    servers = {"127.0.0.1": RIGHT, "127.0.0.2": RIGHT, "127.0.0.3": parent}
    with dns_servers(RECURSIVE, servers) as names, answering(names=names) as network:
        verification = verified(network)
    assert list(failures(verification)) == ["delegation"]
    assert "is delegated to ns.registrar.example, not to its hosted zone" in failures(verification)["delegation"]


def test_a_new_load_balancer_that_the_resolver_does_not_know_is_asked_at_the_source() -> None:
    source = "ap-northeast-2.elb.amazonaws.com"
    recursive = {key: value for key, value in RECURSIVE.items() if key != (BALANCER_DNS, "A")}
    recursive |= {(source, "NS"): ["ns.elb.example."], ("ns.elb.example", "A"): ["127.0.0.1"]}
    servers = {"127.0.0.1": {**RIGHT, (BALANCER_DNS, "A"): [ADDRESS]}, "127.0.0.2": RIGHT, "127.0.0.3": PARENT}
    with dns_servers(recursive, servers) as names, answering(names=names) as network:
        assert failures(verified(network)) == {}


def test_a_machine_without_the_internet_skips_and_fails_nothing() -> None:
    with dns_servers({}, {}) as names, answering(names=names) as network:
        verification = verified(network)
    assert failures(verification) == {}
    assert verification.state == "skipped"
    assert {check.text for check in found(verification, "connection")} == {
        "the DNS here does not answer for the internet"
    }


def test_a_machine_that_reaches_nothing_blames_nobody() -> None:
    with silent_port() as closed, silent_port() as too:
        network = Loopback({443: closed, 80: closed, 8443: too}, CA, beyond=("aws", 8443))
        verification = verified(network)
    assert failures(verification) == {}
    assert {check.text for check in found(verification, "connection")} == {
        "this machine opens no connection to the internet: aws does not answer either"
    }


def test_a_proxy_that_is_not_used_is_named() -> None:
    with silent_port() as closed, silent_port() as too:
        ports = {443: closed, 80: closed, 8443: too}
        verification = verified(Loopback(ports, CA, beyond=("aws", 8443), proxy_variable="HTTPS_PROXY"))
    assert failures(verification) == {}
    (text,) = {check.text for check in found(verification, "connection")}
    assert text.endswith("either; verify connects directly, without the proxy of HTTPS_PROXY")


class OnlyIpv6(FakeNames):
    """The load balancer has no public IPv4 address."""

    def at_source(self, name: str, type: str = "A") -> NameAnswer:
        return NameAnswer(("2001:db8::1",) if type == "AAAA" else ())


def test_a_load_balancer_without_public_ipv4_is_reached_by_ipv6() -> None:
    with answering(names=OnlyIpv6()) as network:
        verification = verified(network, served(f"{SPEC}ip: dualstack-without-public-ipv4\n"))
    assert [check.state for check in found(verification, "connection")] == ["ok", "ok"]
    assert [check.state for check in found(verification, "answer")] == ["ok"]
    with answering(names=OnlyIpv6()) as network:
        assert failures(verified(network))["dns"] == "has no address yet"


def test_the_authority_of_a_user_is_trusted(tmp_path: Path) -> None:
    CA.cert_pem.write_to_path(str(tmp_path / "own.pem"))
    code = (
        "from elbplan.verification.network import InternetConnections; from tests.verify.kit import FakeNames\n"
        "print([dict(part[0] for part in ca['subject'])['organizationName']"
        " for ca in InternetConnections(FakeNames()).context().get_ca_certs()])"
    )
    environ = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "own.pem")}
    shown = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert "trustme" in shown.stdout


def test_an_internal_load_balancer_is_checked_inside_the_vpc() -> None:
    with silent_port() as closed:
        verification = verified(Loopback({443: closed, 80: closed}, CA), served(f"{SPEC}access: internal\n"))
    assert failures(verification) == {}
    assert [check.text for check in found(verification, "connection")] == ["internal: run it inside the VPC"] * 2


def test_without_a_network_only_aws_is_checked() -> None:
    verification = verified(Loopback({}, CA), served())
    assert failures(verification)["connection"] == "refused: nothing listens on this port"
    verification = verified(NoNetwork("no network here"), served())
    assert failures(verification) == {}
    assert [check.text for check in found(verification, "connection")] == ["no network here"]


def test_nothing_hangs() -> None:
    with mute_port() as mute:
        began = time.monotonic()
        verification = verified(Loopback({443: mute, 80: mute}, CA), limits=Limits(connect=0.3, answer=0.3, whole=1))
        took = time.monotonic() - began
    assert failures(verification)["tls"] == "no TLS: no answer in time"
    assert took < SOON


def test_a_server_that_sends_a_byte_now_and_then_does_not_hang_it() -> None:
    with dripping() as drip, answering() as network:
        limits = Limits(connect=1, answer=1, whole=1.5)
        began = time.monotonic()
        verification = verified(Loopback({**network.ports, 80: drip}, CA), limits=limits)
        took = time.monotonic() - began
    assert failures(verification) == {"redirect": "no answer within 1.5 s"}
    assert took < SOON


@contextlib.contextmanager
def dripping() -> Iterator[int]:
    """A server whose answer never ends."""
    stop = threading.Event()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)

        def drip() -> None:
            with contextlib.suppress(OSError):
                client, _ = server.accept()  # the check of the connection
                client.close()
                client, _ = server.accept()
                client.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.1):
                    client.sendall(b"X: y\r\n")

        threading.Thread(target=drip, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()


def test_certificates_that_end_soon() -> None:
    known = dict.fromkeys(served().reads.certificates, certificate(12))
    with answering() as network:
        verification = verified(network, served(certificates=known))
    (check,) = found(verification, "certificate")
    assert (check.state, check.warning, check.facts) == ("ok", True, {"days_left": 12})


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (certificate(-3), "expired on "),
        (certificate(90, "www.example.com"), "no certificate covers api.example.com: only www.example.com"),
        (certificate(90, Status="PENDING_VALIDATION"), "not issued: pending validation"),
    ],
)
def test_certificates_that_do_not_serve(raw: dict[str, object], text: str) -> None:
    known = dict.fromkeys(served().reads.certificates, raw)
    with answering() as network:
        assert failures(verified(network, served(certificates=known)))["certificate"].startswith(text)


NETWORK = """
name: web
region: ap-northeast-2
zones: [a, c]
type: network
servers: {count: 2}
targets: {port: 80}
"""


def test_a_network_load_balancer_accepts_connections() -> None:
    with web_server(healthy) as plain:
        verification = verified(Loopback({80: plain}, CA), served(NETWORK))
    assert failures(verification) == {}
    assert (verification.state, [check.subject for check in found(verification, "connection")]) == ("ok", ["port 80"])
    assert {"tls", "answer", "redirect"} & {check.name for check in verification.checks} == set()
    assert failures(verified(Loopback({}, CA), served(NETWORK))) == {
        "connection": "refused: nothing listens on this port"
    }
