"""Certificates of listeners."""

from ..account import CallContext
from ..acm.validation import refresh
from ..errors import AwsError, validation
from ..params import Params
from ..partitions import partition_of
from ..rules import rule
from ..state.elbv2 import SECURE, StoredListener
from . import find


@rule(8)
def checked(context: CallContext, arn: str) -> str:
    """The certificate of a listener must exist in the same region and be issued.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
    (CertificateNotFound). Another region: "Certificate ARN is not valid" (ValidationError); a pending certificate:
    UnsupportedCertificate. Issues and acceptance tests of terraform-provider-aws show both.
    """
    if ":iam:" in arn:
        raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found")
    if not arn.startswith(f"arn:{partition_of(context.region).id}:acm:"):
        raise validation(f"Certificate ARN '{arn}' is not valid")
    if arn.split(":")[3] != context.region:
        raise validation(f"Certificate ARN '{arn}' is not valid")
    certificate = context.account.certificates.get(arn)
    if certificate is None or not find.is_visible(context, arn):
        raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found")
    refresh(context.account, certificate)
    if certificate.status != "ISSUED":
        raise AwsError(
            "UnsupportedCertificate",
            f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, "
            "and a supported key size.",
        )
    return arn


@rule(8)
def default_certificate(context: CallContext, certificates: list[Params] | None, protocol: str) -> str:
    """An HTTPS or TLS listener has one default certificate, the others none: API_CreateListener."""
    given = [certificate["CertificateArn"] for certificate in certificates or [] if certificate.get("CertificateArn")]
    if protocol not in SECURE:
        if given:
            raise validation(f"Certificates cannot be specified for {protocol} listeners")
        return ""
    if len(given) != 1:
        raise validation(
            "A certificate must be specified for HTTPS listeners"
            if not given
            else "Only one certificate can be specified"
        )
    return checked(context, given[0])


@rule(23)
def check_quota(context: CallContext, listener: StoredListener, arn: str) -> None:
    """25 on a load balancer, without the default certificates.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""
    listeners = context.elb.listeners_of(listener.balancer)
    used = {more for other in listeners for more in other.more_certificates}
    if len(used | {arn}) > context.account.quota("certificates_per_lb"):
        raise AwsError(
            "TooManyCertificates", "You've reached the limit on the number of certificates per load balancer"
        )


def add_listener_certificates(context: CallContext, params: Params) -> Params:
    listener = find.listener(context, params["ListenerArn"])
    if listener.protocol not in SECURE:
        raise validation("Certificates can be added to HTTPS and TLS listeners only")
    given = [certificate["CertificateArn"] for certificate in params.get("Certificates") or []]
    if len(given) != 1:
        raise validation("You can specify one certificate per call")
    arn = checked(context, given[0])
    check_quota(context, listener, arn)
    if arn not in listener.certificates:
        listener.more_certificates.append(arn)
    return {"Certificates": [{"CertificateArn": arn, "IsDefault": False}]}


def remove_listener_certificates(context: CallContext, params: Params) -> Params:
    """The default certificate can be replaced but not removed. The call is for HTTPS and TLS listeners.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveListenerCertificates.html
    """
    listener = find.listener(context, params["ListenerArn"])
    if listener.protocol not in SECURE:
        raise AwsError("OperationNotPermitted", "Certificates can be removed from HTTPS and TLS listeners only")
    for certificate in params.get("Certificates") or []:
        arn = certificate["CertificateArn"]
        if arn == listener.certificate:
            raise AwsError("OperationNotPermitted", "Default certificate cannot be removed")
        if arn in listener.more_certificates:
            listener.more_certificates.remove(arn)
            mark_released(context, arn)
    return {}


def describe_listener_certificates(context: CallContext, params: Params) -> Params:
    listener = find.listener(context, params["ListenerArn"])
    certificates = [{"CertificateArn": arn, "IsDefault": arn == listener.certificate} for arn in listener.certificates]
    page, marker = find.page(context, params, certificates)
    return {"Certificates": page, "NextMarker": marker}


def mark_released(context: CallContext, arn: str) -> None:
    """Notes when a listener has left a certificate, which stays in use for some seconds."""
    certificate = context.account.certificates.get(arn)
    if certificate is not None:
        certificate.released = context.now
