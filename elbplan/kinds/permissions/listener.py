"""The permissions for listeners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import NEW, OWN, Condition, Permission, reads
from ..aws.listener_attributes import DEFAULTS
from .elb_reads import READ_PERMISSIONS
from .limits import BALANCERS, ELB, LISTENERS, RULES, elb_tags, on_parent, own
from .secrets import SECRET_PERMISSIONS


def is_http(listener: Any) -> Iterable[str]:
    """A value for a listener whose new groups a temporary rule can attach."""
    return ["*"] if listener.protocol in ("HTTP", "HTTPS") else []


def is_secure(listener: Any) -> Iterable[str]:
    """A value for a listener with certificates."""
    return ["*"] if listener.certificate else []


def has_more_certificates(listener: Any) -> Iterable[str]:
    """A value for a listener with several certificates."""
    return ["*"] if listener.more_certificates else []


def can_have_attributes(listener: Any) -> Iterable[str]:
    """A value for a listener whose protocol has attributes."""
    return ["*"] if listener.protocol in DEFAULTS else []


def has_attributes(listener: Any) -> Iterable[str]:
    """A value for a listener with attributes that are not AWS's defaults."""
    return ["*"] if listener.attributes else []


RULE_CREATED = Condition("StringEquals", f"{ELB}:CreateAction", ("CreateRule",))
TEMPORARY_RULE = (
    Permission(f"{ELB}:CreateRule", ("update",), (LISTENERS,), (NEW, OWN), is_http),
    Permission(f"{ELB}:AddTags", ("update",), (RULES,), (NEW, RULE_CREATED), is_http),
    *own(("update",), RULES, f"{ELB}:DeleteRule", each=is_http),
)
"""A rule that exists during an update: it attaches a new group, so that elbplan can wait for healthy targets."""

PERMISSIONS = (
    *READ_PERMISSIONS,
    *SECRET_PERMISSIONS,
    *on_parent(("create",), f"{ELB}:CreateListener", BALANCERS, lambda listener: [listener.load_balancer], NEW),
    *own(("update",), LISTENERS, f"{ELB}:ModifyListener"),
    *reads(f"{ELB}:DescribeListenerCertificates", each=is_secure),
    *own(("create", "update"), LISTENERS, f"{ELB}:AddListenerCertificates", each=has_more_certificates),
    *own(("update",), LISTENERS, f"{ELB}:RemoveListenerCertificates", each=is_secure),
    *own(("create",), LISTENERS, f"{ELB}:ModifyListenerAttributes", each=has_attributes),
    *own(("update",), LISTENERS, f"{ELB}:ModifyListenerAttributes", each=can_have_attributes),
    *own(("delete",), LISTENERS, f"{ELB}:DeleteListener"),
    *elb_tags(LISTENERS, "CreateListener"),
    *TEMPORARY_RULE,
)
