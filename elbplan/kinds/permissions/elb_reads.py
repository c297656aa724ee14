"""The permissions to read resources of ELB, the same for every kind of ELB."""

from __future__ import annotations

from ...core.permission import Permission, arn, reads
from .limits import ELB

EVERYTHING = "reads every load balancer, target group and certificate of the account instead"

HINTS = (
    *reads("tag:GetResources", verbs=("compare",), always=True, without_it=EVERYTHING),
    Permission(
        "ssm:GetParameter",
        ("compare",),
        (arn("ssm", "parameter/elbplan/{stack}/inventory"),),
        always=True,
        without_it=EVERYTHING,
    ),
)
"""Where elbplan learns what a stack has. A destroy reads the whole account anyway."""

READ_PERMISSIONS = (
    *HINTS,
    *reads(
        f"{ELB}:DescribeLoadBalancers",
        f"{ELB}:DescribeLoadBalancerAttributes",
        f"{ELB}:DescribeTargetGroups",
        f"{ELB}:DescribeTargetGroupAttributes",
        f"{ELB}:DescribeTargetHealth",
        f"{ELB}:DescribeListeners",
        f"{ELB}:DescribeListenerAttributes",
        f"{ELB}:DescribeRules",
        f"{ELB}:DescribeTags",
        always=True,
    ),
)
