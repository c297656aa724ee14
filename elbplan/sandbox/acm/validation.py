"""How a certificate comes to be issued: by its records in public DNS, and by nothing else."""

from ..account import Account
from ..rules import rule
from ..state.acm import StoredCertificate, record

THREE_DAYS = 72 * 3600


@rule(9)
def refresh(account: Account, certificate: StoredCertificate) -> None:
    """Issued some time after every record stands in a public zone; failed after 72 hours.

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
    """Note since when all the records stand."""
    stands = all(is_proven(account, name) for name in certificate.names)
    if not stands:
        certificate.records_found_at = None
    elif certificate.records_found_at is None:
        certificate.records_found_at = account.moment


def is_proven(account: Account, name: str) -> bool:
    wanted = record(account.id, name)
    return wanted["Value"].rstrip(".").lower() in account.dns.resolve_cname(wanted["Name"])


def records_known(account: Account, certificate: StoredCertificate) -> bool:
    """The record to make is not in the first answers: aws-load-balancer-controller polls up to 30 s
    for it.
    """
    if not account.timing.validation_record:
        return True
    return account.moment >= certificate.records_at


def note_all_records(account: Account) -> None:
    """After a change of DNS: every pending certificate may have got its records now."""
    for certificate in account.certificates.values():
        if certificate.status == "PENDING_VALIDATION":
            note_records(account, certificate)
