"""The permissions for rules of listeners."""

from __future__ import annotations

from ...core.permission import NEW, Permission
from .elb_reads import READ_PERMISSIONS
from .limits import ELB, LISTENERS, RULES, elb_tags, on_parent, own
from .secrets import SECRET_PERMISSIONS

PERMISSIONS = (
    *READ_PERMISSIONS,
    *SECRET_PERMISSIONS,
    *on_parent(("create",), f"{ELB}:CreateRule", LISTENERS, lambda rule: [rule.listener], NEW),
    *own(("update",), RULES, f"{ELB}:ModifyRule"),
    Permission(
        f"{ELB}:SetRulePriorities",
        ("update",),
        (RULES,),
        why="AWS names no condition key for this action: one call can move rules of several stacks",
    ),
    *own(("delete",), RULES, f"{ELB}:DeleteRule"),
    *elb_tags(RULES, "CreateRule"),
)
