"""What a stack uses and elbplan never creates, as quantities: hosted zones, Shield Advanced, web ACLs, authorities."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..kinds.aws.web_acls import name_in
from ..kinds.certificate import Certificate
from ..kinds.hosted_zone import HostedZone
from ..kinds.record import Record
from ..kinds.shield_protection import ShieldProtection
from ..kinds.web_acl_association import WebAclAssociation
from .quantities import FIRST_ZONES, HOSTED_ZONE, Billed
from .quantity import Quantity

SHIELD = "shield-subscription-month"
WEB_ACL = "web-acl-month"
AUTHORITY = "private-authority-month"


def used_quantities(billed: Billed) -> Iterator[Quantity]:
    """What the resources use and others own. AWS bills all of it by the month."""
    yield from _hosted_zones(billed)
    resources = list(billed.resources.values())
    if any(isinstance(resource, ShieldProtection) for resource in resources):
        why = "once for all accounts of the organization, for a year; data transfer out comes on top"
        yield Quantity("shield", SHIELD, "Shield Advanced subscription", Decimal(1), "month", why)
    for acl in sorted({str(r.web_acl) for r in resources if isinstance(r, WebAclAssociation)}):
        name = name_in(acl).removeprefix("name:")
        why = "once for all that use it; its rules and the requests that it inspects come on top"
        yield Quantity(f"web-acl/{name}", WEB_ACL, f"web ACL {name}", Decimal(1), "month", why)
    for arn in sorted({r.authority for r in resources if isinstance(r, Certificate) and r.authority}):
        why = "once for all its certificates; an authority for short-lived certificates costs less"
        yield Quantity(arn, AUTHORITY, "private certificate authority", Decimal(1), "month", why)


def _hosted_zones(billed: Billed) -> Iterator[Quantity]:
    """The zones of the records that the stack did not make."""
    records = [record for record in billed.resources.values() if isinstance(record, Record)]
    made = {str(a) for a, resource in billed.resources.items() if isinstance(resource, HostedZone)}
    made |= {live.id for live in billed.lives.values() if isinstance(live.model, HostedZone)}
    names: dict[str, str] = {}
    for record in records:
        names.setdefault(str(record.zone), record.name)
    for zone, name in names.items():
        if zone not in made:
            yield Quantity(zone, HOSTED_ZONE, f"hosted zone of {name}", Decimal(1), "month", FIRST_ZONES)
