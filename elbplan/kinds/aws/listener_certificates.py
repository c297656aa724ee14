"""The calls for the further certificates of a listener."""

from __future__ import annotations

from collections.abc import Iterable

from ...core.call import Answer, Call, WriteProgram
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


def add_certificates(arn: str, certificates: Iterable[str]) -> WriteProgram:
    """Adds further certificates to a listener, one in a call."""
    for certificate in certificates:
        params = {"ListenerArn": arn, "Certificates": [{"CertificateArn": certificate}]}
        yield Call("elbv2", "AddListenerCertificates", params, retry_on=NOT_KNOWN_YET, timeout=300)
    return {}


def remove_certificates(arn: str, certificates: Iterable[str]) -> WriteProgram:
    """Removes further certificates from a listener, one in a call."""
    gone = ("CertificateNotFound", "ListenerNotFound", "OperationNotPermitted")
    for certificate in certificates:
        params = {"ListenerArn": arn, "Certificates": [{"CertificateArn": certificate}]}
        yield Call("elbv2", "RemoveListenerCertificates", params, done_if=gone)
    return {}
