"""Requests to AWS as data, and the small programs that are made of them.

A kind never holds a client. It yields what it wants to ask or to do and receives the answer, so the same function can
be run against AWS, shown, counted, or fed by a test:

    def create(new, site):
        answer = yield Call("elbv2", "CreateTargetGroup", {...})
        return {"id": answer["TargetGroups"][0]["TargetGroupArn"]}
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

Answer = Any
"""What botocore returns for an operation, less `ResponseMetadata`; `{}` for a call that was already done."""

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One request: `service` as boto3 names its client, `operation` as AWS names it.

    done_if   error codes that mean the wanted effect is there already: success, with an empty answer
    retry_on   error codes that pass by themselves: asked again until `within` seconds are over
    no_retry      neither idempotent nor guarded by a token: sent once, never retried after an unknown outcome
    region    where it is sent, if that is not the stack's region
    optional  nothing depends on it: whatever AWS says against it is an empty answer
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

    @property
    def permission(self) -> str:
        """The IAM action this call needs."""
        return f"{IAM_PREFIX.get(self.service, self.service)}:{self.operation}"


IAM_PREFIX = {"elbv2": "elasticloadbalancing"}


@dataclass(frozen=True)
class Tags:
    """Asks for the tags of many ELB resources at once; the answer maps ARN to tags, without those that are gone."""

    arns: tuple[str, ...]


Ask = Call | Tags
WriteProgram = Generator[Call, Answer, Mapping[str, str]]
"""Yields calls, receives answers, returns the facts that came out: `id` above all."""

ReadProgram = Generator[Sequence[Ask], Sequence[Answer], T]
"""Yields a round of questions that may be asked at the same time, receives their answers in order."""

Readiness = Literal["ready", "waiting", "failing", "failed"]
"""`failing` may still become ready: it counts as `failed` only after some time."""


@dataclass(frozen=True)
class GateStatus:
    """What a gate saw: whether to go on, what a person should read, and the likely cause if it will never be ready."""

    state: Readiness
    saw: str
    cause: str = ""


ProbeProgram = Generator[Call, Answer, GateStatus]
"""One look of a gate."""


def no_calls() -> WriteProgram:
    """A program that makes no call."""
    yield from ()
    return {}


def single_call(call: Call) -> Generator[Call, Answer, Answer]:
    """A program of one call, which returns the answer."""
    return (yield call)
