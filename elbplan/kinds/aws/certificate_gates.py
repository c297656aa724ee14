"""The waits for a certificate: until its validation records are known, and until it is issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...core.call import GateStatus, ProbeProgram
from ...core.cause import Cause
from ...core.kind import StepContext
from ...core.resource import Resource
from .acm_validation import LOST, describe_certificate


def validation_records_known(_: Resource, context: StepContext) -> ProbeProgram:
    """AWS creates the values of the validation records some seconds after the request."""
    answer = yield describe_certificate(context.id(context.address))
    options = answer.get("Certificate", {}).get("DomainValidationOptions", [])
    shown = sum(bool(option.get("ResourceRecord")) for option in options)
    if options and shown == len(options):
        return GateStatus("ready", "its DNS records are known")
    return GateStatus("waiting", "its DNS records are not known yet")


def issued(_: Resource, context: StepContext) -> ProbeProgram:
    """Ready when AWS has issued the certificate; failed, with AWS's reason, if it never will."""
    answer = yield describe_certificate(context.id(context.address))
    raw = answer.get("Certificate", {"Status": "PENDING_VALIDATION"})
    status = raw["Status"]
    if status == "ISSUED":
        return GateStatus("ready", "issued")
    if status in LOST:
        reason = raw.get("FailureReason") or status
        cause = CAUSES.get(reason, Cause(f"AWS gives only this reason: {reason}", code=reason))
        return GateStatus("failed", f"AWS does not issue it ({status})", (cause,))
    pending = [
        o["DomainName"] for o in raw.get("DomainValidationOptions", []) if o.get("ValidationStatus") != "SUCCESS"
    ]
    names = ", ".join(pending) or "its names"
    fix = "after 10 minutes, compare the name servers at your registrar with those of the hosted zone"
    cause = Cause(f"AWS has not seen the DNS record of {names} yet", fix, code=status)
    known = context.known_cause
    return GateStatus("waiting", "not issued yet", (replace(known, code=status) if known else cause,))


def _cause(code: str, text: str, fix: str = "") -> tuple[str, Cause]:
    return code, Cause(text, fix, code=code)


PRIVATE = "its private CA (AWS Private CA)"
CAUSES: Mapping[str, Cause] = dict(
    (
        _cause(
            "CAA_ERROR", "a CAA record of the domain does not allow Amazon", 'add the CAA record 0 issue "amazon.com"'
        ),
        _cause(
            "DOMAIN_NOT_ALLOWED",
            "AWS refuses this domain: it is on a list of unsafe names",
            "ask the list to remove it, then write to AWS Support, or use another domain",
        ),
        _cause("INVALID_PUBLIC_DOMAIN", "this is not a public domain name", "write a name below a public domain"),
        _cause(
            "ADDITIONAL_VERIFICATION_REQUIRED",
            "AWS wants to check this domain by hand, as for well-known names",
            "write to AWS Support",
        ),
        _cause("NO_AVAILABLE_CONTACTS", "AWS found no mail address for the domain", "validate it by DNS instead"),
        _cause("DOMAIN_VALIDATION_DENIED", "somebody refused the validation", "request the certificate again"),
        _cause(
            "VALIDATION_TIMED_OUT",
            "AWS did not see the DNS record within 72 hours",
            "compare the name servers at your registrar with those of the hosted zone, then apply again",
        ),
        _cause("REVOKED", "the certificate was revoked", "apply again: elbplan requests another one"),
        _cause("EXPIRED", "the certificate has expired", "apply again: elbplan requests another one"),
        _cause("INACTIVE", "the certificate is inactive", "apply again: elbplan requests another one"),
        _cause("PCA_LIMIT_EXCEEDED", f"{PRIVATE} has reached a quota", "ask AWS for a higher quota"),
        _cause("PCA_INVALID_ARN", f"the ARN of {PRIVATE} is wrong"),
        _cause("PCA_INVALID_STATE", f"{PRIVATE} is not active", "activate it"),
        _cause("PCA_REQUEST_FAILED", f"{PRIVATE} refused the request", "apply again"),
        _cause("PCA_NAME_CONSTRAINTS_VALIDATION", f"{PRIVATE} may not issue certificates for this name"),
        _cause("PCA_RESOURCE_NOT_FOUND", f"{PRIVATE} does not exist"),
        _cause("PCA_INVALID_ARGS", f"{PRIVATE} does not accept the request"),
        _cause("PCA_INVALID_DURATION", f"{PRIVATE} expires before the certificate would"),
        _cause("PCA_ACCESS_DENIED", f"ACM has no permission to use {PRIVATE}", "grant it in AWS Private CA"),
        _cause("SLR_NOT_FOUND", "the service-linked role of ACM is missing", "create it, then apply again"),
        _cause("OTHER", "AWS gives no reason", "request it again; if that fails too, write to AWS Support"),
    )
)
"""The cause for each reason of https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
(FailureReason) and for each final status. What to do:
https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-failed.html
"""
