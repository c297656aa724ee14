"""Which DNS a command asks: that of the internet, only if its requests go to AWS."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.api.network import Internet
from elbplan.cli.context import App, Options
from elbplan.cli.dns import dns_of
from elbplan.cli.terminal import Terminal
from elbplan.live.delegation import NotAsked
from elbplan.sandbox.box import Box

from .kit import PipeStream, Shell


def app(environ: dict[str, str] | None = None, **options: object) -> App:
    streams = PipeStream(), PipeStream(), PipeStream()
    return App(Terminal(*streams, environ or {}), Options(**options))


def test_the_internet_is_asked_about_the_real_aws() -> None:
    real = app()
    assert isinstance(dns_of(real), Internet)
    assert dns_of(real) is dns_of(real)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ROUTE_53"])
def test_the_internet_does_not_know_another_endpoint(name: str) -> None:
    dns = dns_of(app({name: "http://127.0.0.1:4566"}))
    assert isinstance(dns, NotAsked)
    assert "AWS_ENDPOINT_URL" in dns.name_servers("example.com").problem


def test_an_endpoint_that_is_ignored_does_not_count() -> None:
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    assert isinstance(dns_of(app(environ)), Internet)


def test_an_endpoint_of_the_profile_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text("[profile local]\nendpoint_url = http://127.0.0.1:4566\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert isinstance(dns_of(app(profile="local")), NotAsked)
    assert isinstance(dns_of(app(profile="missing")), Internet)


def test_nobody_is_asked_about_the_sandbox(box: Box, tmp_path: Path) -> None:
    assert dns_of(app(sandbox=True)) is None
    assert dns_of(App(Terminal(PipeStream(), PipeStream(), PipeStream()), connect=Shell(box, tmp_path).connect)) is None
