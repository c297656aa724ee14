"""Calls that may fail: a kind of leftovers that AWS does not let elbplan read does not hide the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from ..errors import AwsProblem
from .leftover import NotChecked

FAILED = "failed"
"""The last word of the reason for a call that failed, and was not denied."""

RESOURCES_PER_TAG_CALL = 20
"""The largest number of resources in one DescribeTags."""


def ask(service: str, operation: str, **params: Any) -> Call:
    """A call whose answer may be a denial or a failure."""
    return Call(service, operation, params, may_be_denied=True, has_fallback=True)


def is_usable(answer: Answer) -> bool:
    """True for an answer of AWS, False for a denial or a failure."""
    return answer not in (DENIED_ANSWER, FAILED_ANSWER)


def not_checked(title: str, region: str, calls: Sequence[Call], answers: Sequence[Answer]) -> tuple[NotChecked, ...]:
    """Why something could not be read, each reason once; empty if every call was answered."""
    reasons = {
        f"needs {call.permission}" if answer == DENIED_ANSWER else f"{call.service} {call.operation} {FAILED}"
        for call, answer in zip(calls, answers, strict=True)
        if not is_usable(answer)
    }
    return tuple(NotChecked(title, region, reason) for reason in sorted(reasons))


def refuse_silence(region: str, missing: Sequence[NotChecked]) -> None:
    """Raises AwsProblem if nothing could be read because every call failed: the region does not answer."""
    if missing and all(entry.why.split(";")[0].endswith(FAILED) for entry in missing):
        raise AwsProblem(f"AWS does not answer in {region}")
