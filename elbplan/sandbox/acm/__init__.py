"""Certificate Manager, by its API reference: moto's certificates issue themselves and may be deleted in use.

https://docs.aws.amazon.com/acm/latest/APIReference/Welcome.html
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ..account import CallContext
from ..ec2.regions import enabled
from ..elbv2.find import mark_new
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.acm import StoredCertificate, record
from ..tags import to_dict, to_pairs
from . import checks
from .imported import imported
from .validation import is_proven, records_known, refresh

HOUR = 3600
VALIDITY = timedelta(days=395)
SHOWN_BY_DEFAULT = ("RSA_1024", "RSA_2048")


def certificate_of(context: CallContext, arn: str) -> StoredCertificate:
    if not arn.startswith("arn:aws:acm:"):
        raise AwsError("InvalidArnException", f"Invalid ARN: {arn}")
    found = context.certificates.get(arn)
    if found is None:
        raise AwsError("ResourceNotFoundException", f"Could not find certificate {arn}.")
    refresh(context.account, found)
    return found


def _new_arn(context: CallContext) -> str:
    number = uuid.uuid5(uuid.NAMESPACE_DNS, str(next(context.account.numbers)))
    return context.arn("acm", f"certificate/{number}")


def request_certificate(context: CallContext, params: Params) -> Params:
    checks.check_request(params)
    if known := arn_for_token(context, params):
        return {"CertificateArn": known}
    names = list(dict.fromkeys([params["DomainName"], *(params.get("SubjectAlternativeNames") or [])]))
    made = StoredCertificate(
        arn=_new_arn(context),
        domain=params["DomainName"],
        names=names,
        method=params.get("ValidationMethod", "EMAIL"),
        algorithm=params.get("KeyAlgorithm", "RSA_2048"),
        created=context.account.clock.stamp(),
        requested=context.now,
        records_at=context.now + context.timing.validation_record,
        options={
            "CertificateTransparencyLoggingPreference": "ENABLED",
            "Export": "DISABLED",
            **(params.get("Options") or {}),
        },
        tags=to_dict(params.get("Tags")),
    )
    context.account.certificates[made.arn] = made
    mark_new(context, made.arn)
    if token := params.get("IdempotencyToken"):
        context.account.memory("acm tokens")[(context.region, token)] = (context.now, params, made.arn)
    return {"CertificateArn": made.arn}


@rule(9)
def arn_for_token(context: CallContext, params: Params) -> str | None:
    """The same token and the same request within an hour: the same certificate. API_RequestCertificate."""
    kept = context.account.memory("acm tokens").get((context.region, params.get("IdempotencyToken")))
    if kept is None or context.now > kept[0] + HOUR or kept[1] != params or kept[2] not in context.account.certificates:
        return None
    return str(kept[2])


def describe_certificate(context: CallContext, params: Params) -> Params:
    one = certificate_of(context, params["CertificateArn"])
    told: Params = {
        "CertificateArn": one.arn,
        "DomainName": one.domain,
        "SubjectAlternativeNames": one.names,
        "Status": one.status,
        "Type": one.type,
        "KeyAlgorithm": one.algorithm,
        "SignatureAlgorithm": "SHA256WITHRSA",
        "InUseBy": checks.balancers_using(context, one.arn),
        "CreatedAt": one.created,
        "Options": one.options,
        "RenewalEligibility": "ELIGIBLE" if checks.balancers_using(context, one.arn) else "INELIGIBLE",
        "Issuer": "Amazon",
        "Subject": f"CN={one.domain}",
    }
    if one.type == "AMAZON_ISSUED":
        told["DomainValidationOptions"] = [_validation(context, one, name) for name in one.names]
    if one.issued:
        told.update(IssuedAt=one.issued, NotBefore=one.issued, NotAfter=one.not_after or one.issued + VALIDITY)
    if one.status in ("FAILED", "VALIDATION_TIMED_OUT") and one.reason:
        told["FailureReason"] = one.reason
    return {"Certificate": told}


@rule(9)
def _validation(context: CallContext, one: StoredCertificate, name: str) -> Params:
    """One name's record and whether it is is_proven; the record comes late, and not at all with EMAIL.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidation.html
    """
    proof = one.status == "ISSUED" or (
        one.method == "DNS" and is_proven(context.account, name) and one.records_found_at is not None
    )
    status = "SUCCESS" if proof else "PENDING_VALIDATION"
    if one.status == "VALIDATION_TIMED_OUT":
        status = "FAILED"
    told = {
        "DomainName": name,
        "ValidationDomain": name,
        "ValidationStatus": status,
        "ValidationMethod": one.method,
    }
    if one.method == "DNS" and records_known(context.account, one):
        told["ResourceRecord"] = record(context.account_id, name)  # type: ignore[assignment]
    return told


def list_certificates(context: CallContext, params: Params) -> Params:
    enabled(context)
    found = [one for one in context.certificates.values() if _wanted(context, one, params)]
    start = int(params.get("NextToken") or 0)
    size = min(int(params.get("MaxItems") or 1000), context.account.quota("page"))
    told = [_summary(context, one) for one in found[start : start + size]]
    token = str(start + size) if start + size < len(found) else None
    return {"CertificateSummaryList": told, "NextToken": token}


@rule(26)
def _wanted(context: CallContext, one: StoredCertificate, params: Params) -> bool:
    """Without a filter only RSA 1024 and 2048: https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html"""
    refresh(context.account, one)
    algorithms = (params.get("Includes") or {}).get("keyTypes") or SHOWN_BY_DEFAULT
    statuses = params.get("CertificateStatuses")
    return one.algorithm in algorithms and (not statuses or one.status in statuses)


def _summary(context: CallContext, one: StoredCertificate) -> Params:
    return {
        "CertificateArn": one.arn,
        "DomainName": one.domain,
        "SubjectAlternativeNameSummaries": one.names,
        "HasAdditionalSubjectAlternativeNames": False,
        "Status": one.status,
        "Type": one.type,
        "KeyAlgorithm": one.algorithm,
        "InUse": bool(checks.balancers_using(context, one.arn)),
        "CreatedAt": one.created,
        "IssuedAt": one.issued,
    }


def delete_certificate(context: CallContext, params: Params) -> Params:
    one = certificate_of(context, params["CertificateArn"])
    checks.check_unused(context, one)
    del context.account.certificates[one.arn]
    return {}


def get_certificate(context: CallContext, params: Params) -> Params:
    """A pending certificate cannot be had: API_GetCertificate (RequestInProgressException)."""
    one = certificate_of(context, params["CertificateArn"])
    if one.status == "PENDING_VALIDATION":
        raise AwsError("RequestInProgressException", f"Certificate {one.arn} is pending validation")
    text = one.body or "-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----"
    return {"Certificate": text, "CertificateChain": one.chain or text}


def import_certificate(context: CallContext, params: Params) -> Params:
    if params.get("CertificateArn"):
        before = certificate_of(context, params["CertificateArn"])
        made = imported(context, params, before.arn)
        made.tags = before.tags
    else:
        made = imported(context, params, _new_arn(context))
    context.account.certificates[made.arn] = made
    return {"CertificateArn": made.arn}


def add_tags(context: CallContext, params: Params) -> Params:
    one = certificate_of(context, params["CertificateArn"])
    new = to_dict(params["Tags"])
    if len(one.tags | new) > 50:
        raise AwsError("TooManyTagsException", "The maximum number of tags is 50")
    one.tags.update(new)
    return {}


def remove_tags(context: CallContext, params: Params) -> Params:
    one = certificate_of(context, params["CertificateArn"])
    for tag in params["Tags"]:
        if tag.get("Value") in (None, one.tags.get(tag["Key"])):
            one.tags.pop(tag["Key"], None)
    return {}


def list_tags(context: CallContext, params: Params) -> Params:
    one = certificate_of(context, params["CertificateArn"])
    return {"Tags": to_pairs(one.tags)}


def update_options(context: CallContext, params: Params) -> Params:
    certificate_of(context, params["CertificateArn"]).options.update(params["Options"])
    return {}


ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "RequestCertificate": request_certificate,
    "DescribeCertificate": describe_certificate,
    "ListCertificates": list_certificates,
    "DeleteCertificate": delete_certificate,
    "GetCertificate": get_certificate,
    "ImportCertificate": import_certificate,
    "AddTagsToCertificate": add_tags,
    "RemoveTagsFromCertificate": remove_tags,
    "ListTagsForCertificate": list_tags,
    "UpdateCertificateOptions": update_options,
}
