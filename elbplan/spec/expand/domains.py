"""Expands domains: a certificate for the domains that name none, and alias records."""

from __future__ import annotations

from ...core.address import Address, AwsId, Lookup, Points, Ref
from ...core.resource import references
from ..short.domains import Domain
from ..yaml.tree import YamlPath
from .context import BALANCER, CERTIFICATE, ExpandContext


def _domains_to_certify(context: ExpandContext) -> list[Domain]:
    """The domains that need a certificate of elbplan's."""
    if context.short.manage and not context.short.manage.certificate:
        return []
    return [domain for domain in context.short.domain or () if domain.certificate is None]


def certificates_of(context: ExpandContext) -> list[Ref]:
    """The certificates of all domains: first the one that elbplan creates, then those that the domains name."""
    named = [Points("certificate").parse(d.certificate) for d in context.short.domain or () if d.certificate]
    created: list[Ref] = [CERTIFICATE] if _domains_to_certify(context) else []
    return list(dict.fromkeys([*created, *named]))


def add_certificate(context: ExpandContext) -> None:
    """Adds one certificate for all domains that name none, if a listener uses it."""
    domains = _domains_to_certify(context)
    if domains and _is_used(context):
        fields = {
            "domains": [domain.name for domain in domains],
            "proofs": [{"domain": domain.name, "zone": zone(domain)} for domain in domains],
            "remove_validation": context.short.remove_validation or None,
        }
        context.add(CERTIFICATE, fields, ("domain",))


def _is_used(context: ExpandContext) -> bool:
    """True if a listener refers to a certificate of this stack."""
    refs = (ref for draft in context.drafts.values() for ref in references(draft.fields))
    return any(isinstance(ref, Address) and ref.kind == CERTIFICATE.kind for ref in refs)


def add_records(context: ExpandContext) -> None:
    """Adds a record for each domain and address family."""
    short = context.short
    if short.domain and short.type == "gateway":
        context.report.at(("domain",), "a gateway load balancer cannot have a domain", "remove domain:", key=True)
    if short.manage and not short.manage.dns:
        return
    seen: set[str] = set()
    for index, domain in enumerate(short.domain or ()):
        path: YamlPath = ("domain", index)
        if domain.name in seen:
            context.report.at((*path, "name"), f"the domain {domain.name} is listed twice", "keep one of them")
        seen.add(domain.name)
        take_over = domain.take_over if domain.take_over is not None else short.take_over
        words = {"take_over": take_over or None, "restore": domain.restore or None}
        fields = {"name": domain.name, "zone": zone(domain), "load_balancer": BALANCER, **words}
        context.add(Address("record", domain.name), {**fields, "type": "A"}, path)
        if short.ip.startswith("dualstack"):
            context.add(Address("record", f"{domain.name}-aaaa"), {**fields, "type": "AAAA"}, path)


def zone(domain: Domain) -> Ref:
    """The hosted zone that the domain names, or a lookup of the zone by the domain name."""
    if domain.zone is None:
        return Lookup("hosted_zone", domain.name.removeprefix("*."))
    text = domain.zone.strip()
    return (
        AwsId(text)
        if Points("hosted_zone", ours=False).parse(text) == AwsId(text)
        else Lookup("hosted_zone", text.rstrip("."))
    )
