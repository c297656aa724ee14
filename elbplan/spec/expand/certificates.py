"""Expands the certificates of the domains: one for all domains whose certificates come from the same source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address, Lookup, Points, Ref
from ...core.resource import references
from ..short.certificates import FIND, KEYS, Pem
from ..short.domains import Domain
from ..yaml.tree import YamlPath
from .context import CERTIFICATE, ExpandContext
from .zones import has_own_zone, public_zone

LONGEST_NAME = 100


@dataclass(frozen=True)
class CertificateSource:
    """What the certificates of two domains must have in common to be one certificate."""

    key: str | None = None
    authority: str | None = None
    by_mail: bool = False
    export: bool = False
    pem: Pem | None = None

    @classmethod
    def of(cls, domain: Domain) -> CertificateSource:
        """The source of a domain's certificate."""
        key = domain.key if domain.key != "rsa-2048" else None
        by_mail = domain.validation is not None and domain.validation.method == "email"
        return cls(key, domain.authority, by_mail, domain.export, domain.pem)

    @property
    def by_records(self) -> bool:
        """True if AWS validates the domains by DNS records."""
        return not (self.authority or self.by_mail or self.pem)


@dataclass
class CertificateGroup:
    """A certificate that the stack makes, with its domains and the number of the first of them in the spec."""

    address: Address
    source: CertificateSource
    first: int
    domains: list[Domain] = field(default_factory=list)


def certificate_groups(context: ExpandContext) -> list[CertificateGroup]:
    """The certificates that elbplan makes: `main`, and one named after its first domain for each further source.

    `main` is the certificate without special keys; without such domains, it is the first one.
    """
    if context.short.manage and not context.short.manage.certificate:
        return []
    groups: dict[CertificateSource, CertificateGroup] = {}
    for index, domain in enumerate(context.short.domain or ()):
        if domain.certificate is None:
            source = CertificateSource.of(domain)
            name = domain.name.replace("*", "wildcard", 1)[:LONGEST_NAME]
            groups.setdefault(source, CertificateGroup(Address(CERTIFICATE.kind, name), source, index))
            if all(other.name != domain.name for other in groups[source].domains):
                groups[source].domains.append(domain)
    ordered = sorted(groups.values(), key=lambda group: (group.source != CertificateSource(), group.first))
    if ordered:
        ordered[0].address = CERTIFICATE
    return ordered


def certificates_of(context: ExpandContext) -> list[Ref]:
    """The certificates of all domains: first those that elbplan makes, then those that the domains name or find."""
    made: list[Ref] = [group.address for group in certificate_groups(context)]
    named = [certificate_ref(d.certificate, d.name) for d in context.short.domain or () if d.certificate]
    return list(dict.fromkeys([*made, *named]))


def certificate_ref(text: str, domain: str = "") -> Ref:
    """The certificate of a text: `find` looks for one that covers the domain, `find:NAME` for one that covers NAME."""
    if text == FIND or text.startswith(f"{FIND}:"):
        return Lookup(CERTIFICATE.kind, f"name:{text.removeprefix(FIND).removeprefix(':') or domain}")
    return Points(CERTIFICATE.kind).parse(text)


def _check_sources(context: ExpandContext) -> None:
    """Reports keys of a domain that exclude each other."""
    for index, domain in enumerate(context.short.domain or ()):
        words = [word for word in SOURCES if getattr(domain, word) not in (None, False)]
        source, extra = words[0] if words else "", words[1] if len(words) > 1 else ""
        if source in WHY_NOT and extra and (source != "authority" or extra != "key"):
            context.report.at(("domain", index, extra), f"{extra}: has no effect, since {WHY_NOT[source]}",
                              f"keep {source}: or {extra}:", key=True)  # fmt: skip


SOURCES = ("certificate", "pem", "authority", "validation", "export", "key")
WHY_NOT = {
    "certificate": "certificate: names a certificate that exists",
    "pem": "pem: imports a certificate",
    "authority": "a private authority issues without validation and for every use",
}
"""Why a source allows no other words beside it; an authority allows the key."""


def add_certificates(context: ExpandContext) -> None:
    """Adds the certificates that elbplan makes, if a listener uses one."""
    _check_sources(context)
    if _is_used(context):
        for group in certificate_groups(context):
            context.add(group.address, _fields(context, group), *_places(group))


def _is_used(context: ExpandContext) -> bool:
    """True if a listener refers to a certificate of this stack."""
    refs = (ref for draft in context.drafts.values() for ref in references(draft.fields))
    return any(isinstance(ref, Address) and ref.kind == CERTIFICATE.kind for ref in refs)


def _fields(context: ExpandContext, group: CertificateGroup) -> dict[str, Any]:
    source, domains = group.source, group.domains
    mails = [{"domain": name, "mail_domain": place} for name, place in _mail_domains(domains)]
    # A zone that elbplan makes goes with the stack, and AWS deletes only an empty zone.
    remove = context.short.remove_validation or has_own_zone(context) or None
    return {
        "domains": [domain.name for domain in domains],
        "key": KEYS[source.key] if source.key else None,
        "authority": source.authority,
        "validation": "EMAIL" if source.by_mail else None,
        "mail_domains": mails or None,
        "export": source.export or None,
        "pem": source.pem.model_dump(exclude_none=True) if source.pem else None,
        "proofs": [{"domain": d.name, "zone": public_zone(d, context)} for d in domains] if source.by_records else None,
        "remove_validation": remove if source.by_records else None,
    }


def _mail_domains(domains: list[Domain]) -> Iterator[tuple[str, str]]:
    for domain in domains:
        if domain.validation and domain.validation.email:
            yield domain.name, domain.validation.email


def _places(group: CertificateGroup) -> tuple[YamlPath, dict[YamlPath, YamlPath]]:
    """The place of the certificate's domains, and those of the keys of its first domain."""
    first: YamlPath = ("domain", group.first)
    words = ("key", "authority", "validation", "export", "pem")
    given = [word for word in words if word in group.domains[0].model_fields_set]
    places: dict[YamlPath, YamlPath] = {(word,): (*first, word) for word in given}
    if ("validation",) in places:
        places[("mail_domains",)] = (*first, "validation")
    return ("domain",), places
