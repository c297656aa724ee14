"""The permissions for targets: their registration, functions, and servers of others that a destroy ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...core.address import AwsId
from ...core.permission import Condition, Permission, Values, arn, reads
from .elb_reads import READ_PERMISSIONS
from .limits import ELASTIC_IPS, ELB, INSTANCES, INTERFACES, NOT_OURS, TARGET_GROUPS, UNTAGGED, on_parent, untagged


def functions_of(targets: Any) -> list[str]:
    """The ARNs of its functions."""
    return [member.address for member in targets.members if member.address and ":lambda:" in member.address]


INVOKE = (
    Permission(
        "lambda:GetPolicy",
        ("create", "update"),
        ("{}",),
        each=functions_of,
        without_it="asks AWS to add the permission although the function may have it",
        why=NOT_OURS,
    ),
    Permission(
        "lambda:AddPermission",
        ("create", "update"),
        ("{}",),
        (Condition("StringEquals", "lambda:Principal", ("elasticloadbalancing.amazonaws.com",)),),
        each=functions_of,
        without_it="goes on, since others can have let the load balancer invoke the function",
    ),
    Permission(
        "lambda:RemovePermission",
        ("update", "delete"),
        ("{}",),
        each=functions_of,
        without_it="leaves the permission of the function in place",
        why="the request names a statement, and not whom it allows",
    ),
)
"""https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-access.html"""


def ended(*words: str) -> Values:
    """A value for targets with one of these words at `on_destroy`, and instances that the spec names by id or tag."""
    return lambda targets: ["*"] if targets.on_destroy in words and targets.named_instances else []


def ended_ids(word: str) -> Values:
    """The instances that such targets name by id."""
    return lambda targets: [str(ref) for ref in _ended(targets, word) if isinstance(ref, AwsId)]


def ended_tags(word: str) -> Values:
    """The tags, `KEY=VALUE`, by which such targets name instances."""
    return lambda targets: [_tag(ref.query) for ref in _ended(targets, word) if not isinstance(ref, AwsId)]


def _ended(targets: Any, word: str) -> Iterable[Any]:
    return targets.named_instances if targets.on_destroy == word else ()


def _tag(query: str) -> str:
    """`tag:app=web` or `name:web` as a tag."""
    return query.removeprefix("tag:") if query.startswith("tag:") else f"Name={query.removeprefix('name:')}"


TAGGED = Condition("StringEquals", "aws:ResourceTag/{key}", ("{value}",))
MARK = "elbplan:released-by"
MARKED = Condition("StringEquals", f"aws:ResourceTag/{MARK}", ("{stack}",))
MARKS = Condition("StringEquals", f"aws:RequestTag/{MARK}", ("{stack}",))
ONLY_MARK = Condition("ForAllValues:StringEquals", "aws:TagKeys", (MARK,))
END = {"terminate": "ec2:TerminateInstances", "stop": "ec2:StopInstances"}

END_SERVERS = (
    *(untagged(("delete",), END[word], arn("ec2", "instance/{}"), each=ended_ids(word), why=NOT_OURS) for word in END),
    *(Permission(END[word], ("delete",), (INSTANCES,), (TAGGED,), ended_tags(word)) for word in END),
    Permission("ec2:CreateTags", ("delete",), (ELASTIC_IPS,), (MARKS, ONLY_MARK), ended("terminate")),
    Permission("ec2:DisassociateAddress", ("delete",), (ELASTIC_IPS,), (MARKED,), ended("terminate")),
    untagged(("delete",), "ec2:DisassociateAddress", INTERFACES, each=ended("terminate"), why=UNTAGGED),
    Permission("ec2:ReleaseAddress", ("delete",), (ELASTIC_IPS,), (MARKED,), ended("terminate")),
    *reads("ec2:DescribeVpcs", verbs=("delete",), each=lambda t: [*ended_tags("terminate")(t), *ended_tags("stop")(t)]),
    Permission(
        "ec2:DescribeInstanceAttribute",
        ("delete",),
        (INSTANCES,),
        each=ended("terminate", "stop"),
        without_it="notices a protected instance only when AWS refuses to end it",
        why=NOT_OURS,
    ),
    *reads(
        "ec2:DescribeSpotInstanceRequests",
        verbs=("delete",),
        each=ended("terminate", "stop"),
        without_it="does not know whether a Spot request starts a terminated instance again",
    ),
)
"""`on_destroy: terminate` or `stop` for instances that the spec names by id or tag."""

PERMISSIONS = (
    *READ_PERMISSIONS,
    *on_parent(("create", "update"), f"{ELB}:RegisterTargets", TARGET_GROUPS, lambda targets: [targets.group]),
    *on_parent(("update", "delete"), f"{ELB}:DeregisterTargets", TARGET_GROUPS, lambda targets: [targets.group]),
    *reads("ec2:DescribeInstances", verbs=("create", "update")),
    *INVOKE,
    *END_SERVERS,
)
