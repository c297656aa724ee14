"""Sends a failed read again, for at most half a minute, and remembers which services do not answer.

A write keeps botocore's retries: nobody waits in front of a screen that could say "AWS is broken" instead.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from ..core.call import Call
from ..errors import AwsProblem
from .interruption import is_in_program, is_stopped
from .tries import FailedTry, Failure, tell

LONGEST_FAILURE, LONGEST_THROTTLING, LONGEST_IN_A_RUN = 30.0, 60.0, 240.0
"""Seconds for which a read is tried again: if AWS fails, if AWS limits the rate (other programs in the account use the
same limit), and in a run that has begun, which has something to lose."""

FIRST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE_IF_THROTTLED = 0.5, 4.0, 8.0
"""Seconds between two tries."""

OPTIONAL_TRIES, FALLBACK_TRIES, UNREACHABLE_TRIES = 4, 2, 2
"""The tries of a call on which nothing depends, of one with a fallback (where a network has no endpoint of the service,
each try takes seconds), and of a region that has never answered."""

REMEMBERED = 20.0
"""Seconds for which a service counts as failing after the last failure of a read that was given up."""


@dataclass
class Tries:
    """The failed tries of one request.

    began    the start of the first try; `sent` is that of the last
    seconds  from the start of the first try to the end of the last
    told     a listener shows that the call fails
    """

    call: Call
    region: str
    began: float = 0.0
    sent: float = 0.0
    number: int = 0
    seconds: float = 0.0
    told: bool = False


current: ContextVar[Tries | None] = ContextVar("tries", default=None)
"""The tries of the call that this thread sends."""


class ServiceFails(Exception):
    """Other calls to this service have just failed for so long that this one is not sent."""

    def __init__(self, problem: AwsProblem) -> None:
        super().__init__(problem.what)
        self.problem = problem


@dataclass
class Outage:
    """A service, an operation or a call that has not answered since `since`; `last` is the time of the last failure.

    failing   the operations of the service, or the calls of the operation, that failed; empty for a call
    """

    since: float
    last: float
    failing: set[str] = field(default_factory=set)
    problem: AwsProblem | None = None

    @property
    def is_sure(self) -> bool:
        """False if only one operation of a service, or one call of an operation, has failed: others may work."""
        return len(self.failing) != 1


@dataclass
class ReadRetries:
    """Decides after each failed try of a read whether it is sent again. Several threads can use it.

    A service has half a minute for all its calls together. If several operations have failed for so long and none was
    answered, further calls fail at once until twenty seconds after the last failure. The same holds for an operation.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _outages: dict[tuple[str, ...], Outage] = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)
    """The regions in which AWS has answered a call."""

    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse_if_failing(self, call: Call, region: str) -> None:
        """Raises ServiceFails if this call, its operation or its service has just been given up."""
        if not call.reads or call.no_retry or is_in_program():
            return
        with self._lock:
            for outage in self._outages_of(call, region):
                if outage.problem and outage.is_sure and self.now() - outage.last < REMEMBERED:
                    raise ServiceFails(outage.problem)

    def reach(self, region: str) -> None:
        """Notes that AWS has answered a call of this region."""
        self._answered.add(region)

    def is_last_of_unreachable(self, tries: Tries) -> bool:
        """True after two tries without a connection in a region in which AWS has never answered."""
        return tries.region not in self._answered and tries.number >= UNREACHABLE_TRIES

    def begin(self, tries: Tries) -> None:
        """A try is sent now."""
        tries.sent = self.now()
        tries.began = tries.began if tries.number else tries.sent

    def answered(self, tries: Tries) -> None:
        """AWS answered the request, or refused it: the service works."""
        self.reach(tries.region)
        with self._lock:
            for key in _keys(tries.call, tries.region):
                self._outages.pop(key, None)
        self._tell_end(tries)
        tries.number = 0

    def ended(self, tries: Tries, problem: AwsProblem) -> None:
        """The call is not sent again. Its problem is also that of other calls, if it is about a service that fails."""
        if tries.number and tries.call.reads:
            with self._lock:
                for outage in self._outages_of(tries.call, tries.region):
                    outage.problem = problem
        self._tell_end(tries)

    def _tell_end(self, tries: Tries) -> None:
        if tries.told:
            tries.told = False
            tell(FailedTry(tries.call.service, tries.call.operation, "", tries.number, over=True))

    def count(self, tries: Tries, number: int) -> None:
        """Counts the failed tries of a call."""
        tries.number, tries.seconds = number, self.now() - tries.began

    def failed(self, tries: Tries, failure: Failure) -> bool:
        """True after a pause, if the read is to be sent again. False: its failure counts."""
        self.count(tries, tries.number + 1)
        now, since = self.now(), tries.began
        if not failure.throttled:
            with self._lock:
                since = min([since, *self._since(tries, now)])
        pause = _pause(tries.number, failure)
        if is_stopped() or self._is_last(tries, failure) or now + pause > since + _limit(failure):
            return False
        tries.told = True
        tell(FailedTry(tries.call.service, tries.call.operation, failure.cause, tries.number))
        self.sleep(pause)
        return True

    def _since(self, tries: Tries, now: float) -> Iterator[float]:
        """Notes a failure. Yields since when the call, its operation and its service have answered nothing."""
        parts = ("", _parameters(tries.call), tries.call.operation)
        for key, part in zip(_keys(tries.call, tries.region), parts, strict=True):
            outage = self._outages.get(key)
            if outage is None or tries.sent - outage.last > REMEMBERED:
                outage = self._outages[key] = Outage(tries.sent, now)
            outage.last = now
            outage.failing |= {part} - {""}
            if outage.is_sure:
                yield outage.since

    def _is_last(self, tries: Tries, failure: Failure) -> bool:
        if tries.call.no_retry or (tries.call.optional and tries.number >= OPTIONAL_TRIES):
            return True
        if tries.call.has_fallback and not failure.throttled and tries.number >= FALLBACK_TRIES:
            return True
        return failure.unreachable and self.is_last_of_unreachable(tries)

    def all_fail(self, region: str) -> bool:
        """True if several services of a region were called and none has ever answered."""
        with self._lock:
            failing = {key[0] for key in self._outages if key[1] == region}
            return region not in self._answered and len(failing) > 1

    def _outages_of(self, call: Call, region: str) -> list[Outage]:
        return [outage for key in _keys(call, region) if (outage := self._outages.get(key))]


def _keys(call: Call, region: str) -> tuple[tuple[str, ...], ...]:
    """The keys of the call, of its operation and of its service."""
    service, operation = (call.service, region), (call.service, region, call.operation)
    return (*operation, _parameters(call)), operation, service


def _parameters(call: Call) -> str:
    return json.dumps(call.params, sort_keys=True, default=str)


def _pause(number: int, failure: Failure) -> float:
    longest = LONGEST_PAUSE_IF_THROTTLED if failure.throttled else LONGEST_PAUSE
    return float(min(longest, FIRST_PAUSE * 2 ** (number - 1)))


def _limit(failure: Failure) -> float:
    if is_in_program():
        return LONGEST_IN_A_RUN
    return LONGEST_THROTTLING if failure.throttled else LONGEST_FAILURE
