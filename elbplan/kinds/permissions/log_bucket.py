"""The permissions for the bucket of logs. S3 knows no tags of buckets in policies, so its name limits them.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from __future__ import annotations

from collections.abc import Sequence

from ...core.permission import NEW, Permission, Verb, arn
from .elb_reads import READ_PERMISSIONS
from .limits import ELB

BUCKET = arn("s3", "{stack}-logs-*", region="", account="")
OBJECTS = arn("s3", "{stack}-logs-*/*", region="", account="")


def _on_bucket(verbs: Sequence[Verb], *actions: str) -> tuple[Permission, ...]:
    return tuple(Permission(action, tuple(verbs), (BUCKET,)) for action in actions)


NOT_ASKED = tuple(f"{ELB}:Describe{what}" for what in ("TargetHealth", "TargetGroupAttributes", "ListenerAttributes"))
"""What only other kinds read."""

PERMISSIONS = (
    *(read for read in READ_PERMISSIONS if read.action not in NOT_ASKED),
    *_on_bucket(
        ("read",),
        "s3:GetBucketLocation",
        "s3:GetBucketTagging",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:ListBucket",
    ),
    *_on_bucket(("create",), "s3:CreateBucket"),
    Permission("s3:TagResource", ("create",), (BUCKET,), (NEW,)),
    *_on_bucket(
        ("create", "update"),
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
    ),
    *_on_bucket(("create", "update", "delete"), "s3:PutBucketTagging"),
    *_on_bucket(("delete",), "s3:DeleteBucket"),
    Permission("s3:DeleteObject", ("delete",), (OBJECTS,)),
)
