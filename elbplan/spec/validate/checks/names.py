"""Checks the names of domains and certificates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ....core.address import Address
from ....kinds.certificate import LONGEST_FIRST_NAME, Certificate, by_first_name
from ...errors import SpecValueError
from ...short.domain_names import domain_name
from .subject import Subject

NAME_IN_AWS = re.compile(r"[A-Za-z0-9-]*[A-Za-z0-9]", re.ASCII)


def check(subject: Subject) -> None:
    """Reports what AWS refuses of these resources."""
    for kind in ("load_balancer", "target_group"):
        for address, resource in subject.of(kind):
            _name_in_aws(subject, address, resource.name)
    for address, certificate in subject.of("certificate"):
        _domains(subject, address, certificate.domains)
        _certificate(subject, address, certificate)
    for address, record in subject.of("record"):
        if subject.drafts[address].origin[:1] == ("record",):
            _domains(subject, address, [record.name])
        if record.restore and not record.take_over:
            subject.problem(
                address,
                ("restore",),
                "restore: true brings back what take_over replaced, and this record replaces nothing",
                "write take_over: true too, or leave out restore:",
            )


def _name_in_aws(subject: Subject, address: Address, name: str | None) -> None:
    """The address is a part of the default name. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
    API_CreateTargetGroup.html (Name: letters, digits and hyphens; it must not end with a hyphen).
    """
    if name is None and not NAME_IN_AWS.fullmatch(address.name):
        what = address.kind.replace("_", " ")
        hint = "rename it, or write name: and the name in AWS: letters, digits and dashes"
        subject.problem(address, (), f'AWS accepts no {what} with "{address.name}" in its name', hint)


def _domains(subject: Subject, address: Address, names: Iterable[str]) -> None:
    field = "name" if address.kind == "record" else "domains"
    for name in names:
        try:
            domain_name(name)
        except SpecValueError as error:
            subject.problem(address, (field,), error.what, error.hint, near=name)


def _certificate(subject: Subject, address: Address, certificate: Certificate) -> None:
    """https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html (DomainName: Pattern)"""
    first = by_first_name(certificate.domains)[0]
    for name in () if certificate.imported else certificate.domains:
        if "_" in name:
            hint = "write a name with dashes, or certificate: with one that exists"
            subject.problem(address, ("domains",), f"AWS issues no certificate for {name}, with a _", hint, near=name)
    if len(first) > LONGEST_FIRST_NAME:
        subject.problem(
            address,
            ("domains",),
            f"the first name of the certificate has {len(first)} characters, and AWS allows {LONGEST_FIRST_NAME}",
            "add a shorter name, like the parent domain; elbplan puts it first",
            near=first,
        )
