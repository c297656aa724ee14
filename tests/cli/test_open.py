"""elbplan open, and the network of the sandbox on the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal

from .kit import WEB, PipeStream, Shell, TerminalStream


def test_the_address_of_a_stack(shell: Shell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    assert shell.run("open", shell.spec).out == "https://api.example.com/\n"
    assert shell.run("open", shell.spec, "--path", "health?x=1").out == "https://api.example.com/health?x=1\n"
    document = shell.run("open", shell.spec, "--json").document
    assert document == {"schema": 1, "stack": "my-web", "urls": ["https://api.example.com/"]}


def test_a_stack_without_a_domain_has_the_name_of_its_load_balancer(shell: Shell) -> None:
    spec = shell.write("plain.yaml", WEB.replace("domain: api.example.com\n", ""))
    shell.run("apply", spec, "--yes")
    (balancer,) = shell.box.client("elbv2", "ap-northeast-2").describe_load_balancers()["LoadBalancers"]
    assert shell.run("open", spec).out == f"http://{balancer['DNSName']}/\n"


def test_a_stack_that_does_not_exist_has_no_address(shell: Shell) -> None:
    done = shell.run("open", shell.spec)
    assert (done.code, done.out) == (1, "")
    assert "my-web has no load balancer in ap-northeast-2, so it has no address" in done.err
    assert f"create it with: elbplan apply {shell.spec}" in done.err


def test_several_stacks_are_refused(shell: Shell) -> None:
    shell.write("other.yaml", WEB.replace("my-web", "other").replace("api.", "other."))
    done = shell.run("open", str(shell.folder))
    assert done.code == 64
    assert "has several stacks" in done.err


@pytest.mark.parametrize("stream", [TerminalStream, PipeStream])
def test_a_browser_opens_only_for_a_person(shell: Shell, stream: Callable[[], TerminalStream | PipeStream]) -> None:
    shell.run("apply", shell.spec, "--yes")
    opened = shell.folder / "opened"
    browser = shell.folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >{opened}\n')
    browser.chmod(0o755)
    terminal = Terminal(
        PipeStream(), stream(), PipeStream(), {**shell.environ, "BROWSER": f"no-such-browser:{browser} %s"}
    )
    assert run(["open", shell.spec], terminal, shell.connect) == 0
    if stream is TerminalStream:
        assert opened.read_text() == "https://api.example.com/\n"
    else:
        assert not opened.exists()


Elbplan = Callable[..., str]


@pytest.fixture(scope="module")
def elbplan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elbplan]:
    """Runs commands in other processes, with a background sandbox of their own."""
    folder = tmp_path_factory.mktemp("sandbox")
    (folder / "web.yaml").write_text(WEB)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environ |= {"ELBPLAN_SANDBOX_DIR": str(folder / "state"), "XDG_STATE_HOME": str(folder / "home"), "COLUMNS": "120"}

    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "elbplan", *words],
            capture_output=True,
            text=True,
            env=environ,
            cwd=folder,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    yield command
    command("sandbox", "stop")
    assert not (folder / "state" / "sandbox-ca.pem").exists(), "the authority ends with its sandbox"


def test_no_sandbox_no_network(elbplan: Elbplan) -> None:
    assert "No sandbox is running" in elbplan("sandbox", "network")
    assert json.loads(elbplan("sandbox", "network", "--json")) == {"schema": 1, "running": False}


def test_the_answers_of_a_stack_in_the_sandbox(elbplan: Elbplan) -> None:
    elbplan("sandbox", "start", "--slow", "0")
    elbplan("apply", "web.yaml", "--sandbox", "--yes")
    secure, plain, curl = elbplan("open", "web.yaml", "--sandbox", "--path", "/hello?x=1").splitlines()
    server = r"my-web-web-\d \(i-[0-9a-f]+\) in ap-northeast-2[ac], port 80"
    assert re.fullmatch(rf'https://api\.example\.com/hello\?x=1 → 200, "{server}"', secure)
    assert plain == "http://api.example.com/hello?x=1 → 301 https://api.example.com:443/hello?x=1"
    assert re.fullmatch(r"curl --proxy http://127\.0\.0\.1:\d+ --cacert \S+/sandbox-ca\.pem '\S+hello\?x=1'", curl)
    document = json.loads(elbplan("open", "web.yaml", "--sandbox", "--json"))
    assert [answer["url"] for answer in document["answers"]] == ["https://api.example.com/", "http://api.example.com/"]
    assert document["answers"][1]["answer"] == "301 https://api.example.com:443/"


def test_where_the_network_of_the_sandbox_is(elbplan: Elbplan) -> None:
    started = elbplan("sandbox", "start")
    document = json.loads(elbplan("sandbox", "network", "--json"))
    text = elbplan("sandbox", "network")
    assert Path(document["authority_file"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert f"DNS        127.0.0.1, port {document['dns'][1]} (UDP and TCP)\nProxy      {document['proxy']}\n" in text
    curl = text.splitlines()[-1].removeprefix("Example").strip()
    assert curl == f"curl --proxy {document['proxy']} --cacert {document['authority_file']} https://api.example.com/"
    for screen in (started, elbplan("sandbox", "status")):
        assert f"Its load balancers answer through its proxy: {curl}\n" in screen
