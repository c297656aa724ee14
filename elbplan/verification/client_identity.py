"""The client certificate with which the checks show themselves to a listener with mutual TLS."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from os import PathLike

from ..errors import UsageProblem


@dataclass(frozen=True)
class ClientIdentity:
    """A client certificate: the file with its chain, and the file with its private key, both in PEM.

    The key goes from its file to OpenSSL, and nowhere else.
    """

    certificate: str
    key: str = ""

    @classmethod
    def of(cls, certificate: str | PathLike[str] | None, key: str | PathLike[str] | None) -> ClientIdentity | None:
        """The identity of these files; None without a certificate. Raises UsageProblem for files without one."""
        if certificate is None:
            if key is not None:
                raise UsageProblem(
                    "--client-key needs --client-certificate", hint="name the certificate of the key, too"
                )
            return None
        identity = cls(os.fspath(certificate), os.fspath(key) if key else "")
        identity.check()
        return identity

    def show_in(self, context: ssl.SSLContext) -> None:
        """Lets the connections of this context show the certificate. Raises UsageProblem for files without one."""
        files = f"{self.certificate}{f' and {self.key}' if self.key else ''}"
        try:
            context.load_cert_chain(self.certificate, self.key or None, _no_passphrase)
        except _Encrypted:
            raise UsageProblem(f"the private key of {files} has a passphrase", hint=DECRYPT) from None
        except ssl.SSLError as error:
            reason = (error.reason or "no PEM").replace("_", " ").lower()
            raise UsageProblem(f"{files}: no client certificate with its private key ({reason})", hint=PEM) from None
        except OSError as error:
            where = next((file for file in (self.certificate, self.key) if file and not _is_readable(file)), files)
            raise UsageProblem(f"cannot read {where}: {error.strerror}", hint="name a file that you can read") from None

    def check(self) -> None:
        """Raises UsageProblem for files without a certificate and its key."""
        self.show_in(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


DECRYPT = "elbplan asks for no passphrase: write a key without one, with openssl pkey -in KEY -out FILE"
PEM = "--client-certificate needs the certificate in PEM; --client-key its private key, or the same file has both"


class _Encrypted(Exception):
    """OpenSSL asks for a passphrase."""


def _no_passphrase() -> str:
    raise _Encrypted


def _is_readable(file: str) -> bool:
    try:
        with open(file, "rb"):
            return True
    except OSError:
        return False
