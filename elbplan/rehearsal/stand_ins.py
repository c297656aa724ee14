"""Certificates that stand in a rehearsal for those which elbplan imports from files.

Of an imported certificate, a migration has only fingerprints, and the files of older migrations are gone. So each gets
a stand-in with its names and its type of key, which the simulator accepts. The real files and keys are never read.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..core.resource import Resource, rebuilt
from ..kinds.aws.pem import PemFiles
from ..kinds.certificate import Certificate
from ..migrations.migration import Migration, MigrationStep

R = TypeVar("R", bound=Resource)
Fingerprints = tuple[str, ...]

FIELD = "fingerprints"
VALID_FROM, VALID_UNTIL = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2000, 2100))
"""The virtual clock of a rehearsal does not begin now."""
LONGEST_COMMON_NAME = 64


@dataclass
class StandIns:
    """The stand-ins of a rehearsal, by the fingerprints of the certificates that they stand for, and by their own."""

    _files: dict[Fingerprints, PemFiles] = field(default_factory=dict)
    _folder: tempfile.TemporaryDirectory[str] | None = None

    def migration(self, migration: Migration) -> Migration:
        """The migration with stand-ins in its states and steps."""
        states = tuple(self.state(state) for state in migration.states)
        return replace(migration, states=states, entries=tuple(map(self._entry, migration.entries)))

    def state(self, state: Mapping[Any, R]) -> dict[Any, R]:
        """The state with stand-ins. States do not know files."""
        return {address: self._with_fingerprints(resource) for address, resource in state.items()}

    def with_files(self, resource: R) -> R:
        """A resource of a spec; a certificate gets the files of its stand-in."""
        resource = self._with_fingerprints(resource)
        if isinstance(resource, Certificate) and resource.fingerprints:
            return rebuilt(resource, pem=self._of(resource))
        return resource

    def _with_fingerprints(self, resource: R) -> R:
        if isinstance(resource, Certificate) and resource.fingerprints:
            return rebuilt(resource, pem=None, fingerprints=self._of(resource).fingerprints)
        return resource

    def _entry(self, entry: MigrationStep) -> MigrationStep:
        files = self._files.get(tuple(entry.set.get(FIELD) or ()))
        return replace(entry, set={**entry.set, FIELD: list(files.fingerprints)}) if files else entry

    def _of(self, certificate: Certificate) -> PemFiles:
        if certificate.fingerprints not in self._files:
            self._folder = self._folder or tempfile.TemporaryDirectory(prefix="elbplan-rehearsal-")
            files = _issue(certificate, Path(self._folder.name) / f"{len(self._files)}.key")
            self._files |= {certificate.fingerprints: files, files.fingerprints: files}
        return self._files[certificate.fingerprints]


def _issue(certificate: Certificate, key_file: Path) -> PemFiles:
    """A certificate of these names, signed by itself, and the file of its key."""
    key = _new_key(certificate.key)
    first = min(certificate.domains, key=len)[:LONGEST_COMMON_NAME]
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, first)])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, certificate.domains))), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, clear = serialization.Encoding.PEM, serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, clear))
    text = signed.public_bytes(encoding).decode()
    return PemFiles(certificate="stand-in", key=str(key_file), certificate_text=text)


def _new_key(kind: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    """A new key of AWS's name for its type: `RSA_2048`, `EC_secp384r1`."""
    if kind.startswith("RSA_"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("RSA_")))
    curves = {"EC_prime256v1": ec.SECP256R1(), "EC_secp384r1": ec.SECP384R1(), "EC_secp521r1": ec.SECP521R1()}
    return ec.generate_private_key(curves[kind])
