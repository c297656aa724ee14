"""The validation of certificates: only their records in public DNS issue them."""

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
    if certificate.status != "PENDING_VALIDATION" or certificate.method != "DNS":
        return
    note_records(account, certificate)
    if (
        certificate.records_found_at is not None
        and account.moment >= certificate.records_found_at + account.timing.certificate_issue
    ):
        certificate.status = "ISSUED"
        certificate.issued = account.clock.stamp()
    elif account.moment > certificate.requested + THREE_DAYS:
        certificate.status = "VALIDATION_TIMED_OUT"


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
        if certificate.status == "PENDING_VALIDATION":
            note_records(account, certificate)


def expires(certificate: StoredCertificate) -> datetime:
    """Returns the end of a certificate's validity, by the clock of the sandbox."""
    return certificate.not_after or (certificate.issued or certificate.created) + VALIDITY
