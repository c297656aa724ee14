"""Certificate Manager, after its API reference: moto issues certificates by itself and deletes them in use.

https://docs.aws.amazon.com/acm/latest/APIReference/Welcome.html
"""

import uuid
from collections.abc import Callable
from typing import Any

from ..account import QUOTAS, CallContext
from ..elbv2.find import mark_new
from ..errors import AwsError
from ..params import Params
from ..partitions import partition_of
from ..rules import rule
from ..state.acm import StoredCertificate, record
from ..tags import to_dict, to_pairs
from . import checks
from .imported import check_reimport, imported
from .validation import expires, is_proven, mail_domain, mails, records_known, refresh

HOUR = 3600
LARGEST_PAGE = 1000
"""https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html (MaxItems)"""
SHOWN_BY_DEFAULT = ("RSA_1024", "RSA_2048")


def certificate_of(context: CallContext, arn: str) -> StoredCertificate:
    if not arn.startswith(f"arn:{partition_of(context.region).id}:acm:"):
        raise AwsError("InvalidArnException", f"Invalid ARN: {arn}")
    certificate = context.certificates.get(arn)
    if certificate is None:
        raise AwsError("ResourceNotFoundException", f"Could not find certificate {arn}.")
    refresh(context.account, certificate)
    return certificate


def _new_arn(context: CallContext) -> str:
    number = uuid.uuid5(uuid.NAMESPACE_DNS, str(next(context.account.numbers)))
    return context.arn("acm", f"certificate/{number}")


