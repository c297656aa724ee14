"""What several kinds declare: ARNs, tags that a create call writes, changes of tags, actions on parents.

The limits that AWS allows for each action (resource types and condition keys):
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...core.address import Address, AwsId, Ref
from ...core.permission import ANYTHING, NEW, OWN, Condition, Permission, Values, Verb, arn

ELB = "elasticloadbalancing"
BALANCERS = arn(ELB, "loadbalancer/*")
TARGET_GROUPS = arn(ELB, "targetgroup/*")
LISTENERS = arn(ELB, "listener/*")
RULES = arn(ELB, "listener-rule/*")
SECURITY_GROUPS = arn("ec2", "security-group/*")
INSTANCES = arn("ec2", "instance/*")
ELASTIC_IPS = arn("ec2", "elastic-ip/*")
INTERFACES = arn("ec2", "network-interface/*")
CERTIFICATES = arn("acm", "certificate/*")
ZONES = arn("route53", "hostedzone/*", region="", account="")

NOT_OURS = "others made the resource, so it has no tag of the stack"
UNTAGGED = "AWS makes the resource in the same call, and it gets no tags"


def creates(action: str, on: str, *conditions: Condition, each: Values | None = None) -> Permission:
    """A create call, which writes the ownership tag."""
    return Permission(action, ("create",), (on,), (NEW, *conditions), each)


def own(verbs: Sequence[Verb], on: str, *actions: str, each: Values | None = None) -> tuple[Permission, ...]:
    """Actions on resources that have the stack's tag."""
    return tuple(Permission(action, tuple(verbs), (on,), (OWN,), each) for action in actions)


def untagged(verbs: Sequence[Verb], action: str, *on: str, each: Values | None = None, why: str) -> Permission:
    """An action on resources that have no tag of the stack."""
    return Permission(action, tuple(verbs), on, each=each, why=why)


def elb_tags(on: str, created_by: str) -> tuple[Permission, ...]:
    """Tags of a resource of ELB: in its create call, and later.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html
    """
    created = Condition("StringEquals", f"{ELB}:CreateAction", (created_by,))
    return (creates(f"{ELB}:AddTags", on, created), *own(("update",), on, f"{ELB}:AddTags", f"{ELB}:RemoveTags"))


def ec2_tags(on: str, created_by: str) -> tuple[Permission, ...]:
    """Tags of a resource of EC2: in its create call, and later.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
    """
    created = Condition("StringEquals", "ec2:CreateAction", (created_by,))
    return (creates("ec2:CreateTags", on, created), *own(("update",), on, "ec2:CreateTags", "ec2:DeleteTags"))


References = Callable[[Any], Iterable[Ref | None]]
"""The references of a resource, for example its security groups."""


def to_own(of: References) -> Values:
    """A value for a resource that refers to a resource of its stack."""
    return lambda resource: [ANYTHING] if any(isinstance(ref, Address) for ref in of(resource)) else []


def to_others(of: References) -> Values:
    """The ids of the resources of others to which a resource refers; `*` for one that the spec does not name by id."""

    def ids(resource: Any) -> list[str]:
        others = [ref for ref in of(resource) if ref is not None and not isinstance(ref, Address)]
        return [ref.value if isinstance(ref, AwsId) else ANYTHING for ref in others]

    return ids


def on_parent(verbs: Sequence[Verb], action: str, on: str, of: References, *also: Condition) -> tuple[Permission, ...]:
    """An action on a parent: by the tag of the stack, or by its ARN if the spec names a parent of others."""
    return (
        Permission(action, tuple(verbs), (on,), (*also, OWN), to_own(of)),
        Permission(action, tuple(verbs), ("{}",), also, to_others(of), why=NOT_OURS),
    )
