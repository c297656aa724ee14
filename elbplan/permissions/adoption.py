"""The rights that a spec needs beside those of its resources: to adopt, and to assume a role. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..core.stack import Stack
from .fill import Place
from .statements import Statement, grouped

TAG_CALLS = {
    "elasticloadbalancing": "elasticloadbalancing:AddTags",
    "acm": "acm:AddTagsToCertificate",
    "ec2": "ec2:CreateTags",
}
EC2_TYPES = {"i": "instance", "sg": "security-group", "eipalloc": "elastic-ip"}


def adoption(ids: Iterable[str], place: Place) -> Iterator[Statement]:
    """The statements that let a run tag resources that have no tag of a stack yet."""
    for id in ids:
        arn = id if id.startswith("arn:") else place.arn("ec2", f"{EC2_TYPES.get(id.partition('-')[0], '*')}/{id}")
        action = TAG_CALLS.get(arn.split(":")[2])
        if action:
            conditions = (
                ("Null", "aws:ResourceTag/elbplan:stack", ("true",)),
                ("StringEquals", "aws:RequestTag/elbplan:stack", (place.stack,)),
            )
            yield Statement((action,), (arn,), conditions)


def caller_statements(stacks: Iterable[Stack]) -> tuple[Statement, ...]:
    """What the credentials need that assume the roles of these specs; the roles themselves need the policy.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    roles = sorted({stack.identity.role for stack in stacks if stack.identity.role})
    return grouped([Statement(("sts:AssumeRole",), tuple(roles))]) if roles else ()
