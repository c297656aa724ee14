"""elbplan verify with a client certificate, on the network of the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import elbplan
from elbplan.sandbox.box import Box
from tests.e2e.specs import MUTUAL_TLS

from .kit import Shell
from .test_verify import network_of

CA, LIST = "s3://authorities/ca.pem", "s3://authorities/a.crl"


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Shell:
    box.reset()
    shell = Shell(box, tmp_path)
    shell.reached = network_of(box)
    return shell


def test_a_certificate_opens_the_answers_of_a_listener_with_mutual_tls(shell: Shell) -> None:
    shell.write("web.yaml", MUTUAL_TLS)
    done = shell.run("apply", "--yes", shell.spec)
    assert done.code == 0, done.out + done.err
    assert "refuses clients without a certificate" in " ".join(shell.run("verify", shell.spec).out.split())
    opened = verified(shell, authority=CA)
    assert (opened.code, "https://api.example.com answers 200" in opened.out) == (0, True)
    stranger = verified(shell, authority="s3://authorities/other.pem")
    assert (stranger.code, "refuses the client certificate" in stranger.out) == (3, True)
    for faulty in ({"revoked": LIST}, {"expired": True}):
        assert verified(shell, authority=CA, **faulty).code == 3, faulty
    without = shell.run("verify", shell.spec, "--client-key", "x.key")
    assert (without.code, "--client-key needs --client-certificate" in without.err) == (64, True)


def test_a_program_shows_a_certificate_too(shell: Shell) -> None:
    shell.write("web.yaml", MUTUAL_TLS)
    assert shell.run("apply", "--yes", shell.spec).code == 0
    issued = shell.box.client_certificate(authority=CA)
    files = {name: shell.folder / f"program.{name}" for name in issued}
    for name, text in issued.items():
        files[name].write_text(text, encoding="ascii")
    session = elbplan.Session(connect=shell.connect, environ=shell.environ, network=shell.reached)
    stacks = elbplan.load([shell.spec], env={})
    (without,) = elbplan.verify(stacks, session=session)
    named = {"client_certificate": files["certificate"], "client_key": files["key"]}
    (opened,) = elbplan.verify(stacks, session=session, **named)
    answered = [
        [check.subject for check in each.verification.checks if (check.name, check.state) == ("answer", "ok")]
        for each in (without, opened)
    ]
    assert answered == [[], ["https://api.example.com/"]]
    with pytest.raises(elbplan.UsageProblem, match="client-key needs"):
        elbplan.verify(stacks, session=session, client_key=files["key"])


def verified(shell: Shell, **fields: Any) -> Any:
    """Verifies as a client with this certificate. No line of its key is in the output."""
    issued = shell.box.client_certificate(**fields)
    files = {name: shell.folder / f"client.{name}" for name in issued}
    for name, text in issued.items():
        files[name].write_text(text, encoding="ascii")
    words = ("--client-certificate", str(files["certificate"]), "--client-key", str(files["key"]))
    result = shell.run("verify", shell.spec, *words)
    assert issued["key"].splitlines()[1] not in result.out + result.err
    return result
