"""Hosted zones that answer for no name. A zone with any record of the user counts as used, whatever it leads to.

Every zone has a record for its own name servers (NS) and one with its administrative data (SOA); AWS makes both:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core.call import Answer, ReadProgram
from ...cost.quantities import HOSTED_ZONE
from ...cost.quantity import Quantity
from ...kinds.aws.acm_validation import is_validation_record
from ...kinds.aws.caller_references import PREFIX
from ...kinds.aws.queries import domain, zone_id
from ..asking import ask, is_usable, not_checked
from ..leftover import EVERYWHERE, Finding, Leftover

TITLE = "hosted zones"
PERMISSIONS = ("route53:ListHostedZones", "route53:ListResourceRecordSets")
OWN_RECORDS = 2
"""The records that AWS makes with every zone: NS and SOA."""
EMPTY = "it has no records besides its own NS and SOA; keep it if you will use the name"
VALIDATES = "its only records of yours validate certificates; delete them if no certificate needs them, then the zone"


def find_hosted_zones(_: str) -> ReadProgram[Finding]:
    """The hosted zones with no records besides NS and SOA. Zones that another AWS service made are its own.

    A zone that elbplan made may also have validation records: those stay without its stack.
    """
    call = ask("route53", "ListHostedZones")
    (answer,) = yield [call]
    if not is_usable(answer):
        return Finding(not_checked=not_checked(TITLE, EVERYWHERE, [call], [answer]))
    zones = [raw for raw in answer["HostedZones"] if not raw.get("LinkedService")]
    made = [raw for raw in zones if raw["CallerReference"].startswith(f"{PREFIX}/") and not _is_empty(raw)]
    calls = [ask("route53", "ListResourceRecordSets", HostedZoneId=zone_id(raw["Id"])) for raw in made]
    answers = (yield calls) if calls else []
    left = [_leftover(raw, EMPTY) for raw in zones if _is_empty(raw)]
    left += [_leftover(raw, VALIDATES) for raw, records in zip(made, answers, strict=True) if _only_validates(records)]
    return Finding(left, not_checked(TITLE, EVERYWHERE, calls, answers))


def _only_validates(answer: Answer) -> bool:
    return is_usable(answer) and all(
        record["Type"] in ("NS", "SOA") or is_validation_record(record) for record in answer["ResourceRecordSets"]
    )


def _is_empty(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("ResourceRecordSetCount", OWN_RECORDS + 1) <= OWN_RECORDS)


def _leftover(raw: Mapping[str, Any], why: str) -> Leftover:
    id, name = zone_id(raw["Id"]), domain(raw["Name"])
    private = bool((raw.get("Config") or {}).get("PrivateZone"))
    return Leftover(
        "hosted_zone",
        id,
        EVERYWHERE,
        f"{'private ' if private else ''}hosted zone {name} ({id})",
        why,
        (f"aws route53 delete-hosted-zone --id {id}",),
        [Quantity(id, HOSTED_ZONE, "hosted zone", Decimal(1), "month", "one of the first 25 of the account")],
        facts={"name": name},
    )
