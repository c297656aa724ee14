"""Reads that an import can do without: what AWS does not let elbplan read is named, and the rest is imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from .source import NotImported

UNREAD = (DENIED_ANSWER, FAILED_ANSWER)


def spared(call: Call) -> Call:
    """The call; it may be denied, and it may fail."""
    return replace(call, may_be_denied=True, has_fallback=True)


def readable(answer: Answer) -> Answer:
    """The answer; an empty one if AWS gave none."""
    return {} if answer in UNREAD else answer


def unread(asked: Iterable[tuple[str, Call, Answer]]) -> Iterator[NotImported]:
    """What AWS did not answer, with the reason."""
    for what, call, answer in asked:
        if answer == DENIED_ANSWER:
            yield NotImported(what, f"AWS denies {call.permission}, so the spec may lack it")
        elif answer == FAILED_ANSWER:
            yield NotImported(what, f"{call.operation} failed, so the spec may lack it")
