"""Imported certificates."""

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.acm import StoredCertificate
from ..tags import to_dict

LARGEST_KEY = 5120
CURVES = {"secp256r1": "EC_prime256v1", "secp384r1": "EC_secp384r1", "secp521r1": "EC_secp521r1"}


def imported(context: CallContext, params: Params, arn: str) -> StoredCertificate:
    """Reads a certificate, or refuses it if it is not valid: https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html"""
    body = params["Certificate"]
    try:
        parsed = x509.load_pem_x509_certificate(body if isinstance(body, bytes) else body.encode())
    except ValueError as error:
        raise AwsError(
            "ValidationException",
            f"The certificate field contains more or other than one certificate: {error}",
        ) from None
    check_importable(context, parsed, _text(params["PrivateKey"]))
    check_chain(parsed, _text(params.get("CertificateChain") or ""))
    subject = parsed.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    names = _names(parsed) or [str(attribute.value) for attribute in subject]
    certificate = StoredCertificate(
        arn=arn, domain=str(subject[0].value) if subject else names[0], names=names, method="",
        algorithm=_algorithm(parsed),
        created=context.account.clock.stamp(), requested=context.now, records_at=context.now, status="ISSUED",
        type="IMPORTED",
    )  # fmt: skip
    certificate.issued, certificate.not_after = parsed.not_valid_before_utc, parsed.not_valid_after_utc
    certificate.body, certificate.key = _text(body), _text(params["PrivateKey"])
    certificate.chain = _text(params.get("CertificateChain") or "")
    certificate.tags = to_dict(params.get("Tags"))
    return certificate


@rule(8)
def check_importable(context: CallContext, parsed: x509.Certificate, key: str) -> None:
    """A certificate is valid at the time of its import, and its private key belongs to it.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html ("The current time must be between
    the Not Before and Not After certificate fields"; "You must enter the private key that matches the certificate you
    are importing"; "The private key must be unencrypted"; "The private key must be no larger than 5 KB (5,120 bytes)";
    "The cryptographic algorithm of an imported certificate must match the algorithm of the signing CA"). The page does
    not have the messages.
    """
    now = context.account.clock.stamp()
    if now > parsed.not_valid_after_utc:
        raise AwsError("ValidationException", "The certificate has expired, is not valid.")
    if now < parsed.not_valid_before_utc:
        raise AwsError("ValidationException", "The certificate is not in effect yet, is not valid.")
    if len(key.encode()) > LARGEST_KEY:
        raise AwsError("ValidationException", f"The private key is larger than {LARGEST_KEY} bytes.")
    if isinstance(parsed.public_key(), rsa.RSAPublicKey) is not _signed_with_rsa(parsed):
        raise AwsError("ValidationException", "The algorithm of the certificate is not that of its signing CA.")
    try:
        private = serialization.load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError) as error:
        raise AwsError("ValidationException", f"The private key is not valid: {error}") from None
    if private.public_key() != parsed.public_key():
        raise AwsError("ValidationException", "The private key does not match the certificate.")


@rule(8)
def check_reimport(old: StoredCertificate, new: StoredCertificate, params: Params) -> None:
    """New files of an imported certificate keep its key type, and come without tags.

    https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html ("The key type and size cannot be changed";
    "You cannot apply resource tags when reimporting a certificate"). The page does not have the messages.
    """
    if old.type != "IMPORTED":
        raise AwsError("ValidationException", "Only an imported certificate can be imported again.")
    if params.get("Tags"):
        raise AwsError("ValidationException", "Tagging is not permitted on re-import.")
    if old.algorithm != new.algorithm:
        raise AwsError("ValidationException", "The key type and size of the certificate cannot be changed.")


@rule(8)
def check_chain(parsed: x509.Certificate, chain: str) -> None:
    """A chain begins with the issuer of the certificate, and each of its certificates issued the one before it.

    https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-format.html and
    https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-troubleshooting.html
    """
    below = parsed
    for above in x509.load_pem_x509_certificates(chain.encode()) if chain else ():
        if below.issuer != above.subject:
            raise AwsError("ValidationException", "Could not validate the certificate with the certificate chain.")
        below = above


def _signed_with_rsa(parsed: x509.Certificate) -> bool:
    """True for a signature by an RSA key: PKCS #1 v1.5 or PSS."""
    return parsed.signature_algorithm_oid.dotted_string.startswith("1.2.840.113549.1.1.")


def _text(pem: str | bytes) -> str:
    return pem.decode() if isinstance(pem, bytes) else pem


def _names(parsed: x509.Certificate) -> list[str]:
    try:
        extension = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return list(extension.value.get_values_for_type(x509.DNSName))


def _algorithm(parsed: x509.Certificate) -> str:
    key = parsed.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA_{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return CURVES.get(key.curve.name, "EC_prime256v1")
    return "RSA_2048"
