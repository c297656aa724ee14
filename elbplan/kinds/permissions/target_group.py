"""The permissions for target groups."""

from __future__ import annotations

from .elb_reads import READ_PERMISSIONS
from .limits import ELB, TARGET_GROUPS, creates, elb_tags, own

PERMISSIONS = (
    *READ_PERMISSIONS,
    creates(f"{ELB}:CreateTargetGroup", TARGET_GROUPS),
    *own(("create", "update"), TARGET_GROUPS, f"{ELB}:ModifyTargetGroupAttributes"),
    *own(("update",), TARGET_GROUPS, f"{ELB}:ModifyTargetGroup"),
    *own(("delete",), TARGET_GROUPS, f"{ELB}:DeleteTargetGroup"),
    *elb_tags(TARGET_GROUPS, "CreateTargetGroup"),
)
