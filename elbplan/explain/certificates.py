"""Why AWS does not issue a certificate: from the causes that every wait shows."""

from __future__ import annotations

from ..kinds.aws.certificate_gates import CAUSES
from .explanation import Explanation

GROUP = "certificates"
PAGE = "https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-failed.html"
PENDING_PAGE = "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html"

LOOK = "elbplan explain certificate.main specs/web.yaml finds the cause"

PENDING = Explanation(
    "PENDING_VALIDATION",
    GROUP,
    "AWS waits until it sees the validation record of each name in public DNS.",
    (
        "the record was created some minutes ago: AWS usually needs less than 10 minutes",
        "the registrar has other name servers for the domain than the hosted zone",
        "there are two hosted zones of this name, and the internet asks the other one",
    ),
    (LOOK, "dig +short NS DOMAIN shows the name servers that the internet asks"),
    ("enter the name servers of the hosted zone at the registrar of the domain",),
    PENDING_PAGE,
)


def _reason(code: str) -> Explanation:
    cause = CAUSES[code]
    do = (cause.fix or "write to AWS Support, or import a certificate of your own",)
    means = f"AWS does not issue the certificate: {cause.text}."
    return Explanation(code, GROUP, means, (), (LOOK,), do, PAGE)


EXPLANATIONS = (PENDING, *map(_reason, CAUSES))
