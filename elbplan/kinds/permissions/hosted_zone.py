"""The permissions for hosted zones that the spec makes.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import Permission, reads
from .limits import ZONES
from .zones import READ_ZONES

NO_TAGS = "AWS chooses the id of a zone, and its create call takes no tags"


def private(zone: Any) -> Iterable[str]:
    """A value for a private zone."""
    return ["*"] if zone.vpcs else []


PERMISSIONS = (
    *READ_ZONES,
    Permission("route53:GetHostedZone", ("read", "create"), (ZONES,), why=NO_TAGS),
    Permission("route53:ListTagsForResources", ("read",), (ZONES,), why=NO_TAGS),
    *reads("route53:CreateHostedZone", verbs=("create",)),
    Permission("route53:ChangeTagsForResource", ("create", "update"), (ZONES,), why=NO_TAGS),
    Permission("route53:UpdateHostedZoneComment", ("update",), (ZONES,), why=NO_TAGS),
    Permission("route53:DeleteHostedZone", ("update", "delete"), (ZONES,), why=NO_TAGS),
    *(
        Permission(f"route53:{action}", ("create", "update"), (ZONES,), each=private, why=NO_TAGS)
        for action in ("AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone")
    ),
)
