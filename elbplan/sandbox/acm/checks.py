"""Checks of requests to Certificate Manager."""

import re

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.acm import StoredCertificate

DOMAIN = re.compile(r"(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])")
AUTHORITY = re.compile(r"arn:aws[a-z-]*:acm-pca:[a-z0-9-]+:[0-9]{12}:certificate-authority/[0-9a-f-]{36}")
TOKEN = re.compile(r"\w{1,32}")
ISSUED_ALGORITHMS = ("RSA_2048", "EC_prime256v1", "EC_secp384r1")
MOST_NAMES = 100


def invalid(message: str) -> AwsError:
    return AwsError("ValidationException", f"1 validation error detected: {message}")


@rule(21)
def check_request(context: CallContext, params: Params) -> None:
    """Names, token, algorithm: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html"""
    names = [params["DomainName"], *(params.get("SubjectAlternativeNames") or [])]
    for name in names:
        if not DOMAIN.fullmatch(name) or len(name) > 253:
            raise invalid(f"Value '{name}' at 'domainName' failed to satisfy constraint: {DOMAIN.pattern}")
    if len(params["DomainName"]) > 64:
        raise AwsError(
            "InvalidDomainValidationOptionsException", "The first domain name can have at most 64 characters"
        )
    if len(set(names)) > MOST_NAMES:
        raise invalid(f"Value at 'subjectAlternativeNames' must have length less than or equal to {MOST_NAMES}")
    if len(set(names)) > (quota := context.account.quota("names_per_certificate")):
        raise AwsError("LimitExceededException", f"The maximum number of names is {quota}")
    token = params.get("IdempotencyToken")
    if token is not None and not TOKEN.fullmatch(token):
        raise invalid(f"Value '{token}' at 'idempotencyToken' failed to satisfy constraint: {TOKEN.pattern}")
    _check_algorithm(params)
    _check_validation(params, names)


def _check_algorithm(params: Params) -> None:
    """RSA 2048, P-256 and P-384; the other algorithms are "for imported certificates only": API_RequestCertificate.

    The page does not have the message.
    """
    algorithm = params.get("KeyAlgorithm", "RSA_2048")
    if algorithm not in ISSUED_ALGORITHMS:
        raise invalid(f"Value '{algorithm}' at 'keyAlgorithm' is not one of {', '.join(ISSUED_ALGORITHMS)}")


def _check_validation(params: Params, names: list[str]) -> None:
    """A mail goes to the name or to a domain above it; HTTP is for certificates that CloudFront manages.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidationOption.html ("the same as the DomainName
    value or a superdomain") and https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidation.html
    (HttpRedirect: "certificates requested through Amazon CloudFront"). The pages do not have the messages.
    """
    if params.get("ValidationMethod") == "HTTP" and params.get("ManagedBy") != "CLOUDFRONT":
        raise invalid("HTTP validation is available only for certificates that CloudFront manages")
    if params.get("CertificateAuthorityArn") and not AUTHORITY.fullmatch(params["CertificateAuthorityArn"]):
        raise AwsError("InvalidArnException", f"Invalid ARN: {params['CertificateAuthorityArn']}")
    for option in params.get("DomainValidationOptions") or []:
        name, place = option["DomainName"], option["ValidationDomain"]
        if name not in names or not f".{name.removeprefix('*.')}".endswith(f".{place}"):
            raise AwsError("InvalidDomainValidationOptionsException", f"Invalid validation domain {place} for {name}")


def balancers_using(context: CallContext, arn: str) -> list[str]:
    """Returns the load balancers that use a certificate on a listener."""
    listeners = context.elb.listeners.values()
    return list(dict.fromkeys(listener.balancer for listener in listeners if arn in listener.certificates))


@rule(10)
def check_unused(context: CallContext, certificate: StoredCertificate) -> None:
    """A certificate is not deleted while a listener uses it, nor for some seconds afterwards.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html (ResourceInUseException);
    the seconds afterwards: aws-load-balancer-controller retries for 30 s (pkg/deploy/acm).
    """
    lag = context.timing.in_use_lag
    if balancers_using(context, certificate.arn) or (lag and context.now <= certificate.released + lag):
        raise AwsError(
            "ResourceInUseException", f"Certificate {certificate.arn} in account {context.account_id} is in use."
        )
