"""Driving the small programs that kinds are made of: send a call, hand back the answer, wait out a "not yet"."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from ..core.call import Answer, Call
from ..errors import AwsProblem, Interrupted
from ..live.errors import unreadable
from ..live.unusable_answers import MISREAD
from .clock import Clock

Send = Callable[[Call], Answer]
T = TypeVar("T")

THROTTLED = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "PriorRequestNotComplete",
    "RequestThrottled",
    "SlowDown",
)
"""AWS did nothing and says so: safe to ask again, whatever the call."""

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 15.0, 1.6


class Stopped(Interrupted):
    """A person pressed Ctrl-C while this step was waiting."""


def run_program(
    program: Generator[Call, Answer, T],
    send: Send,
    clock: Clock,
    *,
    stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[str], None] = lambda text: None,
) -> T:
    """What the program returns. Raises AwsProblem, or Stopped between two tries."""
    try:
        call = next(program)
        while True:
            call = _told(program, call, _patiently(call, send, clock, stopped, progress))
    except StopIteration as done:
        result: T = done.value
        return result


def _told(program: Generator[Call, Answer, T], call: Call, answer: Answer) -> Call:
    """What a program sends after it has read this answer. Raises AwsProblem where it cannot read it."""
    try:
        return program.send(answer)
    except MISREAD as fault:
        raise unreadable(fault, call.operation) from fault


def _patiently(
    call: Call, send: Send, clock: Clock, stopped: Callable[[], bool], progress: Callable[[str], None]
) -> Answer:
    deadline = clock.now() + call.timeout
    pause = FIRST_PAUSE
    while True:
        try:
            return send(call)
        except AwsProblem as problem:
            passing = problem.code in call.retry_on or (call.no_retry and problem.code in THROTTLED)
            if not passing or clock.now() + pause > deadline:
                raise
            if stopped():
                raise Stopped("interrupted while waiting", hint="run the same command again") from problem
            progress(f"not yet: {problem.code}")
        clock.sleep(pause)
        pause = min(pause * GROWTH, LONGEST_PAUSE)


def pauses() -> Generator[float, Any, None]:
    """How long to wait between two looks of a gate: often at first, then more slowly."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_PAUSE)
