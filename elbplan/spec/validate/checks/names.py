"""Domains, certificates and instances: what they may be called and made of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ....core.address import Address
from ....core.suggest import did_you_mean
from ...errors import SpecValueError
from ...expand.servers import AMI, IMAGES
from ...short.domains import domain_name
from .subject import Subject

MOST_NAMES = 10
LONGEST_FIRST = 64
TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", re.ASCII)


def check(subject: Subject) -> None:
    """What AWS refuses of names."""
    for address, certificate in subject.of("certificate"):
        _domains(subject, address, certificate.domains)
        _certificate(subject, address, certificate.domains)
    for address, record in subject.of("record"):
        if subject.drafts[address].origin[:1] == ("record",):
            _domains(subject, address, [record.name])
    for address, instance in subject.of("instance"):
        if not TYPE.fullmatch(instance.type):
            subject.say(address, ("type",), f'"{instance.type}" is not an instance type', "write t3.micro or t4g.micro")
        if not AMI.fullmatch(instance.image) and not instance.image.startswith("ssm:/"):
            hint = did_you_mean(instance.image, [*IMAGES, "ami-...", "ssm:/path"])
            subject.say(address, ("image",), f'"{instance.image}" is not an image', hint)


def _domains(subject: Subject, address: Address, names: Iterable[str]) -> None:
    field = "name" if address.kind == "record" else "domains"
    for name in names:
        try:
            domain_name(name)
        except SpecValueError as wrong:
            subject.say(address, (field,), wrong.what, wrong.hint, near=name)


def _certificate(subject: Subject, address: Address, names: tuple[str, ...]) -> None:
    if len(names) > MOST_NAMES:
        subject.say(
            address,
            ("domains",),
            f"{len(names)} names in one certificate: AWS's default quota is {MOST_NAMES}",
            "give some domains a certificate of their own, or use *.example.com",
        )
    if len(names[0]) > LONGEST_FIRST:
        subject.say(
            address,
            ("domains",),
            f"the certificate's first name has {len(names[0])} characters, and 64 is the most",
            "add a shorter name that comes before it in the alphabet, like the domain itself",
            near=names[0],
        )
