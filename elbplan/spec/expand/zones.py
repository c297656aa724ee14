"""The hosted zone of a domain."""

from __future__ import annotations

from ...core.address import AwsId, Lookup, Points, Ref
from ..short.domains import Domain


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
