"""Where a stack answers: the protocol and the port of its listeners, and a URL that never breaks."""

from __future__ import annotations

import pytest

from elbplan.render.addresses import urls_at
from elbplan.render.layout import unbroken_row
from elbplan.render.style import Style

from .plans import stack

HEAD = "name: web\nregion: eu-central-1\nzones: [a, b]\n"
NETWORK = HEAD + "type: network\ntargets: {ips: [172.31.0.9], port: 7000, protocol: tcp}\n"
NAME = "web-1.elb.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(("spec", "url"), [
    (HEAD + "listeners: [{listen: 80/http, respond: 200}]\n", f"http://{NAME}"),
    (HEAD + "listeners: [{listen: 8080/http, respond: 200}]\n", f"http://{NAME}:8080"),
    (NETWORK + "listeners: [{listen: 7000/tcp}]\n", f"tcp://{NAME}:7000"),
    (NETWORK + "listeners: [{listen: 7000/tcp}, {listen: 443/tcp}]\n", f"https://{NAME}"),
    (HEAD + "domain: web.example.com\ntargets: {ips: [172.31.0.9], port: 80}\n", f"https://{NAME}"),
])  # fmt: skip
def test_a_url_has_the_protocol_and_the_port_of_the_listener(spec: str, url: str) -> None:
    assert urls_at([NAME], stack(spec).resources.values()) == [url]


def test_a_url_never_breaks() -> None:
    url = f"http://{'n' * 30}-{NAME}"
    assert [line.plain for line in unbroken_row(Style(80), "url", url)] == ["  url", f"    {url}"]
