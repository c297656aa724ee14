"""`domain:`: the names under which people come."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from ..errors import SpecValueError
from ..messages import shown_value
from .words import ShortModel

LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
ARN = re.compile(
    r"arn:aws[a-z-]*:(acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+|iam::[0-9]{12}:server-certificate/.+)",
    re.ASCII,
)


def domain_name(value: str) -> str:
    """The name in small letters without the final dot; raises SpecValueError."""
    name = value.lower().rstrip(".")
    labels = name.split(".")
    if "*" in name and (labels[0] != "*" or "*" in name[1:]):
        raise SpecValueError(f"{shown_value(value)} has a * in the middle", "a * stands alone and first: *.example.com")
    if "://" in value or "/" in value:
        raise SpecValueError(
            f"{shown_value(value)} is an address, not a domain", "leave out https:// and what follows the name"
        )
    plain = labels[1:] if labels[0] == "*" else labels
    if len(plain) < 2:
        raise SpecValueError(f"{shown_value(value)} is not a whole domain", "write it with its end: api.example.com")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in plain):
        raise SpecValueError(
            f"{shown_value(value)} is not a domain",
            "letters, digits and dashes between dots, 63 at most: api.example.com",
        )
    return name


def certificate_arn(value: str) -> str:
    """The ARN if it looks like one; raises SpecValueError. Anything else is the name of a certificate of the stack."""
    if value.startswith("arn:") and not ARN.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not the ARN of a certificate", "arn:aws:acm:REGION:ACCOUNT:certificate/ID"
        )
    return value


ShortCertificate = Annotated[str, AfterValidator(certificate_arn)]


class Domain(ShortModel):
    """A name that leads to the balancer."""

    name: Annotated[str, AfterValidator(domain_name), Field(description="the name", examples=["api.example.com"])]
    zone: Annotated[
        str | None,
        Field(description="hosted zone, by id or name; found by itself if left out", examples=["Z0123456789ABC"]),
    ] = None
    certificate: Annotated[
        ShortCertificate | None, Field(description="ARN of a certificate that is there already; else one is made")
    ] = None
    take_over: Annotated[
        bool | None, Field(description="may replace a record of this name that elbplan did not make")
    ] = None
