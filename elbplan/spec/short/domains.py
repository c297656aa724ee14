"""`domain:`: the domain names of the stack."""

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
    """Returns the name in lowercase without the final dot. Raises SpecValueError."""
    name = value.lower().rstrip(".")
    labels = name.split(".")
    if "*" in name and (labels[0] != "*" or "*" in name[1:]):
        raise SpecValueError(
            f"{shown_value(value)} has a * in the wrong place", "write * only as the whole first label: *.example.com"
        )
    if "://" in value or "/" in value:
        raise SpecValueError(
            f"{shown_value(value)} is a URL, not a domain",
            "write only the host name, without https:// and without a path",
        )
    plain = labels[1:] if labels[0] == "*" else labels
    if len(plain) < 2:
        raise SpecValueError(f"{shown_value(value)} is not a full domain name", "write all of it, like api.example.com")
    if not name.isascii() and (encoded := _ascii_form(plain)):
        first = "*." if labels[0] == "*" else ""
        raise SpecValueError(
            f"{shown_value(value)} has letters outside ASCII", f"write its form in DNS: {first}{encoded}"
        )
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in plain):
        raise SpecValueError(
            f"{shown_value(value)} is not a domain name",
            "use letters, digits and dashes, at most 63 between two dots, like api.example.com",
        )
    return name


def _ascii_form(labels: list[str]) -> str:
    """`xn--bj0bj06e.example.com`; empty if the name has none: https://www.rfc-editor.org/rfc/rfc3490"""
    try:
        encoded = ".".join(labels).encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return encoded if all(LABEL.fullmatch(label) for label in encoded.split(".")) else ""


def certificate_arn(value: str) -> str:
    """Checks an ARN; other text is the name of a certificate of the stack. Raises SpecValueError."""
    if value.startswith("arn:") and not ARN.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not the ARN of a certificate", "write arn:aws:acm:REGION:ACCOUNT:certificate/ID"
        )
    return value


ShortCertificate = Annotated[str, AfterValidator(certificate_arn)]


class Domain(ShortModel):
    """A domain name of the stack."""

    name: Annotated[str, AfterValidator(domain_name), Field(description="domain name", examples=["api.example.com"])]
    zone: Annotated[
        str | None,
        Field(
            description="hosted zone, by id or name; by default the zone of the domain name",
            examples=["Z0123456789ABC"],
        ),
    ] = None
    certificate: Annotated[
        ShortCertificate | None, Field(description="ARN of an existing certificate; by default elbplan creates one")
    ] = None
    take_over: Annotated[
        bool | None, Field(description="the domain may replace a DNS record that elbplan did not create")
    ] = None
    restore: Annotated[
        bool, Field(description="the DNS record that the domain replaced comes back when elbplan deletes the domain's")
    ] = False
