"""Domains spelled out: a certificate for those that bring none, and alias records."""

from __future__ import annotations

from ...core.address import Address, AwsId, Lookup, Points, Ref
from ...core.resource import references
from ..short.domains import Domain
from ..yaml.tree import YamlPath
from .context import BALANCER, CERTIFICATE, ExpandContext


def bare(scene: ExpandContext) -> list[Domain]:
    """The domains for which a certificate is to be made."""
    if scene.short.manage and not scene.short.manage.certificate:
        return []
    return [domain for domain in scene.short.domain or () if domain.certificate is None]


def certificates_of(scene: ExpandContext) -> list[Ref]:
    """The certificates that the domains bring or need, the one made here first."""
    brought = [Points("certificate").parse(d.certificate) for d in scene.short.domain or () if d.certificate]
    made: list[Ref] = [CERTIFICATE] if bare(scene) else []
    return list(dict.fromkeys([*made, *brought]))


def add_certificate(scene: ExpandContext) -> None:
    """One certificate for all names that bring none, if a listener shows it."""
    domains = bare(scene)
    if domains and _wanted(scene):
        fields = {
            "domains": [domain.name for domain in domains],
            "proofs": [{"domain": domain.name, "zone": zone(domain)} for domain in domains],
            "remove_validation": scene.short.remove_validation or None,
        }
        scene.add(CERTIFICATE, fields, ("domain",))


def _wanted(scene: ExpandContext) -> bool:
    """Whether a listener names a certificate of this stack."""
    refs = (ref for draft in scene.drafts.values() for ref in references(draft.fields))
    return any(isinstance(ref, Address) and ref.kind == CERTIFICATE.kind for ref in refs)


def add_records(scene: ExpandContext) -> None:
    """A record for each domain and address family."""
    short = scene.short
    if short.domain and short.type == "gateway":
        scene.report.at(("domain",), "a gateway balancer has no name that people use", "remove domain:", key=True)
    if short.manage and not short.manage.dns:
        return
    seen: set[str] = set()
    for index, domain in enumerate(short.domain or ()):
        path: YamlPath = ("domain", index)
        if domain.name in seen:
            scene.report.at((*path, "name"), f"the domain {domain.name} is there twice", "keep one")
        seen.add(domain.name)
        take_over = domain.take_over if domain.take_over is not None else short.take_over
        fields = {"name": domain.name, "zone": zone(domain), "load_balancer": BALANCER, "take_over": take_over or None}
        scene.add(Address("record", domain.name), {**fields, "type": "A"}, path)
        if short.ip.startswith("dualstack"):
            scene.add(Address("record", f"{domain.name}-aaaa"), {**fields, "type": "AAAA"}, path)


def zone(domain: Domain) -> Ref:
    """The hosted zone that is named, or the one to be found for the name."""
    if domain.zone is None:
        return Lookup("hosted_zone", domain.name.removeprefix("*."))
    text = domain.zone.strip()
    return (
        AwsId(text)
        if Points("hosted_zone", ours=False).parse(text) == AwsId(text)
        else Lookup("hosted_zone", text.rstrip("."))
    )
