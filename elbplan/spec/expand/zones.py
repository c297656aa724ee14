"""Expands `zone:` of a domain: the id of a hosted zone, a look-up by name, or a zone that elbplan makes."""

from __future__ import annotations

from ...core.address import Address, AwsId, Lookup, Points, Ref
from ...kinds.aws.queries import private_zone_query
from ..short.domains import Domain
from ..short.records import ShortZone
from .context import ExpandContext, by_name

KIND = "hosted_zone"


def add_zones(context: ExpandContext) -> None:
    """Adds the zones that the spec makes, each once."""
    for index, domain in enumerate(context.short.domain or ()):
        given = domain.zone
        if given and given.create:
            vpcs = [by_name("vpc", text) for text in given.vpc or ()] or [context.vpc]
            fields = {
                "name": _zone_name(given),
                "vpcs": vpcs if given.private else None,
                "comment": given.comment,
                "delegation_set_id": given.delegation_set,
            }
            context.add(_address(given), fields, ("domain", index, "zone"))


def has_own_zone(context: ExpandContext) -> bool:
    """True if the spec makes a public zone."""
    zones = (domain.zone for domain in context.short.domain or ())
    return any(zone is not None and zone.create and not zone.private for zone in zones)


def zone(domain: Domain, context: ExpandContext) -> Ref:
    """The hosted zone that the domain names, or a lookup of the zone by the domain name."""
    given = domain.zone
    if given is None:
        return Lookup(KIND, domain.name.removeprefix("*."))
    if isinstance(ref := Points(KIND, ours=False).parse(given.name), AwsId):
        return ref
    if given.create or (not given.private and _zone_name(given) in _made(context)):
        return _address(given)
    name = _zone_name(given)
    return Lookup(KIND, private_zone_query(name) if given.private else name)


def public_zone(domain: Domain, context: ExpandContext) -> Ref:
    """The zone for the validation of a certificate, which ACM reads in public DNS."""
    if domain.zone and domain.zone.private:
        return Lookup(KIND, domain.name.removeprefix("*."))
    return zone(domain, context)


def _made(context: ExpandContext) -> set[str]:
    zones = (domain.zone for domain in context.short.domain or ())
    return {_zone_name(zone) for zone in zones if zone is not None and zone.create}


def _zone_name(zone: ShortZone) -> str:
    return zone.name.strip().lower().rstrip(".")


def _address(zone: ShortZone) -> Address:
    return Address(KIND, _zone_name(zone))
