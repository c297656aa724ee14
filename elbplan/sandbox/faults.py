"""Faults on demand: throttling, 5xx, lost answers, delays, no answer at all, and the end of the calling process.

The error of each service for throttling: the services' API references ("Common errors"), and for EC2
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

import fnmatch
import itertools
import json
import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from .errors import AwsError
from .server.call_log import LoggedCall

FaultKind = Literal["throttle", "error", "5xx", "drop", "lost", "page", "cut", "delay", "hang", "kill"]

THROTTLES = {
    "elbv2": ("Throttling", 400),
    "ec2": ("RequestLimitExceeded", 503),
    "route53": ("Throttling", 400),
}
OTHER_THROTTLE = ("ThrottlingException", 400)


@dataclass
class Fault:
    """One kind of fault, the calls that it affects, and how often."""

    kind: FaultKind
    service: str | None = None
    but: str | None = None
    """A service that the fault leaves alone."""
    region: str | None = None
    action: str | None = None
    match: str | None = None
    """A regular expression that must match the parameters."""
    nth: int | None = None
    """Only the n-th matching call since the fault was set."""
    nth_write: int | None = None
    """Only the n-th write since the log was last cleared."""
    each_write: bool = False
    """Every write once; the same request is not affected when it is sent again."""
    probability: float | None = None
    seed: int = 0
    limit: int | None = None
    code: str = "InternalFailure"
    status: int = 500
    message: str = "injected"
    seconds: float = 0.0
    pid: int = 0
    fired: int = 0
    seen: int = 0
    id: int = 0
    _random: random.Random = field(default_factory=random.Random, repr=False, compare=False)
    _known_writes: set[str] = field(default_factory=set, repr=False, compare=False)
    _cleared: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def applies_to(self, call: LoggedCall) -> bool:
        """Returns whether the fault affects this call, and counts the call."""
        if not self._fits(call) or (self.limit is not None and self.fired >= self.limit):
            return False
        self.seen += 1
        if self.nth is not None and self.seen != self.nth:
            return False
        if self.nth_write is not None and call.write != self.nth_write:
            return False
        if self.each_write and not self._is_new_write(call):
            return False
        if self.probability is not None and self._random.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def _is_new_write(self, call: LoggedCall) -> bool:
        """Returns whether this is a write that has not arrived before."""
        text = json.dumps([call.service, call.action, call.region, call.params], sort_keys=True, default=str)
        known = text in self._known_writes
        self._known_writes.add(text)
        return bool(call.write) and not known

    def _fits(self, call: LoggedCall) -> bool:
        if self.kind == "kill" and not call.write:
            return False
        return (
            self.service in (None, call.service)
            and self.but != call.service
            and self.region in (None, call.region)
            and (self.action is None or fnmatch.fnmatchcase(call.action, self.action))
            and (self.match is None or bool(re.search(self.match, json.dumps(call.params, default=str))))
        )

    def hang(self) -> None:
        """Returns when the fault is cleared: a service that accepts connections and never answers."""
        self._cleared.wait()

    def end(self) -> None:
        self._cleared.set()

    def error(self, call: LoggedCall) -> AwsError:
        if self.kind == "throttle":
            code, status = THROTTLES.get(call.service, OTHER_THROTTLE)
            return AwsError(code, "Rate exceeded", status)
        if self.kind == "5xx":
            return AwsError("ServiceUnavailable", "injected", self.status if self.status >= 500 else 503)
        return AwsError(self.code, self.message, self.status)


class Faults:
    """All faults that are set."""

    def __init__(self) -> None:
        self.all: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, kind: FaultKind, **wanted: Any) -> Fault:
        if kind in ("error", "throttle") and "code" in wanted:
            wanted.setdefault("status", 400)
        fault = Fault(kind, **wanted)
        fault.id = next(self._ids)
        self.all.append(fault)
        return fault

    def matching(self, call: LoggedCall) -> list[Fault]:
        return [fault for fault in self.all if fault.applies_to(call)]

    def clear(self) -> None:
        for fault in self.all:
            fault.end()
        self.all = []
