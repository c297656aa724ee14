"""Trouble on demand: throttling, 5xx, lost answers, delays, and the death of the caller.

What each service says when it throttles: the services' own API references ("Common errors"), and for EC2
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

import fnmatch
import itertools
import json
import random
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from .errors import AwsError
from .server.call_log import LoggedCall

FaultKind = Literal["throttle", "error", "5xx", "drop", "lost", "page", "cut", "delay", "kill"]

THROTTLES = {
    "elbv2": ("Throttling", 400),
    "ec2": ("RequestLimitExceeded", 503),
    "route53": ("Throttling", 400),
}
THROTTLE_ELSEWHERE = ("ThrottlingException", 400)


@dataclass
class Fault:
    """One kind of trouble, which calls it strikes, and how often."""

    kind: FaultKind
    service: str | None = None
    but: str | None = None
    """A service that is spared."""
    region: str | None = None
    action: str | None = None
    match: str | None = None
    """Text (a regular expression) that must occur in the parameters."""
    nth: int | None = None
    """Only the n-th call that fits, counted from when the fault was set."""
    nth_write: int | None = None
    """Only the n-th write, counted from the last reset of the log."""
    each_write: bool = False
    """Every write once: the same request sent again is let through."""
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

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def applies_to(self, call: LoggedCall) -> bool:
        """Whether this call meets it. Counts the call; a fault of one n strikes once."""
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
        """Whether this is a write that was not met before."""
        said = json.dumps([call.service, call.action, call.region, call.params], sort_keys=True, default=str)
        known = said in self._known_writes
        self._known_writes.add(said)
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

    def error(self, call: LoggedCall) -> AwsError:
        if self.kind == "throttle":
            code, status = THROTTLES.get(call.service, THROTTLE_ELSEWHERE)
            return AwsError(code, "Rate exceeded", status)
        if self.kind == "5xx":
            return AwsError("ServiceUnavailable", "injected", self.status if self.status >= 500 else 503)
        return AwsError(self.code, self.message, self.status)


class Faults:
    """All trouble that is set at the moment."""

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
        self.all = []
