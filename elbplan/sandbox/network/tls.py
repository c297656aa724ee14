"""The certificates that HTTPS and TLS listeners show, and the authority that signs those of ACM."""

import contextlib
import ssl
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

from ..account import Account
from ..acm.validation import expires
from ..rules import rule
from ..state.acm import StoredCertificate
from ..state.elbv2 import StoredListener
from ..traffic.certificates import shown_certificate
from .client_certificates import check_client, require_client

HOUR = 3600


@dataclass(frozen=True)
class _Shown:
    """Everything on which the certificate that a visitor sees depends."""

    arn: str
    names: tuple[str, ...]
    algorithm: str
    start: datetime
    end: datetime
    body: str
    chain: str
    key: str


class CertificateAuthority:
    """Signs certificates for one sandbox. Its private key stays in memory. Thread-safe."""

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="elbplan sandbox")
        self._signed: dict[_Shown, trustme.LeafCert] = {}
        self._lock = threading.Lock()

    @property
    def pem(self) -> str:
        return self._authority.cert_pem.bytes().decode()

    def context_for(self, shown: _Shown, least: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
        """Returns a new context with this certificate, which is signed once."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = least
        if shown.body:
            _load(context, shown)
        else:
            self._leaf(shown).configure_cert(context)
        return context

    def _leaf(self, shown: _Shown) -> trustme.LeafCert:
        with self._lock:
            if shown not in self._signed:
                kind = trustme.KeyType.RSA if shown.algorithm.startswith("RSA") else trustme.KeyType.ECDSA
                self._signed[shown] = self._authority.issue_cert(
                    *shown.names, organization_name="elbplan sandbox", organization_unit_name="not a real certificate",
                    common_name=shown.names[0], not_before=shown.start, not_after=shown.end, key_type=kind,
                )  # fmt: skip
            return self._signed[shown]


def _load(context: ssl.SSLContext, shown: _Shown) -> None:
    """Loads an imported certificate. The ssl module reads keys from files only, and Windows opens no file twice."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "certificate.pem"
        file.write_text("\n".join([shown.key, shown.body, shown.chain]), encoding="utf-8")
        context.load_cert_chain(file)


def wrap_listener(
    account: Account, authority: CertificateAuthority, listener: StoredListener, connection: Any
) -> ssl.SSLSocket:
    """Does the handshake of a listener. Raises OSError (ssl.SSLError) if it fails."""
    least = minimum_version(listener.ssl_policy)

    def choose(connection: ssl.SSLObject, server_name: str | None, _context: ssl.SSLContext) -> None:
        if server_name and (shown := _shown(account, listener, server_name)):
            connection.context = authority.context_for(shown, least)
            require_client(account, listener, connection.context)

    default = _shown(account, listener, "")
    if default is None:
        raise ssl.SSLError("the listener has no issued certificate")
    context = authority.context_for(default, least)
    require_client(account, listener, context)
    context.sni_callback = choose
    secured = context.wrap_socket(connection, server_side=True)
    with contextlib.ExitStack() as opened:
        opened.push(secured)
        check_client(account, listener, secured.getpeercert() or {})
        opened.pop_all()
    return secured


def wrap_server(authority: CertificateAuthority, connection: Any) -> ssl.SSLSocket:
    """Does the handshake of a stand-in server, which has a certificate for every name. Raises OSError if it fails."""

    def choose(connection: ssl.SSLObject, server_name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = authority.context_for(_of_server(server_name or "server.internal"))

    context = authority.context_for(_of_server("server.internal"))
    context.sni_callback = choose
    return context.wrap_socket(connection, server_side=True)


def _of_server(name: str) -> _Shown:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return _Shown("", (name,), "EC_prime256v1", today - timedelta(days=1), today + timedelta(days=90), "", "", "")


def _shown(account: Account, listener: StoredListener, server_name: str) -> _Shown | None:
    with account.lock:
        certificate = shown_certificate(account, listener, server_name)
        return _shown_to_real_clocks(account, certificate) if certificate else None


def _shown_to_real_clocks(account: Account, certificate: StoredCertificate) -> _Shown:
    """A visitor's clock is real. A certificate that has expired in the sandbox has expired for the visitor too."""
    ahead = timedelta(hours=round((account.clock.now() - time.time()) / HOUR))
    start, end = certificate.issued or certificate.created, expires(certificate)
    times = (start.astimezone(UTC) - ahead - timedelta(hours=1), end.astimezone(UTC) - ahead)
    return _Shown(
        certificate.arn, tuple(certificate.names), certificate.algorithm, *times,
        certificate.body, certificate.chain, certificate.key,
    )  # fmt: skip


@rule(32)
def minimum_version(policy: str) -> ssl.TLSVersion:
    """The oldest TLS version of a policy; versions before 1.2 are those that OpenSSL still supports.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    """
    return ssl.TLSVersion.TLSv1_3 if "TLS13-1-3" in policy else ssl.TLSVersion.TLSv1_2
