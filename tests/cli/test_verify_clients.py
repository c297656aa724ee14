"""elbplan verify with a client certificate, on the network of the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
