"""What the files of a certificate say, and what AWS would refuse about them.

https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html and
https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..kinds.aws.moments import moment_text
from .errors import FileProblem

LARGEST_KEY = 5120
SIZES = (1024, 2048, 3072, 4096)
CURVES = {"secp256r1": "EC_prime256v1", "secp384r1": "EC_secp384r1", "secp521r1": "EC_secp521r1"}


@dataclass(frozen=True)
class Contents:
    """The public contents of a certificate's files.

    names   its domain names, in lower case
    key     its key type, as AWS names it
    valid_from, valid_until   moments as texts: `2026-11-30T04:14:22Z`
    """

    names: tuple[str, ...]
    key: str
    text: str
    chain_text: str
    valid_from: str
    valid_until: str

    def covers(self, name: str) -> bool:
        """True if the certificate has this name, or a wildcard for its first label."""
        name = name.lower().rstrip(".")
        return name in self.names or f"*.{name.partition('.')[2]}" in self.names


def contents_of(certificate: bytes, key: bytes, chain: bytes) -> Contents:
    """Raises FileProblem for the first thing that AWS would refuse at any time; a validity may begin or end later."""
    leaf, *more = _certificates("certificate", certificate)
    if more:
        raise FileProblem("certificate", "the file has several certificates", "write the others into a file for chain:")
    above = _certificates("chain", chain) if chain else []
    names = _names(leaf)
    if not names:
        raise FileProblem("certificate", "the certificate has no domain name")
    algorithm = _algorithm(leaf)
    _check_signature(leaf)
    _check_key(leaf, key)
    _check_chain(leaf, above)
    start, end = map(moment_text, (leaf.not_valid_before_utc, leaf.not_valid_after_utc))
    return Contents(names, algorithm, _pem([leaf]), _pem(above), start, end)


def _certificates(file: str, text: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text)
    except ValueError:
        what = f"the file of {file}: has no certificate in PEM"
        raise FileProblem(file, what, "it must begin with -----BEGIN CERTIFICATE-----") from None


def _names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        found: Sequence[str] = extension.value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        found = [str(name.value) for name in leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    return tuple(dict.fromkeys(name.lower().rstrip(".") for name in found))


def _algorithm(leaf: x509.Certificate) -> str:
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size in SIZES:
        return f"RSA_{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES:
        return CURVES[key.curve.name]
    hint = "AWS imports RSA keys of 1024 to 4096 bits, and the curves P-256, P-384 and P-521"
    raise FileProblem("certificate", "AWS does not import this type of key", hint)


def _check_signature(leaf: x509.Certificate) -> None:
    """The key has the same algorithm as the key of the issuer.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html ("must match the algorithm of the
    signing CA")
    """
    signed_with_rsa = leaf.signature_algorithm_oid.dotted_string.startswith(RSA_SIGNATURES)
    if isinstance(leaf.public_key(), rsa.RSAPublicKey) is not signed_with_rsa:
        own, above = ("EC", "RSA") if signed_with_rsa else ("RSA", "EC")
        what = (
            f"the certificate has an {own} key, and its issuer signed it with an {above} key, which AWS does not import"
        )
        raise FileProblem("certificate", what, f"ask for a certificate whose issuer has an {own} key too")


RSA_SIGNATURES = "1.2.840.113549.1.1."
"""PKCS #1 v1.5 and PSS: https://www.rfc-editor.org/rfc/rfc8017#appendix-C"""


def _check_key(leaf: x509.Certificate, text: bytes) -> None:
    if len(text) > LARGEST_KEY:
        raise FileProblem("key", f"the private key is larger than {LARGEST_KEY} bytes, which is AWS's limit")
    try:
        key = serialization.load_pem_private_key(text, None)
    except TypeError:
        hint = "write it without a password: openssl pkey -in KEY -out NEW"
        raise FileProblem("key", "the private key has a password, and AWS needs it without one", hint) from None
    except ValueError:
        raise FileProblem("key", "the file of key: has no private key in PEM") from None
    if key.public_key() != leaf.public_key():
        raise FileProblem("key", "the private key does not belong to the certificate")


def _check_chain(leaf: x509.Certificate, above: Sequence[x509.Certificate]) -> None:
    below = leaf
    for number, issuer in enumerate(above, 1):
        if issuer == leaf:
            raise FileProblem("chain", "the chain repeats the certificate", "remove it from the file of chain:")
        if not _issued(issuer, below):
            what = "the issuer of the certificate is not the first certificate of the chain"
            if number > 1:
                what = f"certificate {number} of the chain did not issue certificate {number - 1}"
            raise FileProblem("chain", what, "put the issuer first, then the issuer of that one")
        below = issuer


def _issued(issuer: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _pem(certificates: Sequence[x509.Certificate]) -> str:
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates)
