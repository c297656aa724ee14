"""Mutual TLS over real connections: who signs the certificates of clients, and whom a listener refuses.

The sandbox reads no file of S3. It invents what stands in the files of a trust store: each location of a bundle has an
authority of its own, and each list revokes what was issued to be revoked by it.
"""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import trustme
from cryptography import x509

from ..account import Account, CallContext
from ..rules import rule
from ..state.elbv2 import StoredListener
from ..state.visitors import ClientCertificate
from ..traffic.client_certificates import location, refusal

KEPT = "client authorities"
NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME: https://docs.openssl.org/3.0/man3/X509_VERIFY_PARAM_set_flags/"""


class ClientAuthorities:
    """The authorities of the bundles, and what they have issued. Private keys stay in memory."""

    def __init__(self) -> None:
        self._authorities: dict[str, trustme.CA] = {}
        self._issued: dict[str, ClientCertificate] = {}

    @classmethod
    def of(cls, account: Account) -> "ClientAuthorities":
        """Those of an account. The caller holds its lock."""
        kept: dict[str, ClientAuthorities] = account.memory(KEPT)
        return kept.setdefault("", cls())

    def authority(self, bundle: str) -> trustme.CA:
        return self._authorities.setdefault(bundle, trustme.CA(organization_name=f"clients of {bundle}"))

    def issue(self, wanted: ClientCertificate) -> dict[str, str]:
        """Returns a new client certificate and its private key in PEM."""
        today = datetime.now(UTC).replace(microsecond=0)
        end = today + timedelta(days=-1 if wanted.expired else 90)
        leaf = self.authority(wanted.authority).issue_cert(
            wanted.domain or f"{wanted.name}.client.internal", common_name=wanted.name,
            organization_unit_name=wanted.unit or None, not_before=today - timedelta(days=10), not_after=end,
        )  # fmt: skip
        (chain,) = leaf.cert_chain_pems[:1]
        self._issued[_serial(chain.bytes())] = wanted
        return {"certificate": chain.bytes().decode(), "key": leaf.private_key_pem.bytes().decode()}

    def shown(self, peer: dict[str, Any]) -> ClientCertificate | None:
        """What the sandbox knows of the certificate that a client shows."""
        return self._issued.get(str(peer.get("serialNumber", "")).lstrip("0"))


def _serial(pem: bytes) -> str:
    return f"{x509.load_pem_x509_certificate(pem).serial_number:X}".lstrip("0")


@rule(41)
def require_client(account: Account, listener: StoredListener, context: ssl.SSLContext) -> None:
    """In the mode `verify`, a client without a certificate of the trust store's authority gets no TLS connection.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
    """
    if listener.mutual.get("Mode") != "verify":
        return
    with account.lock:
        region = CallContext(account, listener.arn.split(":")[3])
        bundle = location(region.elb.trust_stores[listener.mutual["TrustStoreArn"]]["bundle"])
        authority = ClientAuthorities.of(account).authority(bundle)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    if listener.mutual.get("IgnoreClientCertificateExpiry"):
        context.verify_flags |= NO_CHECK_TIME


def check_client(account: Account, listener: StoredListener, peer: dict[str, Any]) -> None:
    """Raises ssl.SSLError for a certificate that a list revokes, or whose client no identity filter admits."""
    if listener.mutual.get("Mode") != "verify":
        return
    with account.lock:
        shown = ClientAuthorities.of(account).shown(peer)
        region = CallContext(account, listener.arn.split(":")[3])
        why = refusal(region, listener, replace(shown, expired=False) if shown else None)
    if why:
        raise ssl.SSLError(why)
