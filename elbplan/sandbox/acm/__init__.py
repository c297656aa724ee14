"""Certificate Manager, by its API reference: moto's certificates issue themselves and may be deleted in use.

https://docs.aws.amazon.com/acm/latest/APIReference/Welcome.html
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ..account import CallContext
from ..ec2.regions import enabled
from ..elbv2.find import born
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.acm import StoredCertificate, record
from ..tags import to_dict, to_pairs
from . import checks
from .imported import imported
from .validation import proven, records_told, refresh

HOUR = 3600
VALIDITY = timedelta(days=395)
SHOWN_BY_DEFAULT = ("RSA_1024", "RSA_2048")


def find(site: CallContext, arn: str) -> StoredCertificate:
    if not arn.startswith("arn:aws:acm:"):
        raise AwsError("InvalidArnException", f"Invalid ARN: {arn}")
    found = site.certificates.get(arn)
    if found is None:
        raise AwsError("ResourceNotFoundException", f"Could not find certificate {arn}.")
    refresh(site.world, found)
    return found


def _new_arn(site: CallContext) -> str:
    number = uuid.uuid5(uuid.NAMESPACE_DNS, str(next(site.world.numbers)))
    return site.arn("acm", f"certificate/{number}")


def request_certificate(site: CallContext, params: Params) -> Params:
    checks.request(params)
    if known := remembered(site, params):
        return {"CertificateArn": known}
    names = list(dict.fromkeys([params["DomainName"], *(params.get("SubjectAlternativeNames") or [])]))
    made = StoredCertificate(
        arn=_new_arn(site),
        domain=params["DomainName"],
        names=names,
        method=params.get("ValidationMethod", "EMAIL"),
        algorithm=params.get("KeyAlgorithm", "RSA_2048"),
        created=site.world.clock.stamp(),
        requested=site.now,
        records_at=site.now + site.timing.validation_record,
        options={
            "CertificateTransparencyLoggingPreference": "ENABLED",
            "Export": "DISABLED",
            **(params.get("Options") or {}),
        },
        tags=to_dict(params.get("Tags")),
    )
    site.world.certificates[made.arn] = made
    born(site, made.arn)
    if token := params.get("IdempotencyToken"):
        site.world.note("acm tokens")[(site.region, token)] = (site.now, params, made.arn)
    return {"CertificateArn": made.arn}


@rule(9)
def remembered(site: CallContext, params: Params) -> str | None:
    """The same token and the same request within an hour: the same certificate. API_RequestCertificate."""
    kept = site.world.note("acm tokens").get((site.region, params.get("IdempotencyToken")))
    if kept is None or site.now > kept[0] + HOUR or kept[1] != params or kept[2] not in site.world.certificates:
        return None
    return str(kept[2])


def describe_certificate(site: CallContext, params: Params) -> Params:
    one = find(site, params["CertificateArn"])
    told: Params = {
        "CertificateArn": one.arn,
        "DomainName": one.domain,
        "SubjectAlternativeNames": one.names,
        "Status": one.status,
        "Type": one.type,
        "KeyAlgorithm": one.algorithm,
        "SignatureAlgorithm": "SHA256WITHRSA",
        "InUseBy": checks.users(site, one.arn),
        "CreatedAt": one.created,
        "Options": one.options,
        "RenewalEligibility": "ELIGIBLE" if checks.users(site, one.arn) else "INELIGIBLE",
        "Issuer": "Amazon",
        "Subject": f"CN={one.domain}",
    }
    if one.type == "AMAZON_ISSUED":
        told["DomainValidationOptions"] = [_validation(site, one, name) for name in one.names]
    if one.issued:
        told.update(IssuedAt=one.issued, NotBefore=one.issued, NotAfter=one.not_after or one.issued + VALIDITY)
    if one.status in ("FAILED", "VALIDATION_TIMED_OUT") and one.reason:
        told["FailureReason"] = one.reason
    return {"Certificate": told}


@rule(9)
def _validation(site: CallContext, one: StoredCertificate, name: str) -> Params:
    """One name's record and whether it is proven; the record comes late, and not at all with EMAIL.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidation.html
    """
    proof = one.status == "ISSUED" or (one.method == "DNS" and proven(site.world, name) and one.standing is not None)
    status = "SUCCESS" if proof else "PENDING_VALIDATION"
    if one.status == "VALIDATION_TIMED_OUT":
        status = "FAILED"
    told = {
        "DomainName": name,
        "ValidationDomain": name,
        "ValidationStatus": status,
        "ValidationMethod": one.method,
    }
    if one.method == "DNS" and records_told(site.world, one):
        told["ResourceRecord"] = record(site.account, name)  # type: ignore[assignment]
    return told


def list_certificates(site: CallContext, params: Params) -> Params:
    enabled(site)
    found = [one for one in site.certificates.values() if _wanted(site, one, params)]
    start = int(params.get("NextToken") or 0)
    size = min(int(params.get("MaxItems") or 1000), site.world.quota("page"))
    told = [_summary(site, one) for one in found[start : start + size]]
    token = str(start + size) if start + size < len(found) else None
    return {"CertificateSummaryList": told, "NextToken": token}


@rule(26)
def _wanted(site: CallContext, one: StoredCertificate, params: Params) -> bool:
    """Without a filter only RSA 1024 and 2048: https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html"""
    refresh(site.world, one)
    algorithms = (params.get("Includes") or {}).get("keyTypes") or SHOWN_BY_DEFAULT
    statuses = params.get("CertificateStatuses")
    return one.algorithm in algorithms and (not statuses or one.status in statuses)


def _summary(site: CallContext, one: StoredCertificate) -> Params:
    return {
        "CertificateArn": one.arn,
        "DomainName": one.domain,
        "SubjectAlternativeNameSummaries": one.names,
        "HasAdditionalSubjectAlternativeNames": False,
        "Status": one.status,
        "Type": one.type,
        "KeyAlgorithm": one.algorithm,
        "InUse": bool(checks.users(site, one.arn)),
        "CreatedAt": one.created,
        "IssuedAt": one.issued,
    }


def delete_certificate(site: CallContext, params: Params) -> Params:
    one = find(site, params["CertificateArn"])
    checks.unused(site, one)
    del site.world.certificates[one.arn]
    return {}


def get_certificate(site: CallContext, params: Params) -> Params:
    """A pending certificate cannot be had: API_GetCertificate (RequestInProgressException)."""
    one = find(site, params["CertificateArn"])
    if one.status == "PENDING_VALIDATION":
        raise AwsError("RequestInProgressException", f"Certificate {one.arn} is pending validation")
    text = one.body or "-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----"
    return {"Certificate": text, "CertificateChain": one.chain or text}


def import_certificate(site: CallContext, params: Params) -> Params:
    if params.get("CertificateArn"):
        before = find(site, params["CertificateArn"])
        made = imported(site, params, before.arn)
        made.tags = before.tags
    else:
        made = imported(site, params, _new_arn(site))
    site.world.certificates[made.arn] = made
    return {"CertificateArn": made.arn}


def add_tags(site: CallContext, params: Params) -> Params:
    one = find(site, params["CertificateArn"])
    new = to_dict(params["Tags"])
    if len(one.tags | new) > 50:
        raise AwsError("TooManyTagsException", "The maximum number of tags is 50")
    one.tags.update(new)
    return {}


def remove_tags(site: CallContext, params: Params) -> Params:
    one = find(site, params["CertificateArn"])
    for tag in params["Tags"]:
        if tag.get("Value") in (None, one.tags.get(tag["Key"])):
            one.tags.pop(tag["Key"], None)
    return {}


def list_tags(site: CallContext, params: Params) -> Params:
    one = find(site, params["CertificateArn"])
    return {"Tags": to_pairs(one.tags)}


def update_options(site: CallContext, params: Params) -> Params:
    find(site, params["CertificateArn"]).options.update(params["Options"])
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
