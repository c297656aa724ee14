"""Keeps the reads of one process below AWS's published request rates."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from ..core.call import is_read

THROTTLED = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "PriorRequestNotComplete",
    "RequestThrottled",
    "SlowDown",
    "EC2ThrottledException",
)
"""AWS did nothing because of its rate limit. Every call can be sent again."""

RATES: Mapping[str, tuple[float, float]] = {"elbv2": (8, 30), "acm": (5, 10), "route53": (4, 10)}
"""Requests per second and burst of a service, below its limits, which the account shares with everybody in it.

ELB has a bucket of 40 requests that refills with 10 per second, ACM allows 10 per second, Route 53 five:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
"""


class TokenBucket:
    """Lets `rate` requests per second pass, and `burst` at once after a rest. Several threads can use one bucket."""

    def __init__(
        self,
        rate: float,
        burst: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._burst = rate, burst
        self._now, self._sleep = now, sleep
        self._tokens, self._filled = burst, now()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Waits for the turn of one request."""
        with self._lock:
            now = self._now()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate) - 1
            self._filled = now
            delay = -self._tokens / self._rate
        if delay > 0:
            self._sleep(delay)


class Pacers:
    """A pacer for each account: AWS counts the requests of an account, whoever sends them."""

    def __init__(self, new: Callable[[], Pacer] | None = None) -> None:
        self._new = new or Pacer
        self._pacers: dict[str, Pacer] = {}

    def of(self, account: str) -> Pacer:
        """The pacer of an account, always the same one; of an unknown account for the text ""."""
        return self._pacers.setdefault(account, self._new())


class Pacer:
    """One bucket for each service and region."""

    def __init__(
        self,
        rates: Mapping[str, tuple[float, float]] = RATES,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rates = rates
        self._now, self._sleep = now, sleep
        self._buckets: dict[tuple[str, str], TokenBucket] = {}
        self._lock = threading.Lock()

    def before_request(self, service: str, region: str, operation: str) -> None:
        """Waits if this read would be above the rate of its service. Writes never wait."""
        if service not in self._rates or not is_read(operation):
            return
        with self._lock:
            bucket = self._buckets.setdefault(
                (service, region), TokenBucket(*self._rates[service], self._now, self._sleep)
            )
        bucket.take()
