"""Starts and ends the network of a sandbox."""

from typing import Any

from ..account import Account
from ..state.visitors import ClientCertificate
from .client_certificates import ClientAuthorities
from .dns import LOOPBACK, DnsServer
from .proxy import ProxyServer
from .tls import CertificateAuthority


class SandboxNetwork:
    """DNS server, proxy and certificate authority of one sandbox, until `close`. Its threads keep no process alive."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._authority = CertificateAuthority()
        self._dns = DnsServer(account)
        self._proxy = ProxyServer(account, self._authority)

    def as_json(self) -> dict[str, Any]:
        return {
            "dns": [LOOPBACK, self._dns.port],
            "proxy": f"http://{LOOPBACK}:{self._proxy.port}",
            "authority": self._authority.pem,
        }

    def close(self) -> None:
        self._dns.close()
        self._proxy.close()

    def client_certificate(self, wanted: ClientCertificate) -> dict[str, str]:
        """Returns a new certificate of a client and its key, in PEM. The caller holds the lock of the account."""
        return ClientAuthorities.of(self._account).issue(wanted)
