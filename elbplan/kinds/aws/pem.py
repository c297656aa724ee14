"""The files of an imported certificate: their paths, and fingerprints by which AWS's copy is compared with them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Annotated

from pydantic import Field

from ...core.resource import Part

READ_FROM_FILES = Field(repr=False, description="elbplan reads it from the files")
BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


class PemFiles(Part):
    """The PEM files of a certificate. elbplan reads the private key only at the moment of the import.

    The other fields come from the files: the public texts, and when the certificate is valid.
    """

    certificate: Annotated[str, Field(description="file with the certificate")]
    key: Annotated[str, Field(description="file with its private key, without a password")]
    chain: Annotated[str | None, Field(description="file with the certificates of the authorities above it")] = None
    certificate_text: Annotated[str, READ_FROM_FILES] = ""
    chain_text: Annotated[str, READ_FROM_FILES] = ""
    valid_from: Annotated[str, READ_FROM_FILES] = ""
    valid_until: Annotated[str, READ_FROM_FILES] = ""

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The fingerprints of the certificate and of its chain, in their order."""
        return fingerprints_of(self.certificate_text, self.chain_text)


def fingerprints_of(body: str, chain: str = "") -> tuple[str, ...]:
    """The SHA-256 of each certificate in PEM texts, as hex digits, in order; a text may have any number of them.

    AWS may return a certificate that has no chain as its own chain, which counts as no chain.
    """
    leaf, above = _digests(body), _digests(chain)
    return (*leaf, *(() if above == leaf else above))


def _digests(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (_digest(block) for block in BLOCK.findall(text))))


def _digest(block: str) -> str:
    try:
        return hashlib.sha256(base64.b64decode("".join(block.split()), validate=True)).hexdigest()
    except (binascii.Error, ValueError):
        return ""
