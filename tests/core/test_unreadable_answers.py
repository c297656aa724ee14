"""Answers that are none of AWS's: a proxy's page, half a document, one without what every answer has."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest

from elbplan.core.call import Call
from elbplan.core.kind import Scope
from elbplan.errors import AwsProblem
from elbplan.kinds import KINDS
from elbplan.live.batch import BatchReader
from elbplan.live.client import Aws
from elbplan.live.read_retries import ReadRetries
from tests.fake_time import FakeTime

PAGES = {
    "a page": b"<html><body>Sign in to the network</body></html>",
    "half a document": b"<DescribeLoadBalancersResponse><DescribeLoadBal",
    "nothing": b"",
    "no XML": b"{]",
}


def served(body: bytes, status: int = 200) -> HTTPServer:
    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize("kind", ["load_balancer", "certificate", "record"])
@pytest.mark.parametrize("body", PAGES)
def test_an_answer_that_is_none_of_awss_is_a_problem_with_a_hint(kind: str, body: str) -> None:
    server = served(PAGES[body])
    aws = Aws("eu-west-1", endpoint=f"http://127.0.0.1:{server.server_address[1]}", session=boto3.Session("a", "b"))
    scope = Scope("eu-west-1", {"web": {}})
    with pytest.raises(AwsProblem) as problem:
        BatchReader(aws.send).run([KINDS[kind].read(scope)])
    assert problem.value.hint
    server.shutdown()


def test_an_answer_without_what_every_answer_has_names_the_call() -> None:
    def send(call: Call) -> Any:
        return {"SomethingElse": 1}

    with pytest.raises(AwsProblem, match=r"DescribeLoadBalancers, .* cannot be understood: KeyError"):
        BatchReader(send).run([KINDS["load_balancer"].read(Scope("eu-west-1", {"web": {}}))])


FAILED = b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>"


@pytest.mark.parametrize("service", ["elbv2", "acm"])
def test_a_simulator_that_ends_at_a_call_is_asked_once_and_named(service: str) -> None:
    """So answers moto's server, for services with XML and with JSON."""
    server = served(FAILED, 500)
    operation = {"elbv2": "DescribeTrustStores", "acm": "ListCertificates"}[service]
    sent: list[str] = []
    url = f"http://127.0.0.1:{server.server_address[1]}"
    aws = Aws("eu-west-1", endpoint=url, session=boto3.Session("a", "b"), each=lambda _, name: sent.append(name))
    with pytest.raises(AwsProblem) as problem:
        aws.send(Call(service, operation))
    server.shutdown()
    assert problem.value.what == (
        f"the answer to {operation} cannot be understood: it is a web page, 500 Internal Server Error"
    )
    assert "an AWS simulator that does not have this call" in problem.value.hint
    assert sent == [operation]


@pytest.mark.parametrize("service", ["elbv2", "acm"])
def test_the_page_of_a_failing_gateway_is_an_error_that_is_tried_again(service: str) -> None:
    server = served(FAILED.replace(b"500", b"502"), 502)
    operation = {"elbv2": "DescribeTrustStores", "acm": "ListCertificates"}[service]
    time = FakeTime()
    sent: list[str] = []
    url = f"http://127.0.0.1:{server.server_address[1]}"
    retries = ReadRetries(time.now, time.sleep)
    aws = Aws(
        "eu-west-1",
        endpoint=url,
        session=boto3.Session("a", "b"),
        retries=retries,
        each=lambda _, name: sent.append(name),
    )
    with pytest.raises(AwsProblem, match=rf"{service} {operation} failed: AWS answered 502 \(502\) [0-9]+ times"):
        aws.send(Call(service, operation))
    server.shutdown()
    assert len(sent) > 2
