"""The keys of a domain that say where its certificate comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from ..errors import SpecValueError
from ..messages import shown_value
from .domain_names import domain_name
from .words import TEXT, ResourceName, Shorthand, ShortModel

ARN = re.compile(
    r"arn:aws[a-z-]*:(acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+|iam::[0-9]{12}:server-certificate/.+)",
    re.ASCII,
)
AUTHORITY = re.compile(r"arn:aws[a-z-]*:acm-pca:[a-z0-9-]+:[0-9]{12}:certificate-authority/[0-9a-f-]{36}", re.ASCII)
FIND = "find"
"""Begins the text for a certificate that elbplan finds in the account: `find`, or `find:NAME` for another name."""

KEYS: Mapping[str, str] = {"rsa-2048": "RSA_2048", "ec-p256": "EC_prime256v1", "ec-p384": "EC_secp384r1"}
"""The key types that AWS issues, each with AWS's word.

https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html (KeyAlgorithm)
"""


def certificate_arn(value: str) -> str:
    """Checks an ARN and `find:NAME`; other text is the name of a certificate of the stack. Raises SpecValueError."""
    if value.startswith("arn:") and not ARN.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not the ARN of a certificate", "write arn:aws:acm:REGION:ACCOUNT:certificate/ID"
        )
    if value.startswith(f"{FIND}:"):
        return f"{FIND}:{domain_name(value.removeprefix(f'{FIND}:').strip())}"
    return value


def _certificate_of_domain(value: str) -> str:
    if value.startswith(f"{FIND}:"):
        raise SpecValueError(f"{shown_value(value)} names a domain again", "write certificate: find")
    return certificate_arn(value)


def _certificate_of_listener(value: str) -> str:
    if value == FIND:
        raise SpecValueError("find needs a domain name here", "write find:shop.example.com")
    return certificate_arn(value)


ShortCertificate = Annotated[ResourceName, AfterValidator(_certificate_of_listener)]


def _key(value: Any) -> Any:
    """Also accepts AWS's own words for the keys that it issues."""
    if isinstance(value, str) and value not in KEYS:
        word = next((short for short, aws in KEYS.items() if aws == value), value)
        if word == value and value.upper().replace("-", "_") in IMPORTED_ONLY:
            hint = f"write {', '.join(KEYS)}; a certificate that you import with pem: may have any key"
            raise SpecValueError(f"{shown_value(value)} is a key type that AWS does not issue", hint)
        return word
    return value


IMPORTED_ONLY = ("RSA_1024", "RSA_3072", "RSA_4096", "EC_SECP521R1")


def _authority(value: str) -> str:
    if not AUTHORITY.fullmatch(value):
        hint = "write arn:aws:acm-pca:REGION:ACCOUNT:certificate-authority/ID"
        raise SpecValueError(f"{shown_value(value)} is not the ARN of a private authority", hint)
    return value


class Validation(ShortModel):
    """How AWS checks that a domain is yours."""

    method: Annotated[Literal["dns", "email"], Field(description="dns (the default) or email")] = "dns"
    email: Annotated[
        Annotated[str, AfterValidator(domain_name)] | None,
        Field(
            description="domain above the name, to whose addresses AWS sends the mail; by default the name itself",
            examples=["example.com"],
        ),
    ] = None


def _validation(value: Any) -> Any:
    if value == "http":
        raise SpecValueError(
            "AWS validates by HTTP only certificates that CloudFront manages, and a load balancer cannot use those",
            "write dns or email",
        )
    if isinstance(value, str):
        return {"method": value}
    return {"method": "email", **value} if isinstance(value, dict) and "email" in value else value


class Pem(ShortModel):
    """The files of a certificate that somebody else issued. The paths are relative to the spec's folder."""

    certificate: Annotated[str, Field(description="file with the certificate in PEM", examples=["tls/site.pem"])]
    key: Annotated[str, Field(description="file with its private key in PEM, without a password")]
    chain: Annotated[
        str | None, Field(description="file with the certificates of the authorities in PEM, the issuer first")
    ] = None


class CertificateWords(ShortModel):
    """Where the certificate of a domain comes from; by default elbplan requests one and validates it by DNS."""

    certificate: Annotated[
        Annotated[ResourceName, AfterValidator(_certificate_of_domain)] | None,
        Field(
            description="ARN of an existing certificate, or find: the one of the account that covers the domain; by "
            "default elbplan creates one",
            examples=["find"],
        ),
    ] = None
    key: Annotated[
        Literal["rsa-2048", "ec-p256", "ec-p384"] | None,
        BeforeValidator(_key),
        Field(description="key of the certificate; by default rsa-2048"),
    ] = None
    authority: Annotated[
        Annotated[str, AfterValidator(_authority)] | None,
        Field(description="ARN of the private authority (AWS Private CA) that issues the certificate"),
    ] = None
    validation: Annotated[
        Annotated[Validation, Shorthand(_validation, TEXT)] | None,
        Field(description="how AWS checks that the domain is yours: dns (the default), email, or {email: example.com}"),
    ] = None
    export: Annotated[
        bool, Field(description="the private key may leave AWS; AWS bills every name of such a certificate")
    ] = False
    pem: Annotated[Pem | None, Field(description="files of a certificate that elbplan imports")] = None
