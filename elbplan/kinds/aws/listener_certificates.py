"""The calls for the further certificates of a listener."""

from __future__ import annotations

from ...core.call import Answer, Call
from .queries import GONE

NOT_KNOWN_YET = ("CertificateNotFound", "UnsupportedCertificate", "ListenerNotFound", "TargetGroupNotFound")
"""Not every part of ELB knows a new certificate or a new group at once."""


def describe_certificates(arn: str) -> Call:
    """Lists the certificates of a listener."""
    return Call("elbv2", "DescribeListenerCertificates", {"ListenerArn": arn}, done_if=GONE)


def further_certificates(answer: Answer) -> tuple[str, ...]:
    """The certificates without the default certificate, which AWS lists too."""
    listed = answer.get("Certificates", [])
    default = {c["CertificateArn"] for c in listed if c.get("IsDefault")}
    return tuple(c["CertificateArn"] for c in listed if c["CertificateArn"] not in default)


def add_certificate(arn: str, certificate: str) -> Call:
    """Adds a further certificate to a listener."""
    params = {"ListenerArn": arn, "Certificates": [{"CertificateArn": certificate}]}
    return Call("elbv2", "AddListenerCertificates", params, retry_on=NOT_KNOWN_YET, timeout=300)


def remove_certificate(arn: str, certificate: str) -> Call:
    """Removes a further certificate from a listener."""
    params = {"ListenerArn": arn, "Certificates": [{"CertificateArn": certificate}]}
    gone = ("CertificateNotFound", "ListenerNotFound", "OperationNotPermitted")
    return Call("elbv2", "RemoveListenerCertificates", params, done_if=gone)
