"""Hosted zones that answer for no name. A zone with any record of the user counts as used, whatever it leads to.

Every zone has a record for its own name servers (NS) and one with its administrative data (SOA); AWS makes both:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core.call import ReadProgram
from ...cost.quantities import HOSTED_ZONE
from ...cost.quantity import Quantity
from ...kinds.aws.queries import domain, zone_id
from ..asking import ask, is_usable, not_checked
from ..leftover import EVERYWHERE, Finding, Leftover

TITLE = "hosted zones"
PERMISSIONS = ("route53:ListHostedZones",)
OWN_RECORDS = 2
"""The records that AWS makes with every zone: NS and SOA."""


def find_hosted_zones(_: str) -> ReadProgram[Finding]:
    """The hosted zones with no records besides NS and SOA. Zones that another AWS service made are its own."""
    call = ask("route53", "ListHostedZones")
    (answer,) = yield [call]
    if not is_usable(answer):
        return Finding(not_checked=not_checked(TITLE, EVERYWHERE, [call], [answer]))
    return Finding([_leftover(raw) for raw in answer["HostedZones"] if _is_empty(raw)])


def _is_empty(raw: Mapping[str, Any]) -> bool:
    return not raw.get("LinkedService") and raw.get("ResourceRecordSetCount", OWN_RECORDS + 1) <= OWN_RECORDS


def _leftover(raw: Mapping[str, Any]) -> Leftover:
    id, name = zone_id(raw["Id"]), domain(raw["Name"])
    private = bool((raw.get("Config") or {}).get("PrivateZone"))
    return Leftover(
        "hosted_zone",
        id,
        EVERYWHERE,
        f"{'private ' if private else ''}hosted zone {name} ({id})",
        "it has no records besides its own NS and SOA; keep it if you will use the name",
        (f"aws route53 delete-hosted-zone --id {id}",),
        [Quantity(id, HOSTED_ZONE, "hosted zone", Decimal(1), "month", "one of the first 25 of the account")],
        facts={"name": name},
    )
