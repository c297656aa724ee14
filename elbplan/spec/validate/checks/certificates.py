"""Checks where certificates come from: key types, private authorities, mail, and what excludes what."""

from __future__ import annotations

from ....core.address import Address
from ....kinds.certificate import Certificate
from ...short.certificates import AUTHORITY, KEYS
from .subject import Subject

REGION_PART = 3
"""arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE"""


def check(subject: Subject) -> None:
    """Reports what AWS refuses of a certificate."""
    for address, certificate in subject.of(Certificate.kind):
        if certificate.imported:
            continue
        _key(subject, address, certificate)
        _authority(subject, address, certificate)
        _mail(subject, address, certificate)


def _key(subject: Subject, address: Address, certificate: Certificate) -> None:
    """https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html (KeyAlgorithm)"""
    if certificate.key not in KEYS.values():
        what = f"AWS does not issue certificates with the key {certificate.key}"
        subject.problem(address, ("key",), what, f"write {', '.join(KEYS.values())}, or import one with pem:")


def _authority(subject: Subject, address: Address, certificate: Certificate) -> None:
    if not certificate.authority:
        return
    if not AUTHORITY.fullmatch(certificate.authority):
        hint = "write arn:aws:acm-pca:REGION:ACCOUNT:certificate-authority/ID"
        subject.problem(address, ("authority",), f'"{certificate.authority}" is not the ARN of an authority', hint)
        return
    region, wanted = certificate.authority.split(":")[REGION_PART], subject.short.region
    if wanted and region != wanted:
        what = f"this authority is in the region {region}, but the stack is in {wanted}"
        subject.problem(address, ("authority",), what, f"use an authority of {wanted}")
    if subject.drafts[address].origin[:1] == ("domain",):
        return  # the short form has reported it at its own key
    for field in ("validation", "export"):
        if getattr(certificate, field):
            what = f"{field}: has no effect, since a private authority issues without validation and for every use"
            subject.problem(address, (field,), what, f"remove {field}:")


def _mail(subject: Subject, address: Address, certificate: Certificate) -> None:
    """https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidationOption.html"""
    for mail in certificate.mail_domains or ():
        if certificate.validation != "EMAIL":
            subject.problem(
                address, ("mail_domains",), "mail_domains: needs validation: EMAIL", "add validation: EMAIL"
            )
        elif mail.domain not in certificate.domains:
            what = f"{mail.domain} is not a name of the certificate"
            subject.problem(address, ("mail_domains",), what, "write one of its domains", near=mail.domain)
        elif not f".{mail.domain.removeprefix('*.')}".endswith(f".{mail.mail_domain}"):
            what = f"AWS sends the mail for {mail.domain} only to the name itself or a domain above it"
            parent = mail.domain.removeprefix("*.").partition(".")[2]
            subject.problem(address, ("mail_domains",), what, f"write {parent}, for example", near=mail.mail_domain)
