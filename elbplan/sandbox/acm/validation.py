"""The validation of certificates: records in public DNS, approved mails, or a private authority issue them."""

from datetime import datetime, timedelta

from ..account import Account
from ..rules import rule
from ..state.acm import StoredCertificate, record

THREE_DAYS = 72 * 3600
VALIDITY = timedelta(days=395)


@rule(9)
def refresh(account: Account, certificate: StoredCertificate) -> None:
    """Issues a certificate some time after every record exists in a public zone; it fails after 72 hours.

    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html and
    https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-timed-out.html
    """
    if certificate.status != "PENDING_VALIDATION":
        return
    if certificate.authority:
        issue_privately(account, certificate)
        return
    if certificate.method == "EMAIL":
        issue_approved(account, certificate)
    else:
        note_records(account, certificate)
    if (
        certificate.records_found_at is not None
        and account.moment >= certificate.records_found_at + account.timing.certificate_issue
    ):
        certificate.status = "ISSUED"
        certificate.issued = account.clock.stamp()
    elif account.moment > certificate.requested + THREE_DAYS:
        certificate.status = "VALIDATION_TIMED_OUT"


@rule(9)
def issue_approved(account: Account, certificate: StoredCertificate) -> None:
    """With EMAIL, a certificate is issued when somebody has approved the mail of each name.

    https://docs.aws.amazon.com/acm/latest/userguide/email-validation.html
    """
    if account.options.approve_mails:
        certificate.approved |= set(certificate.names)
    if set(certificate.names) <= certificate.approved and certificate.records_found_at is None:
        certificate.records_found_at = account.moment


@rule(9)
def issue_privately(account: Account, certificate: StoredCertificate) -> None:
    """A private authority issues a certificate without validation, if it exists, is active and has the same key family.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html ("If you are requesting a private
    certificate, domain validation is not required"; KeyAlgorithm: "must match the algorithm family of the CA's secret
    key") and https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html (FailureReason)
    """
    if account.moment < certificate.requested + account.timing.validation_record:
        return
    authority = account.memory(AUTHORITIES).get(certificate.authority)
    if authority is None:
        certificate.status, certificate.reason = "FAILED", "PCA_RESOURCE_NOT_FOUND"
    elif authority["status"] != "ACTIVE":
        certificate.status, certificate.reason = "FAILED", "PCA_INVALID_STATE"
    elif authority["family"] != certificate.algorithm.partition("_")[0]:
        certificate.status, certificate.reason = "FAILED", "PCA_INVALID_ARGS"
    else:
        certificate.status, certificate.issued = "ISSUED", account.clock.stamp()


AUTHORITIES = "private authorities"
"""The account's memory of AWS Private CA: the status and the key family of each authority, by its ARN."""

MAILBOXES = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")


def mails(certificate: StoredCertificate, name: str) -> list[str]:
    """The addresses to which ACM sends the mail of a name.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidationOption.html (ValidationDomain)
    """
    return [f"{box}@{mail_domain(certificate, name)}" for box in MAILBOXES]


def mail_domain(certificate: StoredCertificate, name: str) -> str:
    """The domain that a mail goes to; that of a wildcard goes to its apex."""
    return certificate.mail_domains.get(name, name.removeprefix("*."))


def note_records(account: Account, certificate: StoredCertificate) -> None:
    """Notes since when all validation records exist."""
    exist = all(is_proven(account, name) for name in certificate.names)
    if not exist:
        certificate.records_found_at = None
    elif certificate.records_found_at is None:
        certificate.records_found_at = account.moment


def is_proven(account: Account, name: str) -> bool:
    wanted = record(account.id, name)
    return wanted["Value"].rstrip(".").lower() in account.dns.resolve_cname(wanted["Name"])


def records_known(account: Account, certificate: StoredCertificate) -> bool:
    """The first answers lack the validation record: aws-load-balancer-controller polls up to 30 s for it."""
    return not account.timing.validation_record or account.moment >= certificate.records_at


def note_all_records(account: Account) -> None:
    """Notes the records of every pending certificate, after a change of DNS."""
    for certificate in account.certificates.values():
        if certificate.status == "PENDING_VALIDATION" and certificate.method == "DNS":
            note_records(account, certificate)


def expires(certificate: StoredCertificate) -> datetime:
    """Returns the end of a certificate's validity, by the clock of the sandbox."""
    return certificate.not_after or (certificate.issued or certificate.created) + VALIDITY
