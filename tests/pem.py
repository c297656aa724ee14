"""Certificates for tests, as files: an authority, and what it issues."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

NOW = datetime.datetime.now(datetime.UTC)
SECRET_WORDS = "PRIVATE KEY"


def new_key(kind: str = "EC_prime256v1") -> Any:
    """A key of AWS's name for its type."""
    if kind.startswith("RSA_"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("RSA_")))
    return ec.generate_private_key({"EC_prime256v1": ec.SECP256R1(), "EC_secp384r1": ec.SECP384R1()}[kind])


@dataclass
class Issuer:
    """An authority; its key is an elliptic curve by default."""

    name: str = "Test Authority"
    key: Any = field(default_factory=new_key)
    above: Issuer | None = None

    @property
    def certificate(self) -> x509.Certificate:
        if not hasattr(self, "_certificate"):
            self._certificate = _sign(self.name, [], self.key, self.above or self, authority=True)
        return self._certificate

    def issue(self, *names: str, key: Any = None, start: int = -1, days: int = 90) -> tuple[x509.Certificate, Any]:
        """A certificate of these names, valid from `start` to `days` days from now, and its key."""
        key = key or new_key()
        return _sign(names[0], names, key, self, start=start, days=days), key


def _sign(
    subject: str,
    names: Sequence[str],
    key: Any,
    issuer: Issuer,
    *,
    authority: bool = False,
    start: int = -1,
    days: int = 90,
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer.name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + datetime.timedelta(days=start))
        .not_valid_after(NOW + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, names))), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


def key_pem(key: Any, password: bytes = b"") -> bytes:
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))


def write(folder: Path, name: str, certificate: x509.Certificate, key: Any, *chain: x509.Certificate) -> str:
    """Writes the files, and returns the value of `pem:` that names them."""
    (folder / f"{name}.pem").write_bytes(pem(certificate))
    (folder / f"{name}.key").write_bytes(key_pem(key))
    words = f"certificate: {folder / name}.pem, key: {folder / name}.key"
    if chain:
        (folder / f"{name}-chain.pem").write_bytes(pem(*chain))
        words += f", chain: {folder / name}-chain.pem"
    return f"{{{words}}}"
