"""The permissions for rules in security groups of others."""

from __future__ import annotations

from ...core.permission import arn, reads
from .elb_reads import HINTS
from .limits import ELB, NOT_OURS, SECURITY_GROUPS, creates, ec2_tags, untagged

RULES = arn("ec2", "security-group-rule/*")
AUTHORIZE = "ec2:AuthorizeSecurityGroupIngress"

UNSEEN = "does not find the rules that an earlier spec added to security groups of others"

PERMISSIONS = (
    *HINTS,
    *reads(f"{ELB}:DescribeLoadBalancers", f"{ELB}:DescribeTargetGroups", "ec2:DescribeSecurityGroups"),
    *reads("ec2:DescribeSecurityGroupRules"),
    *reads("ec2:DescribeSecurityGroupRules", verbs=("end",), always=True, without_it=UNSEEN),
    creates(AUTHORIZE, RULES),
    untagged(("create", "update"), AUTHORIZE, SECURITY_GROUPS, why=NOT_OURS),
    untagged(("update", "delete"), "ec2:RevokeSecurityGroupIngress", SECURITY_GROUPS, why=NOT_OURS),
    ec2_tags(RULES, "AuthorizeSecurityGroupIngress")[0],
)
