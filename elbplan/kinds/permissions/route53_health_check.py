"""The permissions for Route 53 health checks.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import Permission, arn, reads
from .elb_reads import READ_PERMISSIONS

HEALTH_CHECKS = arn("route53", "healthcheck/*", region="", account="")
NO_TAGS = "AWS chooses the id of a health check, and its create call takes no tags"


def with_address(check: Any) -> Iterable[str]:
    """A value if it asks an address."""
    return ["*"] if check.elastic_ip or check.ip_address else []


PERMISSIONS = (
    *READ_PERMISSIONS,
    *reads("route53:ListHealthChecks"),
    *reads("ec2:DescribeAddresses", verbs=("read", "create", "update"), each=with_address),
    Permission("route53:ListTagsForResources", ("read",), (HEALTH_CHECKS,), why=NO_TAGS),
    *reads("route53:CreateHealthCheck", verbs=("create",)),
    Permission("route53:UpdateHealthCheck", ("update",), (HEALTH_CHECKS,), why=NO_TAGS),
    Permission("route53:DeleteHealthCheck", ("update", "delete"), (HEALTH_CHECKS,), why=NO_TAGS),
    Permission("route53:ChangeTagsForResource", ("create", "update"), (HEALTH_CHECKS,), why=NO_TAGS),
)