def request_certificate(context: CallContext, params: Params) -> Params:
    checks.check_request(context, params)
    if arn := arn_for_token(context, params):
        return {"CertificateArn": arn}
    names = list(dict.fromkeys([params["DomainName"], *(params.get("SubjectAlternativeNames") or [])]))
    authority = params.get("CertificateAuthorityArn") or ""
    certificate = StoredCertificate(
        arn=_new_arn(context),
        domain=params["DomainName"],
        names=names,
        method="" if authority else params.get("ValidationMethod", "EMAIL"),
        type="PRIVATE" if authority else "AMAZON_ISSUED",
        authority=authority,
        mail_domains={o["DomainName"]: o["ValidationDomain"] for o in params.get("DomainValidationOptions") or []},
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
    context.account.certificates[certificate.arn] = certificate
    mark_new(context, certificate.arn)
    if token := params.get("IdempotencyToken"):
        context.account.memory("acm tokens")[(context.region, token)] = (context.now, params, certificate.arn)
    return {"CertificateArn": certificate.arn}


@rule(9)
def arn_for_token(context: CallContext, params: Params) -> str | None:
    """The same token and the same request within an hour give the same certificate: API_RequestCertificate."""
    earlier = context.account.memory("acm tokens").get((context.region, params.get("IdempotencyToken")))
    if earlier is None:
        return None
    requested, earlier_params, arn = earlier
    if context.now > requested + HOUR or earlier_params != params or arn not in context.account.certificates:
        return None
    return str(arn)


def describe_certificate(context: CallContext, params: Params) -> Params:
    certificate = certificate_of(context, params["CertificateArn"])
    answer: Params = {
        "CertificateArn": certificate.arn,
        "DomainName": certificate.domain,
        "SubjectAlternativeNames": certificate.names,
        "Status": certificate.status,
        "Type": certificate.type,
        "KeyAlgorithm": certificate.algorithm,
        "SignatureAlgorithm": "SHA256WITHRSA",
        "InUseBy": checks.balancers_using(context, certificate.arn),
        "CreatedAt": certificate.created,
        "Options": certificate.options,
        "RenewalEligibility": "ELIGIBLE" if _is_renewed(context, certificate) else "INELIGIBLE",
        "Issuer": "Amazon" if certificate.type == "AMAZON_ISSUED" else "",
        "CertificateAuthorityArn": certificate.authority or None,
        "Subject": f"CN={certificate.domain}",
    }
    if certificate.type == "AMAZON_ISSUED":
        answer["DomainValidationOptions"] = [_validation(context, certificate, name) for name in certificate.names]
    if certificate.issued:
        answer.update(
            IssuedAt=certificate.issued,
            NotBefore=certificate.issued,
            NotAfter=expires(certificate),
        )
    if certificate.status in ("FAILED", "VALIDATION_TIMED_OUT") and certificate.reason:
        answer["FailureReason"] = certificate.reason
    return {"Certificate": answer}


@rule(9)
def _is_renewed(context: CallContext, certificate: StoredCertificate) -> bool:
    """ACM renews what it issued and a load balancer uses, and no imported certificate.

    https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
    """
    return certificate.type != "IMPORTED" and bool(checks.balancers_using(context, certificate.arn))


@rule(9)
def _validation(context: CallContext, certificate: StoredCertificate, name: str) -> Params:
    """The validation of one name. Its record is known some time after the request, and never with EMAIL.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidation.html
    """
    proof = (
        certificate.status == "ISSUED"
        or name in certificate.approved
        or (
            certificate.method == "DNS"
            and is_proven(context.account, name)
            and certificate.records_found_at is not None
        )
    )
    status = "SUCCESS" if proof else "PENDING_VALIDATION"
    if certificate.status == "VALIDATION_TIMED_OUT":
        status = "FAILED"
    answer: Params = {
        "DomainName": name,
        "ValidationDomain": mail_domain(certificate, name) if certificate.method == "EMAIL" else name,
        "ValidationStatus": status,
        "ValidationMethod": certificate.method,
    }
    if certificate.method == "DNS" and records_known(context.account, certificate):
        answer["ResourceRecord"] = record(context.account_id, name)
    if certificate.method == "EMAIL" and records_known(context.account, certificate):
        answer["ValidationEmails"] = mails(certificate, name)
    return answer


def list_certificates(context: CallContext, params: Params) -> Params:
    listed = [certificate for certificate in context.certificates.values() if _is_listed(context, certificate, params)]
    start = int(params.get("NextToken") or 0)
    small = context.account.quota("page")
    size = min(int(params.get("MaxItems") or LARGEST_PAGE), small if small < QUOTAS["page"] else LARGEST_PAGE)
    summaries = [_summary(context, certificate) for certificate in listed[start : start + size]]
    token = str(start + size) if start + size < len(listed) else None
    return {"CertificateSummaryList": summaries, "NextToken": token}


@rule(26)
def _is_listed(context: CallContext, certificate: StoredCertificate, params: Params) -> bool:
    """Without a filter only RSA 1024 and 2048: https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html"""
    refresh(context.account, certificate)
    algorithms = (params.get("Includes") or {}).get("keyTypes") or SHOWN_BY_DEFAULT
    statuses = params.get("CertificateStatuses")
    return certificate.algorithm in algorithms and (not statuses or certificate.status in statuses)


def _summary(context: CallContext, certificate: StoredCertificate) -> Params:
    return {
        "CertificateArn": certificate.arn,
        "DomainName": certificate.domain,
        "SubjectAlternativeNameSummaries": certificate.names,
        "HasAdditionalSubjectAlternativeNames": False,
        "Status": certificate.status,
        "Type": certificate.type,
        "KeyAlgorithm": certificate.algorithm,
        "ExportOption": certificate.options.get("Export", "DISABLED"),
        "InUse": bool(checks.balancers_using(context, certificate.arn)),
        "CreatedAt": certificate.created,
        "IssuedAt": certificate.issued,
        "NotBefore": certificate.issued,
        "NotAfter": expires(certificate) if certificate.issued else None,
    }


def delete_certificate(context: CallContext, params: Params) -> Params:
    certificate = certificate_of(context, params["CertificateArn"])
    checks.check_unused(context, certificate)
    del context.account.certificates[certificate.arn]
    return {}


def get_certificate(context: CallContext, params: Params) -> Params:
    """A pending certificate cannot be read: API_GetCertificate (RequestInProgressException)."""
    certificate = certificate_of(context, params["CertificateArn"])
    if certificate.status == "PENDING_VALIDATION":
        raise AwsError("RequestInProgressException", f"Certificate {certificate.arn} is pending validation")
    text = certificate.body or "-----BEGIN CERTIFICATE-----\nc2FuZGJveA==\n-----END CERTIFICATE-----"
    return {"Certificate": text, "CertificateChain": certificate.chain or text}


def import_certificate(context: CallContext, params: Params) -> Params:
    if params.get("CertificateArn"):
        existing = certificate_of(context, params["CertificateArn"])
        certificate = imported(context, params, existing.arn)
        check_reimport(existing, certificate, params)
        certificate.tags = existing.tags
    else:
        certificate = imported(context, params, _new_arn(context))
    context.account.certificates[certificate.arn] = certificate
    return {"CertificateArn": certificate.arn}


def add_tags(context: CallContext, params: Params) -> Params:
    certificate = certificate_of(context, params["CertificateArn"])
    new = to_dict(params["Tags"])
    if len(certificate.tags | new) > 50:
        raise AwsError("TooManyTagsException", "The maximum number of tags is 50")
    certificate.tags.update(new)
    return {}


def remove_tags(context: CallContext, params: Params) -> Params:
    certificate = certificate_of(context, params["CertificateArn"])
    for tag in params["Tags"]:
        if tag.get("Value") in (None, certificate.tags.get(tag["Key"])):
            certificate.tags.pop(tag["Key"], None)
    return {}


def list_tags(context: CallContext, params: Params) -> Params:
    certificate = certificate_of(context, params["CertificateArn"])
    return {"Tags": to_pairs(certificate.tags)}


@rule(9)
def update_options(context: CallContext, params: Params) -> Params:
    """The option Export cannot change after the creation.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateOptions.html ("You cannot update the value of
    Export"). The page of UpdateCertificateOptions says otherwise; elbplan works in both cases.
    """
    options = certificate_of(context, params["CertificateArn"]).options
    if params["Options"].get("Export", options.get("Export")) != options.get("Export"):
        raise AwsError("InvalidStateException", "The export option of a certificate cannot be updated.")
    options.update(params["Options"])
    return {}


@rule(9)
def resend_mail(context: CallContext, params: Params) -> Params:
    """Sends the mail of a name again, as long as the certificate waits for its approval.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_ResendValidationEmail.html
    """
    certificate = certificate_of(context, params["CertificateArn"])
    if certificate.method != "EMAIL" or certificate.status != "PENDING_VALIDATION":
        raise AwsError("InvalidStateException", f"Certificate {certificate.arn} does not wait for an email.")
    if params["Domain"] not in certificate.names:
        raise AwsError("InvalidDomainValidationOptionsException", f"{params['Domain']} is not in the certificate.")
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
    "ResendValidationEmail": resend_mail,
}
