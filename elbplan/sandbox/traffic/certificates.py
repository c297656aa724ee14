"""Which certificate a listener shows to a visitor."""

import re

from ..account import Account
from ..acm.validation import expires
from ..rules import rule
from ..state.acm import StoredCertificate
from ..state.elbv2 import StoredListener
from ..state.route53 import plain


def shown_certificate(account: Account, listener: StoredListener, server_name: str) -> StoredCertificate | None:
    """Returns the certificate for a server name (SNI); None if the listener has no issued certificate."""
    stored = [account.certificates.get(arn) for arn in listener.certificates]
    issued = [certificate for certificate in stored if certificate and certificate.status == "ISSUED"]
    matching = [certificate for certificate in issued if covers_host(certificate, server_name)]
    if matching:
        return best(account, matching)
    return issued[0] if issued else None


@rule(32)
def best(account: Account, matching: list[StoredCertificate]) -> StoredCertificate:
    """ECDSA before RSA, then those that have not expired, then the longest key, then the longest validity.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
    ("the load balancer selects the best certificate that the client can support"; without a match the default one)
    """

    def quality(certificate: StoredCertificate) -> tuple[bool, bool, int, float]:
        start, end = certificate.issued or certificate.created, expires(certificate)
        bits = re.search(r"\d{3,4}", certificate.algorithm)
        valid = end > account.clock.stamp()
        return certificate.algorithm.startswith("EC"), valid, int(bits[0]) if bits else 0, (end - start).total_seconds()

    return max(matching, key=quality)


def covers_host(certificate: StoredCertificate, host: str) -> bool:
    return any(covers(name, host) for name in certificate.names)


def covers(name: str, host: str) -> bool:
    """Returns whether the name of a certificate covers a host. A wildcard stands for exactly one label."""
    if name.startswith("*."):
        return host.partition(".")[2] == plain(name[2:]) and bool(host.partition(".")[0])
    return plain(name) == host
