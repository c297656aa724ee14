"""The permissions for protections of Shield Advanced.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsshield.html
"""

from __future__ import annotations

from ...core.permission import NEW, OWN, Permission, arn
from .elb_reads import READ_PERMISSIONS
from .limits import BALANCERS, ELB, own

PROTECTIONS = arn("shield", "protection/*", region="")
OF_ANY = "the request names the protected resource, not the protection"

PERMISSIONS = (
    *READ_PERMISSIONS,
    Permission("shield:DescribeProtection", ("read", "create"), (PROTECTIONS,), why=OF_ANY),
    Permission("shield:ListTagsForResource", ("read", "create"), (PROTECTIONS,), why=OF_ANY),
    Permission("shield:CreateProtection", ("create",), (PROTECTIONS,), (NEW,)),
    Permission("shield:TagResource", ("create",), (PROTECTIONS,), (NEW,)),
    *own(("update",), PROTECTIONS, "shield:TagResource", "shield:UntagResource"),
    Permission("shield:DeleteProtection", ("delete",), (PROTECTIONS,), (OWN,)),
    *own(("create",), BALANCERS, f"{ELB}:AddTags"),
    *own(("delete",), BALANCERS, f"{ELB}:RemoveTags"),
)
