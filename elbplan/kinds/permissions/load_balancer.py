"""The permissions for load balancers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import OWN, Condition, Permission, arn, reads
from .elb_reads import READ_PERMISSIONS
from .limits import BALANCERS, ELB, SECURITY_GROUPS, creates, elb_tags, own
from .shield_protection import OF_ANY, PROTECTIONS
from .web_acl_association import APPLICATION, OF_OTHERS, WEB_ACLS

SERVICE_ROLE = Permission(
    "iam:CreateServiceLinkedRole",
    ("create",),
    (arn("iam", "role/aws-service-role/elasticloadbalancing.amazonaws.com/*", region=""),),
    (Condition("StringEquals", "iam:AWSServiceName", ("elasticloadbalancing.amazonaws.com",)),),
)
"""The first load balancer of an account makes AWS create the role.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html
"""


def has_groups(balancer: Any) -> Iterable[str]:
    """A value if the spec says which security groups it has."""
    return [] if balancer.security_groups is None else ["*"]


def has_records(balancer: Any) -> Iterable[str]:
    """A value if records point at it: its security groups have tags that list them."""
    return ["*"] if balancer.records else []


def is_protected(balancer: Any) -> Iterable[str]:
    """A value if AWS must not delete it before elbplan changes an attribute."""
    return ["*"] if balancer.attributes.get("deletion_protection.enabled") == "true" else []


def is_network(balancer: Any) -> Iterable[str]:
    """A value for a network load balancer: elbplan checks its new subnets."""
    return ["*"] if balancer.type == "network" else []


def is_application(balancer: Any) -> Iterable[str]:
    """A value for an application load balancer, the only type that can have a web ACL."""
    return ["*"] if balancer.type == "application" else []


def has_capacity(balancer: Any) -> Iterable[str]:
    """A value if AWS reserves capacity for it."""
    return ["*"] if balancer.minimum_capacity_units else []


def has_pool(balancer: Any) -> Iterable[str]:
    """A value if its public addresses are from an IPAM pool."""
    return ["*"] if balancer.ipv4_ipam_pool else []


UNKNOWN_RECORDS = "cannot tell whose a DNS record is if somebody deletes its load balancer by hand"
RECORD_TAGS = (
    Permission(
        "ec2:CreateTags", ("create", "update"), (SECURITY_GROUPS,), (OWN,), has_records, without_it=UNKNOWN_RECORDS
    ),
    Permission(
        "ec2:DeleteTags", ("update", "delete"), (SECURITY_GROUPS,), (OWN,), has_records, without_it=UNKNOWN_RECORDS
    ),
)

NOT_TOLD = "does not say that a replaced load balancer loses a web ACL or a Shield protection of others"
LOST_PROTECTIONS = (
    *(
        Permission(
            action, ("compare",), (WEB_ACLS, APPLICATION), (), is_application, without_it=NOT_TOLD, why=OF_OTHERS
        )
        for action in ("wafv2:GetWebACL", "wafv2:GetWebACLForResource")
    ),
    Permission("shield:DescribeProtection", ("compare",), (PROTECTIONS,), without_it=NOT_TOLD, why=OF_ANY),
)
"""Before elbplan replaces a load balancer, it asks what others put in front of the old one."""

PERMISSIONS = (
    *READ_PERMISSIONS,
    creates(f"{ELB}:CreateLoadBalancer", BALANCERS),
    SERVICE_ROLE,
    *own(("create", "update"), BALANCERS, f"{ELB}:ModifyLoadBalancerAttributes"),
    *own(("delete",), BALANCERS, f"{ELB}:ModifyLoadBalancerAttributes", each=is_protected),
    *own(("update",), BALANCERS, f"{ELB}:SetSubnets", f"{ELB}:SetIpAddressType"),
    *own(("update",), BALANCERS, f"{ELB}:SetSecurityGroups", each=has_groups),
    *own(("update",), BALANCERS, f"{ELB}:ModifyCapacityReservation", each=has_capacity),
    *reads(f"{ELB}:DescribeCapacityReservation", each=has_capacity),
    *reads(f"{ELB}:DescribeCapacityReservation", f"{ELB}:DescribeTags", verbs=("update",), each=has_capacity),
    *own(("update",), BALANCERS, f"{ELB}:ModifyIpPools", each=has_pool),
    *own(("delete",), BALANCERS, f"{ELB}:DeleteLoadBalancer"),
    *elb_tags(BALANCERS, "CreateLoadBalancer"),
    *reads("ec2:DescribeNetworkInterfaces", verbs=("delete",)),
    *reads("ec2:DescribeSubnets", verbs=("update",), each=is_network),
    *RECORD_TAGS,
    *LOST_PROTECTIONS,
)
