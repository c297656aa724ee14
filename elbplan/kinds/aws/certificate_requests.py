"""The calls that request a certificate or import one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Protocol

from pydantic import Field, field_validator

from ...core.call import Call
from ...core.file_text import FileText
from ...core.resource import Part
from ...errors import ElbplanError
from .ownership import tag_list
from .pem import PemFiles
from .queries import domain


class MailDomain(Part):
    """Where AWS sends the mail that asks for the approval of a name: to admin@ and four more addresses of a domain."""

    domain: Annotated[str, Field(description="a name of the certificate")]
    mail_domain: Annotated[str, Field(description="the name itself, or a domain above it")]

    @field_validator("domain", "mail_domain")
    @classmethod
    def _canonical(cls, name: str) -> str:
        return domain(name)

    @property
    def option(self) -> dict[str, str]:
        """The element of `DomainValidationOptions`."""
        return {"DomainName": self.domain, "ValidationDomain": self.mail_domain}


LONGEST_FIRST_NAME = 64
"""https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html (DomainName)"""


def by_first_name(names: Iterable[str]) -> list[str]:
    """The names in the order of the request: AWS allows fewer characters in the first name than in the others."""
    return sorted(names, key=lambda name: (len(name) > LONGEST_FIRST_NAME, name.startswith("*."), len(name), name))


class Requested(Protocol):
    """The fields of a certificate that its request needs."""

    @property
    def domains(self) -> tuple[str, ...]: ...
    @property
    def key(self) -> str: ...
    @property
    def authority(self) -> str | None: ...
    @property
    def validation(self) -> str | None: ...
    @property
    def mail_domains(self) -> tuple[MailDomain, ...] | None: ...
    @property
    def export(self) -> bool | None: ...


def request_call(new: Requested, token: str, tags: Mapping[str, str]) -> Call:
    """RequestCertificate; with the same token, a second request within an hour returns the same certificate."""
    first, *others = by_first_name(new.domains)
    request: dict[str, Any] = {"DomainName": first, "KeyAlgorithm": new.key, "IdempotencyToken": token[:32]}
    if others:
        request["SubjectAlternativeNames"] = [first, *others]
    if new.authority:
        request["CertificateAuthorityArn"] = new.authority
    else:
        request["ValidationMethod"] = new.validation or "DNS"
    if new.mail_domains:
        request["DomainValidationOptions"] = [mail.option for mail in new.mail_domains]
    if new.export:
        request["Options"] = {"Export": "ENABLED"}
    return Call("acm", "RequestCertificate", {**request, "Tags": tag_list(tags)})


def import_call(pem: PemFiles | None, *, arn: str = "", tags: Mapping[str, str] | None = None) -> Call:
    """ImportCertificate; with `arn`, the new files of an imported certificate. The private key is read at the request.

    AWS accepts no tags for a new import of an existing certificate, and has no token against a second certificate.
    https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html

    Raises ElbplanError if the spec does not have the files: a migration file has only their fingerprints.
    """
    if pem is None or not pem.certificate_text:
        hint = "write pem: with the files of this certificate into the spec"
        raise ElbplanError("the spec does not have the files of this certificate", hint=hint)
    params: dict[str, Any] = {"Certificate": pem.certificate_text.encode(), "PrivateKey": FileText(pem.key)}
    if pem.chain_text:
        params["CertificateChain"] = pem.chain_text.encode()
    params |= {"CertificateArn": arn} if arn else {}
    params |= {"Tags": tag_list(tags)} if tags else {}
    return Call("acm", "ImportCertificate", params, no_retry=not arn)
