"""verify and mutual TLS: whom a listener refuses, and what a client certificate opens. The key is never shown."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from elbplan.core.address import Address
from elbplan.core.resource import rebuilt
from elbplan.errors import UsageProblem
from elbplan.verification.client_identity import ClientIdentity
from elbplan.verification.stack import ServedStack

from .kit import CA, NAME, Loopback, failures, found, healthy, served, to_https, verified
from .servers import context_of, web_server

CLIENTS, STRANGERS = trustme.CA(), trustme.CA()
HINT = "; its answers are checked with --client-certificate FILE --client-key FILE"


def mutual() -> ServedStack:
    """A stack whose HTTPS listener verifies its clients."""
    stack, address = served(), Address("listener", "443")
    listener = rebuilt(stack.resources[address], mutual_authentication={"Mode": "verify"})
    return replace(stack, resources={**stack.resources, address: listener})


@contextlib.contextmanager
def refusing(newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Iterator[Loopback]:
    """A load balancer that wants a certificate of CLIENTS."""
    shown = context_of(CA.issue_cert(NAME))
    shown.verify_mode, shown.maximum_version = ssl.CERT_REQUIRED, newest
    CLIENTS.configure_trust(shown)
    with web_server(healthy, shown) as secure, web_server(to_https) as plain:
        yield Loopback({443: secure, 80: plain}, CA)


def identity(folder: Path, authority: trustme.CA = CLIENTS) -> ClientIdentity:
    leaf = authority.issue_cert("visitor.example.com")
    leaf.cert_chain_pems[0].write_to_path(folder / "client.pem")
    leaf.private_key_pem.write_to_path(folder / "client.key")
    return ClientIdentity(str(folder / "client.pem"), str(folder / "client.key"))


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_without_a_certificate_verify_sees_that_strangers_are_refused(newest: ssl.TLSVersion) -> None:
    with refusing(newest) as network:
        verification = verified(network, mutual())
    assert failures(verification) == {}
    texts = [check.text for check in found(verification, "tls")]
    assert texts == [f"refuses clients without a certificate, as the spec says{HINT}"]
    assert found(verification, "answer") == []


def test_with_the_certificate_all_is_checked(tmp_path: Path) -> None:
    with refusing() as network:
        verification = verified(network, mutual(), identity=identity(tmp_path))
    assert failures(verification) == {}
    texts = [check.text.partition(",")[0] for check in found(verification, "tls")]
    assert texts == ["refuses clients without a certificate", "accepts the client certificate", "TLS 1.3"]
    assert [check.facts["status"] for check in found(verification, "answer")] == [200]
    assert str(tmp_path) not in str(verification)


def test_a_certificate_of_another_authority_is_refused(tmp_path: Path) -> None:
    with refusing() as network:
        verification = verified(network, mutual(), identity=identity(tmp_path, STRANGERS))
    (check,) = verification.failures
    assert (check.name, check.text.partition(" (")[0]) == ("tls", "refuses the client certificate")
    assert check.fix.startswith("show one that an authority of the trust store has signed")
    assert found(verification, "answer") == []


def test_a_listener_that_lets_strangers_in_is_a_failure() -> None:
    with web_server(healthy, context_of(CA.issue_cert(NAME))) as secure, web_server(to_https) as plain:
        verification = verified(Loopback({443: secure, 80: plain}, CA), mutual())
    assert failures(verification) == {"tls": "answers 200 to a client without a certificate"}


def test_files_without_a_certificate_and_its_key_are_named(tmp_path: Path) -> None:
    whole, other = identity(tmp_path), tmp_path / "other.key"
    key = Path(whole.key).read_text(encoding="ascii")
    with pytest.raises(UsageProblem, match=r"cannot read .*none\.pem: No such file"):
        ClientIdentity(str(tmp_path / "none.pem"), whole.key).check()
    with pytest.raises(UsageProblem, match="no client certificate with its private key"):
        ClientIdentity(whole.certificate).check()
    other.write_bytes(CLIENTS.issue_cert("b.example.com").private_key_pem.bytes())
    with pytest.raises(UsageProblem, match="key values mismatch") as refused:
        ClientIdentity(whole.certificate, str(other)).check()
    assert key.splitlines()[1] not in refused.value.what + refused.value.hint


def test_a_key_with_a_passphrase_is_not_asked_for(tmp_path: Path) -> None:
    whole = identity(tmp_path)
    key = serialization.load_pem_private_key(Path(whole.key).read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"secret")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    Path(whole.key).write_bytes(pem)
    with pytest.raises(UsageProblem, match="has a passphrase"):
        whole.check()
