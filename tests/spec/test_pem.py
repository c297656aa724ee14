"""`pem:`: elbplan reads the files, takes the names and the key type from them, and refuses what AWS would refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.resource import plain
from elbplan.errors import SpecProblem
from elbplan.kinds.aws.moments import moment_text
from elbplan.kinds.certificate import Certificate
from elbplan.spec import load
from elbplan.spec.export.text import expand_text

from ..pem import SECRET_WORDS, Issuer, key_pem, new_key, pem

SPEC = """
name: my-web
domain: {{name: {name}, pem: {pem}}}
targets: {{ips: [172.31.0.9]}}
"""
MAIN = Address("certificate", "main")
FILES = "{certificate: site.pem, key: site.key, chain: chain.pem}"


@pytest.fixture
def authority() -> Issuer:
    return Issuer()


def stack(folder: Path, name: str = "api.example.com", files: str = FILES) -> Any:
    """The stack of a spec in the folder of the files."""
    (folder / "web.yaml").write_text(SPEC.format(name=name, pem=files))
    (read,) = load([str(folder / "web.yaml")])
    return read


def put(folder: Path, certificate: bytes, key: bytes, chain: bytes) -> None:
    (folder / "site.pem").write_bytes(certificate)
    (folder / "site.key").write_bytes(key)
    (folder / "chain.pem").write_bytes(chain)


@pytest.mark.parametrize("kind", ["EC_prime256v1", "EC_secp384r1", "RSA_2048"])
def test_names_and_key_type_come_from_the_certificate(tmp_path: Path, kind: str) -> None:
    authority = Issuer(key=new_key(kind))
    certificate, key = authority.issue("API.example.com", "*.shop.example.com", key=new_key(kind))
    put(tmp_path, pem(certificate), key_pem(key), pem(authority.certificate))
    made = stack(tmp_path).resources[MAIN]
    assert isinstance(made, Certificate)
    assert made.domains == ("*.shop.example.com", "api.example.com")
    assert made.key == kind
    assert len(made.fingerprints) == 2
    assert made.proofs == ()


def test_the_private_key_is_in_no_form_of_the_stack(tmp_path: Path, authority: Issuer) -> None:
    certificate, key = authority.issue("api.example.com")
    put(tmp_path, pem(certificate), key_pem(key), pem(authority.certificate))
    read = stack(tmp_path)
    secret = key_pem(key).decode().splitlines()[1]
    made = read.resources[MAIN]
    for text in (expand_text([read]), repr(made), str(plain(made)), str(made.model_dump())):
        assert secret not in text
        assert SECRET_WORDS not in text


def test_the_long_form_of_it_is_the_same_certificate(tmp_path: Path, authority: Issuer) -> None:
    certificate, key = authority.issue("api.example.com")
    put(tmp_path, pem(certificate), key_pem(key), pem(authority.certificate))
    read = stack(tmp_path, files="{certificate: site.pem, key: site.key, chain: chain.pem}")
    (tmp_path / "long.yaml").write_text(expand_text([read]).replace(f"{tmp_path}/", ""))
    (again,) = load([str(tmp_path / "long.yaml")])
    assert again.resources[MAIN] == read.resources[MAIN]


def broken(case: str, authority: Issuer) -> tuple[bytes, bytes, bytes]:
    """The three files, with one thing wrong."""
    certificate, key = authority.issue("api.example.com")
    middle = Issuer("Middle", above=authority)
    below, below_key = middle.issue("api.example.com")
    files = {
        "no certificate": (b"hello", key_pem(key), b""),
        "several": (pem(certificate, authority.certificate), key_pem(key), b""),
        "another key": (pem(certificate), key_pem(new_key()), b""),
        "key with a password": (pem(certificate), key_pem(key, b"secret"), b""),
        "no key": (pem(certificate), pem(certificate), b""),
        "large key": (pem(certificate), key_pem(key) + b" " * 5200, b""),
        "strange chain": (pem(certificate), key_pem(key), pem(Issuer("Stranger").certificate)),
        "namesake": (pem(certificate), key_pem(key), pem(Issuer().certificate)),
        "wrong order": (pem(below), key_pem(below_key), pem(authority.certificate, middle.certificate)),
        "repeated": (pem(certificate), key_pem(key), pem(certificate, authority.certificate)),
        "other algorithm": (pem(authority.issue("api.example.com", key=new_key("RSA_2048"))[0]), key_pem(key), b""),
        "another name": (pem(authority.issue("x.example.com", key=key)[0]), key_pem(key), b""),
    }
    return files[case]


CASES = {
    "no certificate": "the file of certificate: has no certificate in PEM",
    "several": "the file has several certificates",
    "another key": "the private key does not belong to the certificate",
    "key with a password": "the private key has a password",
    "no key": "the file of key: has no private key in PEM",
    "large key": "larger than 5120 bytes",
    "strange chain": "the issuer of the certificate is not the first certificate of the chain",
    "namesake": "the issuer of the certificate is not the first certificate of the chain",
    "wrong order": "the issuer of the certificate is not the first certificate of the chain",
    "repeated": "the chain repeats the certificate",
    "other algorithm": "the certificate has an RSA key, and its issuer signed it with an EC key",
    "another name": "the certificate is not valid for api.example.com, only for x.example.com",
}


@pytest.mark.parametrize("case", CASES)
def test_what_aws_would_refuse_is_refused_at_the_file_without_aws(tmp_path: Path, authority: Issuer, case: str) -> None:
    certificate, key, chain = broken(case, authority)
    put(tmp_path, certificate, key, chain)
    files = FILES if chain else "{certificate: site.pem, key: site.key}"
    with pytest.raises(SpecProblem, match=CASES[case]) as caught:
        stack(tmp_path, files=files)
    (problem,) = caught.value.problems
    assert problem.line == 3
    assert SECRET_WORDS not in str(caught.value)


def test_a_chain_of_two_in_the_right_order_is_right(tmp_path: Path, authority: Issuer) -> None:
    middle = Issuer("Middle", above=authority)
    certificate, key = middle.issue("api.example.com")
    put(tmp_path, pem(certificate), key_pem(key), pem(middle.certificate, authority.certificate))
    assert len(stack(tmp_path).resources[MAIN].fingerprints) == 3


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecProblem, match=r'"site.pem" cannot be read: No such file'):
        stack(tmp_path)


def test_an_expired_certificate_can_be_read_so_that_its_stack_can_be_destroyed(
    tmp_path: Path, authority: Issuer
) -> None:
    certificate, key = authority.issue("api.example.com", start=-20, days=-10)
    put(tmp_path, pem(certificate), key_pem(key), pem(authority.certificate))
    made = stack(tmp_path).resources[MAIN]
    assert made.pem.valid_until == moment_text(certificate.not_valid_after_utc)
