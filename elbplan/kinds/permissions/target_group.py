"""The permissions for target groups."""

from __future__ import annotations

from typing import Any

from ...core.permission import ANYTHING, NEW, STACK_TAG, Condition, Permission
from ..aws.unfinished_groups import GENEVE
from .elb_reads import READ_PERMISSIONS
from .limits import ELB, TARGET_GROUPS, creates, elb_tags, own, untagged

WITHOUT_TAG = Condition("Null", f"aws:ResourceTag/{STACK_TAG}", ("true",))
"""The resource has no ownership tag yet."""


def of_gateways(group: Any) -> list[str]:
    """A value for a group of a gateway load balancer, which AWS creates without tags."""
    return [ANYTHING] if group.protocol == GENEVE else []


PERMISSIONS = (
    *READ_PERMISSIONS,
    creates(f"{ELB}:CreateTargetGroup", TARGET_GROUPS),
    untagged(
        ("create",),
        f"{ELB}:CreateTargetGroup",
        TARGET_GROUPS,
        each=of_gateways,
        why="AWS refuses tags in the call that creates a group of a gateway load balancer",
    ),
    Permission(f"{ELB}:AddTags", ("create",), (TARGET_GROUPS,), (NEW, WITHOUT_TAG), each=of_gateways),
    *own(("create", "update"), TARGET_GROUPS, f"{ELB}:ModifyTargetGroupAttributes"),
    *own(("update",), TARGET_GROUPS, f"{ELB}:ModifyTargetGroup"),
    *own(("delete",), TARGET_GROUPS, f"{ELB}:DeleteTargetGroup"),
    *elb_tags(TARGET_GROUPS, "CreateTargetGroup"),
)
