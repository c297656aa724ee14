"""Runs the programs of the kinds: sends each call, hands the answer back, and retries calls that are too early."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TypeVar

from ..core.call import OUTCOME_UNKNOWN, Answer, Call, GateStatus
from ..core.cause import Cause, lines_of
from ..errors import AwsProblem, ElbplanError, Interrupted
from ..live.errors import unreadable
from ..live.interruption import no_retries_after
from ..live.pacing import THROTTLED
from ..live.tries import FailedTry, failed_tries_to
from ..live.unusable_answers import MISREAD
from .clock import Clock

Send = Callable[[Call], Answer]
Progress = Callable[[GateStatus], None]
T = TypeVar("T")

IN_USE = "something in AWS still uses it"
REFUSALS: Mapping[str, str] = {
    "DependencyViolation": IN_USE,
    "InvalidGroup.InUse": IN_USE,
    "InvalidIPAddress.InUse": IN_USE,
    "ResourceInUse": IN_USE,
    "ResourceInUseException": IN_USE,
    "PriorRequestNotComplete": "Route 53 still works on an earlier change of this zone",
    "TooManyUpdates": "another run writes the same parameter",
    **dict.fromkeys(("InternalServerError", "InternalFailure", "ServiceUnavailable", OUTCOME_UNKNOWN), "AWS fails"),
    **dict.fromkeys(THROTTLED, "AWS limits the rate of requests"),
}
"""What the error codes of calls that are repeated mean. For every other code, AWS does not know a new resource yet."""

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 15.0, 1.6


class NotReady(ElbplanError):
    """Something in AWS is not ready, and waiting longer does not help."""

    def __init__(self, what: str, *, causes: Sequence[Cause] = ()) -> None:
        super().__init__(what, hint=lines_of(causes))
        self.causes = tuple(causes)


class Stopped(Interrupted):
    """A user pressed Ctrl-C while this step was waiting."""


def run_program(
    program: Generator[Call, Answer, T],
    send: Send,
    clock: Clock,
    *,
    stopped: Callable[[], bool] = lambda: False,
    progress: Progress = lambda status: None,
) -> T:
    """Returns the result of the program. Raises AwsProblem, or Stopped or NotReady between two attempts."""
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


def _send_with_retries(call: Call, send: Send, clock: Clock, stopped: Callable[[], bool], progress: Progress) -> Answer:
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
            progress(_status_of(call, problem, send, clock, stopped))
        clock.sleep(pause)
    raise AssertionError("pauses never end")


def _status_of(call: Call, problem: AwsProblem, send: Send, clock: Clock, stopped: Callable[[], bool]) -> GateStatus:
    """What the call waits for. Raises NotReady if the call's probe says that AWS will always refuse it."""
    if call.probe is None or problem.code in THROTTLED:
        return GateStatus(
            "waiting", f"{REFUSALS.get(problem.code, 'AWS does not know it everywhere yet')} ({problem.code})"
        )
    status = run_program(call.probe(), send, clock, stopped=stopped)
    if status.state == "failed":
        raise NotReady(status.saw, causes=status.causes) from problem
    return status


def _report(failed: FailedTry, progress: Progress) -> None:
    if not failed.over:
        progress(GateStatus("waiting", failed.text))


def pauses() -> Iterator[float]:
    """Seconds to wait between two attempts: short at first, then longer."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_PAUSE)
