"""The words of a domain for a certificate that AWS has."""

from __future__ import annotations

from typing import Any

from ..core.resource import Resource
from ..kinds.certificate import Certificate
from ..spec.short.certificates import KEYS


def certificate_words(resource: Resource, name: str) -> dict[str, Any]:
    """The keys of a domain, beside its name, that make this certificate; none for the usual one."""
    if not isinstance(resource, Certificate):
        return {}
    short = next((word for word, key in KEYS.items() if key == resource.key), "")
    words: dict[str, Any] = {"key": short} if short and resource.key != "RSA_2048" else {}
    words |= {"authority": resource.authority} if resource.authority else {}
    words |= {"export": True} if resource.export else {}
    if resource.validation == "EMAIL":
        places = {mail.domain: mail.mail_domain for mail in resource.mail_domains or ()}
        words["validation"] = {"email": places[name]} if name in places else "email"
    return words
