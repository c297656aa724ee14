"""Requests to AWS as data, and the programs that consist of them.

A kind has no AWS client. It yields its requests and receives the answers, so the same function can run against AWS or
in a test:

    def create(new, site):
        answer = yield Call("elbv2", "CreateTargetGroup", {...})
        return {"id": answer["TargetGroups"][0]["TargetGroupArn"]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

from .cause import Cause, lines_of

Answer = Any
"""The answer of botocore without `ResponseMetadata`; `{}` if the effect of the call was already there."""

T = TypeVar("T")
_as_json = json.JSONEncoder(sort_keys=True, default=str).encode


@dataclass(frozen=True)
class Call:
    """One request: `service` as boto3 names its client, `operation` as AWS names it.

    done_if   error codes that mean success, with an empty answer: the wanted effect is already there
    retry_on  error codes that pass after some time: the call is repeated until `timeout` seconds are over
    no_retry  the call is sent once, also if its outcome is unknown: it is not idempotent and has no client token, or
              its endpoint may have no connection, which botocore would try for minutes
    region    the region of the call, if it is not the stack's region
    optional  nothing depends on the call: an error of AWS counts as an empty answer
    may_be_denied  the answer is `DENIED_ANSWER` if the credentials lack the permission
    has_fallback   the caller has another way: the answer to a read that fails is `FAILED_ANSWER`
    probe   runs before the call is repeated after a code in `retry_on`: the call ends if its state is `failed`
    """

    service: str
    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    done_if: tuple[str, ...] = ()
    retry_on: tuple[str, ...] = ()
    timeout: float = 300
    no_retry: bool = False
    region: str = ""
    optional: bool = False
    may_be_denied: bool = False
    has_fallback: bool = False
    probe: Callable[[], ProbeProgram] | None = field(default=None, compare=False)

    @property
    def reads(self) -> bool:
        """True if the operation changes nothing in AWS."""
        return is_read(self.operation)

    @cached_property
    def question(self) -> str:
        """The same text for reads with the same answer.

        A program that needs an answer does not get the denial that another program accepts.
        """
        parts = [self.service, self.operation, self.params, self.region, self.may_be_denied, self.has_fallback]
        return _as_json(parts)

    @property
    def permission(self) -> str:
        """The IAM action that this call needs."""
        return f"{IAM_PREFIX.get(self.service, self.service)}:{IAM_NAMES.get(self.operation, self.operation)}"


DENIED_ANSWER: Answer = {"elbplan:denied": True}
"""The answer to a call that may be denied, and is."""

FAILED_ANSWER: Answer = {"elbplan:failed": True}
"""The answer to a read that has a fallback, and that failed."""

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException")
"""Error codes for a missing permission."""

OUTCOME_UNKNOWN = "OutcomeUnknown"
"""Our code for a call that may or may not have had its effect."""

READS = ("Describe", "Get", "List", "Search", "Lookup", "Test")


def is_read(operation: str) -> bool:
    """True for an operation that changes nothing, by the beginning of its name. Every other operation is a write."""
    return operation.startswith(READS)


IAM_PREFIX = {
    "elbv2": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
}
IAM_NAMES = {
    "ListObjectsV2": "ListBucket",
    "DeleteObjects": "DeleteObject",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
}
"""Operations of S3 whose IAM action has another name.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""


@dataclass(frozen=True)
class Tags:
    """A request for the tags of many ELB resources. The answer maps ARNs to tags, without deleted resources."""

    arns: tuple[str, ...]


Ask = Call | Tags
WriteProgram = Generator[Call, Answer, Mapping[str, str]]
"""Yields calls, receives their answers and returns facts about the resource: `id` at least, after a create."""

ReadProgram = Generator[Sequence[Ask], Sequence[Answer], T]
"""Yields requests that may be sent at the same time, and receives their answers in the same order."""

Readiness = Literal["ready", "waiting", "failing", "failed"]
"""`failing` may still become ready; if it lasts too long, the gate counts it as failed."""


@dataclass(frozen=True)
class GateStatus:
    """The result of one probe of a gate.

    saw     the state in AWS, for a person
    causes  the reasons why it is not ready
    grace   seconds for which `failing` is accepted, if not those of the gate
    usual   how long this wait usually takes, if that is not the same for every wait at the gate
    """

    state: Readiness
    saw: str
    causes: tuple[Cause, ...] = ()
    grace: float | None = None
    usual: str = ""

    @property
    def cause(self) -> str:
        """The causes as text, one in each line."""
        return lines_of(self.causes)


ProbeProgram = Generator[Call, Answer, GateStatus]
"""One probe of a gate."""


def no_calls() -> WriteProgram:
    """A program without calls."""
    yield from ()
    return {}


def single_call(call: Call) -> Generator[Call, Answer, Answer]:
    """A program of one call; it returns the answer."""
    return (yield call)
