"""The waits for a certificate: until its validation records are known, and until it is issued."""

from __future__ import annotations

from ...core.call import GateStatus, ProbeProgram
from ...core.kind import StepContext
from ...core.resource import Resource
from .acm_validation import LOST, describe_certificate


def validation_records_known(_: Resource, context: StepContext) -> ProbeProgram:
    """AWS creates the values of the validation records some seconds after the request."""
    answer = yield describe_certificate(context.id(context.address))
    options = answer.get("Certificate", {}).get("DomainValidationOptions", [])
    shown = sum(bool(option.get("ResourceRecord")) for option in options)
    if options and shown == len(options):
        return GateStatus("ready", f"{shown} of {len(options)} known")
    return GateStatus("waiting", f"{shown} of {len(options)} known")


def issued(_: Resource, context: StepContext) -> ProbeProgram:
    """Ready when AWS has issued the certificate; failed, with AWS's reason, if it never will."""
    answer = yield describe_certificate(context.id(context.address))
    raw = answer.get("Certificate", {"Status": "PENDING_VALIDATION"})
    if raw["Status"] == "ISSUED":
        return GateStatus("ready", "issued")
    if raw["Status"] in LOST:
        reason = raw.get("FailureReason") or raw["Status"]
        return GateStatus("failed", raw["Status"].lower(), CAUSES.get(reason, reason))
    pending = [
        o["DomainName"] for o in raw.get("DomainValidationOptions", []) if o.get("ValidationStatus") != "SUCCESS"
    ]
    cause = "do the name servers at your registrar match those of the hosted zone? waiting for " + ", ".join(pending)
    return GateStatus("waiting", "pending validation", cause)


CAUSES = {
    "CAA_ERROR": 'a CAA record of the domain does not allow Amazon: add `0 issue "amazon.com"`',
    "DOMAIN_NOT_ALLOWED": "AWS refuses this domain: it is on a list of unsafe or reserved names",
    "INVALID_PUBLIC_DOMAIN": "this is not a public domain name",
    "VALIDATION_TIMED_OUT": "AWS did not find the validation record for 72 hours",
}
