"""The permissions for hosted zones and their records."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.permission import Condition, Permission, Values, Verb, reads
from .limits import ZONES

KEY = "route53:ChangeResourceRecordSets"
WHOLE_ZONES = "elbplan finds the zone of a name in AWS, and the names limit what it can change"

UNSEEN = "does not see the records of an earlier spec"

READ_ZONES = (
    *reads("route53:ListHostedZones", always=True, without_it=UNSEEN),
    *reads("route53:ListHostedZonesByName", without_it="lists all hosted zones instead"),
    Permission("route53:ListResourceRecordSets", ("read",), (ZONES,), why=WHOLE_ZONES),
)


def normalized(name: str) -> str:
    """A name as Route 53 compares it in conditions: every character but letters, digits, `-`, `_`, `.` in octal.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
    """
    plain = "abcdefghijklmnopqrstuvwxyz0123456789-_."
    return "".join(c if c in plain else f"\\{ord(c):03o}" for c in name.lower().rstrip(".").replace("\\052", "*"))


def record_changes(
    verbs: Sequence[Verb], names: Values, actions: Sequence[str], types: Sequence[str]
) -> tuple[Permission, ...]:
    """Changes of records of these names. A name `_*.example.com` stands for any label that begins with `_`.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
    """
    conditions = (
        Condition("ForAllValues:StringLike", f"{KEY}NormalizedRecordNames", ("{}",)),
        Condition("ForAllValues:StringEquals", f"{KEY}RecordTypes", tuple(types)),
        Condition("ForAllValues:StringEquals", f"{KEY}Actions", tuple(actions)),
    )
    return (Permission("route53:ChangeResourceRecordSets", tuple(verbs), (ZONES,), conditions, names, why=WHOLE_ZONES),)
