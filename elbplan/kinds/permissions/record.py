"""The permissions for DNS records that point at load balancers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import Permission, arn, reads
from .elb_reads import READ_PERMISSIONS
from .zones import READ_ZONES, normalized, record_changes

REPLACED = arn("ssm", "parameter/elbplan/{stack}/replaced*")
EVERY_TYPE = ("A", "AAAA", "CNAME", "HTTPS")
BESIDE_NO_CNAME = (*EVERY_TYPE, "CAA", "MX", "NAPTR", "PTR", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT")
"""The types of records that others can have at a name, and that a CNAME replaces."""
NOT_KEPT = "cannot put back the record that this one replaced"


def name_of(record: Any) -> list[str]:
    """Its name, as Route 53 compares it."""
    return [normalized(record.name)]


def other_name(record: Any) -> list[str]:
    """Its name, if it is no alias. A change of its type has both types in one call."""
    return [] if record.is_alias else name_of(record)


def replaced_name(record: Any) -> list[str]:
    """Its name, if it may replace a record of others."""
    return name_of(record) if record.take_over else []


def name_of_cname(record: Any) -> list[str]:
    """Its name, if it is a CNAME that may replace records of others, of any type."""
    return replaced_name(record) if record.type == "CNAME" else []


def with_elastic_ip(record: Any) -> Iterable[str]:
    """A value if it has the address of an Elastic IP."""
    return ["*"] if record.elastic_ip else []


def takes_over(record: Any) -> Iterable[str]:
    """A value if it may replace a record of others."""
    return ["*"] if record.take_over else []


PERMISSIONS = (
    *READ_PERMISSIONS,
    *READ_ZONES,
    *reads("ec2:DescribeSecurityGroups"),
    *record_changes(("create", "update", "delete"), name_of, ("CREATE", "UPSERT", "DELETE"), ("A", "AAAA")),
    *record_changes(("create", "update", "delete"), other_name, ("CREATE", "UPSERT", "DELETE"), EVERY_TYPE),
    *record_changes(("create", "delete"), replaced_name, ("CREATE", "UPSERT", "DELETE"), ("A", "AAAA", "CNAME")),
    *record_changes(("create", "delete"), name_of_cname, ("CREATE", "UPSERT", "DELETE"), BESIDE_NO_CNAME),
    *reads("ec2:DescribeAddresses", verbs=("read", "create", "update"), each=with_elastic_ip),
    Permission(
        "route53:GetChange",
        ("create", "update"),
        (arn("route53", "change/*", region="", account=""),),
        why="AWS chooses the id of a change",
    ),
    Permission("ssm:GetParametersByPath", ("read",), (REPLACED,), each=takes_over, without_it=NOT_KEPT),
    *(
        Permission(action, ("create", "update", "delete"), (REPLACED,), each=takes_over, without_it=NOT_KEPT)
        for action in ("ssm:PutParameter", "ssm:DeleteParameters")
    ),
)
