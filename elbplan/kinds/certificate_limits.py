"""What the account or the calendar does not allow of certificates that a plan makes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..core.address import Address
from ..core.call import Answer
from ..core.permission import reads
from ..core.plan import Refusal, Step
from ..core.resource import Resource
from .aws.moments import seconds_of
from .aws.service_quota import ServiceQuota
from .certificate import Certificate

USUAL_NAMES = 10
"""AWS's default quota of names in a certificate: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html"""

NAMES = ServiceQuota("acm", "L-FB94F0B0")
NAMES_QUOTA = NAMES.question


def _many_names(resource: Resource) -> Iterable[str]:
    """A value for a certificate with more names than the default quota allows."""
    return ["*"] if isinstance(resource, Certificate) and is_above_default(resource) else []


PERMISSIONS = reads(
    "servicequotas:GetServiceQuota",
    verbs=("compare",),
    each=_many_names,
    without_it="learns of a quota that is too low only when AWS refuses the certificate",
)


def is_above_default(certificate: Certificate) -> bool:
    """True if AWS refuses it in an account with the default quota. An imported certificate may have any names."""
    return not certificate.imported and len(certificate.domains) > USUAL_NAMES


def made_certificates(steps: Sequence[Step]) -> Iterator[tuple[Address, Certificate]]:
    """The certificates that the steps request or import."""
    for step in steps:
        if step.do in ("create", "update") and isinstance(step.after, Certificate):
            old = step.before.fingerprints if isinstance(step.before, Certificate) else ()
            if step.do == "create" or step.after.fingerprints != old:
                yield step.address, step.after


def too_many_names(steps: Sequence[Step], answer: Answer) -> Iterator[Refusal]:
    """A refusal for each certificate with more names than the answer of `NAMES_QUOTA` allows."""
    most = (answer.get("Quota") or {}).get("Value")
    for address, certificate in made_certificates(steps):
        if most is not None and not certificate.imported and len(certificate.domains) > most:
            what = f"{address}: it has {len(certificate.domains)} names, and this account's quota is {int(most)}"
            hint = (
                f"ask AWS for more, at most 100 ({NAMES.increase(len(certificate.domains))}), "
                "or use several certificates"
            )
            yield Refusal(what, hint)


def unusable_now(steps: Sequence[Step], now: float) -> Iterator[Refusal]:
    """A refusal for each certificate to import that is not valid now, in seconds since 1970: AWS does not import it."""
    for address, certificate in made_certificates(steps):
        if (pem := certificate.pem) is None:
            continue
        start, end = seconds_of(pem.valid_from), seconds_of(pem.valid_until)
        if end is not None and end <= now:
            what = f"{address}: the certificate of {pem.certificate} has expired on {pem.valid_until[:10]}"
            yield Refusal(what, "write the new certificate and its key into the files")
        elif start is not None and start > now:
            what = f"{address}: the certificate of {pem.certificate} is not valid before {pem.valid_from}"
            yield Refusal(what, "wait until then, or use another certificate")


def not_renewed(steps: Sequence[Step]) -> Iterator[str]:
    """When the certificates end that the steps import, since AWS does not renew them."""
    for address, certificate in made_certificates(steps):
        if certificate.pem and certificate.pem.valid_until:
            day = certificate.pem.valid_until[:10]
            yield (
                f"{address} is valid until {day}, and AWS does not renew an imported certificate: before that day, "
                "write the new one into its files and apply again"
            )
