"""The permissions for security groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import arn, reads
from .limits import NOT_OURS, SECURITY_GROUPS, creates, ec2_tags, own, untagged


def sets_egress(group: Any) -> Iterable[str]:
    """A value if the spec has outbound rules; otherwise elbplan leaves them alone."""
    return [] if group.egress is None else ["*"]


PERMISSIONS = (
    *reads("ec2:DescribeSecurityGroups", always=True),
    creates("ec2:CreateSecurityGroup", SECURITY_GROUPS),
    untagged(("create",), "ec2:CreateSecurityGroup", arn("ec2", "vpc/*"), why=NOT_OURS),
    *own(("create", "update"), SECURITY_GROUPS, "ec2:AuthorizeSecurityGroupIngress"),
    *own(
        ("update",),
        SECURITY_GROUPS,
        "ec2:RevokeSecurityGroupIngress",
        "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ),
    *own(
        ("create", "update"),
        SECURITY_GROUPS,
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupEgress",
        each=sets_egress,
    ),
    *own(("update",), SECURITY_GROUPS, "ec2:UpdateSecurityGroupRuleDescriptionsEgress", each=sets_egress),
    *own(("delete",), SECURITY_GROUPS, "ec2:DeleteSecurityGroup"),
    *ec2_tags(SECURITY_GROUPS, "CreateSecurityGroup"),
)
"""https://docs.aws.amazon.com/vpc/latest/userguide/vpc-policy-examples.html#vpc-security-groups-iam"""
