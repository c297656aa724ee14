"""Which certificate a listener shows to a visitor."""

import re

from cryptography import x509

from ..account import Account
from ..acm.validation import expires
from ..rules import rule
from ..state.acm import StoredCertificate
from ..state.elbv2 import StoredListener
from ..state.route53 import plain


@rule(32)
def shown_certificate(account: Account, listener: StoredListener, server_name: str) -> StoredCertificate | None:
    """The best certificate of the list that matches the server name (SNI); without a match, the default one.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html ("the default
    certificate is used only if a client connects without using the Server Name Indication (SNI) protocol to specify a
    hostname or if there are no matching certificates in the certificate list"). None if the listener has no issued
    certificate.
    """
    stored = [account.certificates.get(arn) for arn in listener.certificates]
    issued = [certificate for certificate in stored if certificate and certificate.status == "ISSUED"]
    listed = [certificate for certificate in issued if certificate.arn != listener.certificate]
    matching = [certificate for certificate in listed if covers_host(certificate, server_name)]
    if matching:
        return best(account, matching)
    return issued[0] if issued else None


@rule(32)
def best(account: Account, matching: list[StoredCertificate]) -> StoredCertificate:
    """ECDSA before RSA, then those that have not expired, then the longest hash, then key, then validity.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html ("Public key
    algorithm (prefer ECDSA over RSA)", "Expiration (prefer not expired)", "Hashing algorithm (prefer SHA over MD5). If
    there are multiple SHA certificates, prefer the highest SHA number", "Key length (prefer the largest)", "Validity
    period"). The page does not say whether a longer validity is better. Here every client supports every certificate.
    """

    def quality(certificate: StoredCertificate) -> tuple[bool, bool, int, int, float]:
        start, end = certificate.issued or certificate.created, expires(certificate)
        bits = re.search(r"\d{3,4}", certificate.algorithm)
        return (
            certificate.algorithm.startswith("EC"),
            end > account.clock.stamp(),
            _hash_bytes(certificate),
            int(bits[0]) if bits else 0,
            (end - start).total_seconds(),
        )

    return max(matching, key=quality)


SHA256_BYTES = 32


def _hash_bytes(certificate: StoredCertificate) -> int:
    """Returns the length of the hash that is signed: MD5 has the shortest. Certificates of ACM itself have SHA-256."""
    if not certificate.body:
        return SHA256_BYTES
    algorithm = x509.load_pem_x509_certificate(certificate.body.encode()).signature_hash_algorithm
    return algorithm.digest_size if algorithm else SHA256_BYTES


def covers_host(certificate: StoredCertificate, host: str) -> bool:
    return any(covers(name, host) for name in certificate.names)


def covers(name: str, host: str) -> bool:
    """Returns whether the name of a certificate covers a host. A wildcard stands for exactly one label."""
    if name.startswith("*."):
        return host.partition(".")[2] == plain(name[2:]) and bool(host.partition(".")[0])
    return plain(name) == host
