"""The waits for a certificate: until its validation records are known, and until it is issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...core.call import GateStatus, ProbeProgram
from ...core.cause import Cause
from ...core.kind import Gate, StepContext
from ...core.resource import Resource
from .acm_validation import LOST, describe_certificate
from .acm_validation import PRIVATE as PRIVATE_TYPE


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
    return GateStatus("waiting", "not issued yet", (_why_pending(raw, context),))


def _why_pending(raw: Mapping[str, Any], context: StepContext) -> Cause:
    status = raw["Status"]
    if raw.get("Type") == PRIVATE_TYPE:
        return Cause("its private authority has not issued it yet", code=status)
    pending = [o for o in raw.get("DomainValidationOptions", []) if o.get("ValidationStatus") != "SUCCESS"]
    if any(option.get("ValidationMethod") == "EMAIL" for option in pending):
        return mail_cause(raw, context.region)
    names = ", ".join(option["DomainName"] for option in pending) or "its names"
    fix = "after 10 minutes, compare the name servers at your registrar with those of the hosted zone"
    cause = Cause(f"AWS has not seen the DNS record of {names} yet", fix, code=status)
    known = context.known_cause
    return replace(known, code=status) if known else cause


def mail_cause(raw: Mapping[str, Any], region: str) -> Cause:
    """Who must approve a certificate that waits for mail, and the command that sends the mail again.

    AWS names the addresses some time after the request, and always writes to these five:
    https://docs.aws.amazon.com/acm/latest/userguide/email-validation.html
    """
    waiting = [o for o in raw.get("DomainValidationOptions", []) if o.get("ValidationStatus") != "SUCCESS"]
    places = {o["DomainName"]: o.get("ValidationDomain") or o["DomainName"] for o in waiting}
    sent = sorted({mail for option in waiting for mail in option.get("ValidationEmails") or ()})
    usual = [f"{box}@{place}" for place in dict.fromkeys(places.values()) for box in MAILBOXES]
    text = f"nobody has approved {', '.join(places)} yet; Amazon's mail went to {', '.join(sent or usual)}"
    name, place = next(iter(places.items()))
    command = (
        f"aws acm resend-validation-email --region {region} --certificate-arn {raw['CertificateArn']} "
        f"--domain {name} --validation-domain {place}"
    )
    fix = "open the link in the mail within 72 hours, and apply again if this run has ended; to send the mail again"
    return Cause(text, fix, command, raw["Status"])


MAILBOXES = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")


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


def _is_by_records(_: Any, after: Any) -> bool:
    return bool(after.by_records)


def _is_by_mail(_: Any, after: Any) -> bool:
    return not after.imported and after.validation == "EMAIL"


def _is_private(_: Any, after: Any) -> bool:
    return bool(after.authority)


GATES = (
    Gate(
        "records", "AWS has returned the validation records", 300, validation_records_known,
        usual="< 1 min", needed=_is_by_records,
    ),
    Gate(
        "issued", "the certificate is issued", 4500, issued, after=("update",), usual="a few minutes",
        needed=_is_by_records,
    ),
    Gate(
        "approved", "somebody has approved the certificate in the mail from Amazon", 4500, issued,
        ask="open the mail from Amazon and approve the certificate", usual="until somebody opens the mail",
        needed=_is_by_mail,
    ),
    Gate(
        "signed", "the private authority has issued the certificate", 600, issued,
        usual="< 1 min", needed=_is_private,
    ),
)  # fmt: skip
"""The waits of a certificate."""

ISSUE_GATES = ("issued", "approved", "signed")
"""The waits for the issue of a certificate, by records, by mail, and by a private authority."""
