"""Runs the programs of the kinds: sends each call, hands the answer back, and retries calls that are too early."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from ..core.call import Answer, Call
from ..errors import AwsProblem, Interrupted
from ..live.errors import unreadable
from ..live.interruption import no_retries_after
from ..live.pacing import THROTTLED
from ..live.tries import FailedTry, failed_tries_to
from ..live.unusable_answers import MISREAD
from .clock import Clock

Send = Callable[[Call], Answer]
T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 15.0, 1.6


class Stopped(Interrupted):
    """A user pressed Ctrl-C while this step was waiting."""


def run_program(
    program: Generator[Call, Answer, T],
    send: Send,
    clock: Clock,
    *,
    stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[str], None] = lambda text: None,
) -> T:
    """Returns the result of the program. Raises AwsProblem, or Stopped between two attempts."""
    try:
        call = next(program)
        while True:
            call = _next_call(program, call, _send_with_retries(call, send, clock, stopped, progress))
    except StopIteration as done:
        result: T = done.value
        return result


def _next_call(program: Generator[Call, Answer, T], call: Call, answer: Answer) -> Call:
    """Hands the answer to the program and returns its next call. Raises AwsProblem if it cannot read the answer."""
    try:
        return program.send(answer)
    except MISREAD as fault:
        raise unreadable(fault, call.operation) from fault


def _send_with_retries(
    call: Call, send: Send, clock: Clock, stopped: Callable[[], bool], progress: Callable[[str], None]
) -> Answer:
    deadline = clock.now() + call.timeout
    for pause in pauses():
        try:
            with no_retries_after(stopped), failed_tries_to(lambda failed: _report(failed, progress)):
                return send(call)
        except AwsProblem as problem:
            if stopped() and problem.code in THROTTLED:
                raise Stopped("interrupted while AWS limits the rate", hint="run the same command again") from problem
            retryable = problem.code in call.retry_on or (call.no_retry and problem.code in THROTTLED)
            if not retryable or clock.now() + pause > deadline:
                raise
            if stopped():
                raise Stopped("interrupted while waiting", hint="run the same command again") from problem
            progress(f"not yet: {problem.code}")
        clock.sleep(pause)
    raise AssertionError("pauses never end")


def _report(failed: FailedTry, progress: Callable[[str], None]) -> None:
    if not failed.over:
        progress(failed.text)


def pauses() -> Iterator[float]:
    """Seconds to wait between two attempts: short at first, then longer."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_PAUSE)
