"""The permissions for instances that elbplan creates.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances
https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.permission import OWN, Condition, Permission, arn, reads
from .limits import (
    INSTANCES,
    INTERFACES,
    NOT_OURS,
    SECURITY_GROUPS,
    UNTAGGED,
    References,
    creates,
    ec2_tags,
    own,
    to_others,
    to_own,
    untagged,
)
from .server_settings import SETTINGS

GROUPS: References = lambda instance: instance.security_groups  # noqa: E731
AMAZONS = "ssm:/aws/"
"""Begins the image of an instance whose id is in a public parameter of Amazon. Its ARN has no account."""


def public_parameter(instance: Any) -> Iterable[str]:
    """The path of the public parameter that has the id of its image."""
    return [instance.image.removeprefix("ssm:/")] if instance.image.startswith(AMAZONS) else []


def own_parameter(instance: Any) -> Iterable[str]:
    """The path of the account's own parameter that has the id of its image."""
    own = instance.image.startswith("ssm:/") and not instance.image.startswith(AMAZONS)
    return [instance.image.removeprefix("ssm:/")] if own else []


def key_of(instance: Any) -> Iterable[str]:
    """The name of its key pair."""
    return [instance.key] if instance.key else []


OTHER_GROUP = arn("ec2", "security-group/{}")
PASS_ROLE = Permission(
    "iam:PassRole",
    ("create",),
    (arn("iam", "role/*", region=""),),
    (Condition("StringEquals", "iam:PassedToService", ("ec2.amazonaws.com",)),),
    each=lambda instance: ["*"] if instance.profile else [],
    why="the spec names the instance profile, which does not tell the name of its role",
)
LAUNCH = (
    creates("ec2:RunInstances", INSTANCES),
    untagged(("create",), "ec2:RunInstances", INTERFACES, why=UNTAGGED),
    untagged(("create",), "ec2:RunInstances", arn("ec2", "subnet/*"), arn("ec2", "image/*", account=""), why=NOT_OURS),
    Permission("ec2:RunInstances", ("create",), (SECURITY_GROUPS,), (OWN,), to_own(GROUPS)),
    untagged(("create",), "ec2:RunInstances", OTHER_GROUP, each=to_others(GROUPS), why=NOT_OURS),
    untagged(("create",), "ec2:RunInstances", arn("ec2", "key-pair/{}"), each=key_of, why=NOT_OURS),
    untagged(
        ("create",), "ssm:GetParameter", arn("ssm", "parameter/{}", account=""), each=public_parameter, why=NOT_OURS
    ),
    untagged(("create",), "ssm:GetParameter", arn("ssm", "parameter/{}"), each=own_parameter, why=NOT_OURS),
    PASS_ROLE,
)

PERMISSIONS = (
    *reads("ec2:DescribeInstances", always=True),
    *LAUNCH,
    *SETTINGS,
    *own(("delete",), INSTANCES, "ec2:TerminateInstances"),
    *own(("update",), INSTANCES, "ec2:StartInstances", "ec2:ModifyInstanceAttribute"),
    Permission("ec2:ModifyInstanceAttribute", ("update",), (SECURITY_GROUPS,), (OWN,), to_own(GROUPS)),
    untagged(
        ("update",),
        "ec2:ModifyInstanceAttribute",
        OTHER_GROUP,
        each=to_others(GROUPS),
        why=NOT_OURS,
    ),
    *ec2_tags(INSTANCES, "RunInstances"),
)
