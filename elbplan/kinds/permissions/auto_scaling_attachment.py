"""The permissions for Auto Scaling groups: to read them, and to attach and detach target groups.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
"""

from __future__ import annotations

from typing import Any

from ...core.address import Lookup
from ...core.permission import ANYTHING, Permission, arn, reads
from ..aws.auto_scaling import scaling_group_name
from .elb_reads import READ_PERMISSIONS
from .limits import ELB, NOT_OURS, TARGET_GROUPS, own

SCALING_GROUPS = arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/{}")


def _names(attachment: Any) -> list[str]:
    """The names of its groups; `*` for groups that the spec names by tag."""
    refs = attachment.auto_scaling_groups
    return [ANYTHING if isinstance(ref, Lookup) else scaling_group_name(ref) for ref in refs]


PERMISSIONS = (
    *READ_PERMISSIONS,
    *reads("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeTrafficSources", each=_names),
    Permission("autoscaling:AttachTrafficSources", ("create", "update"), (SCALING_GROUPS,), each=_names, why=NOT_OURS),
    Permission("autoscaling:DetachTrafficSources", ("update", "delete"), (SCALING_GROUPS,), each=_names, why=NOT_OURS),
    *own(("create", "update"), TARGET_GROUPS, f"{ELB}:AddTags", each=_names),
    *own(("delete",), TARGET_GROUPS, f"{ELB}:RemoveTags", each=_names),
)
