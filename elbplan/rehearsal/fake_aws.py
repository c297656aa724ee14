"""The local AWS simulator of a rehearsal, as far as one is needed: made elsewhere, and handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from ..core.call import Answer, Call
from ..errors import AwsProblem
from ..run.workflow import Cloud

WatchedRoute = tuple[str, int, str, str]
"""A name that people use, a port, the host they ask for, and a path."""

TrafficGap = tuple[int, str, WatchedRoute, str]
"""After which write (its number and AWS's name for it) a route was not answered, and why."""


class FakeAws(Protocol):
    """An AWS in which nothing is real and time passes only when somebody says so."""

    def reset(self) -> None:
        """Nothing exists any more."""

    def seed(
        self, region: str = ..., zones: Iterable[str] | None = None, hosted_zones: Iterable[str] = ()
    ) -> dict[str, Any]:
        """The default network, and public zones for these names; ids, the `subnets` by zone letter."""

    def plant(self, kind: str, id: str = "", region: str = ..., **wanted: Any) -> str:
        """Something that stands outside every stack, with this id."""

    def sick(self, group: str, reason: str = ...) -> None:
        """The targets of a group, named as AWS knows it, never become healthy."""

    def switch(self, name: str, value: Any) -> None:
        """How it behaves where AWS may behave in more than one way."""

    def advance(self, seconds: float) -> None:
        """Time passes."""

    def watch(self, routes: Iterable[WatchedRoute]) -> None:
        """Ask about these routes after every write from now on."""

    def unanswered(self) -> Sequence[TrafficGap]:
        """All the times that a watched route, answered before, was not."""

    def traffic(self, name: str, port: int = ..., host: str = ..., path: str = ...) -> Mapping[str, Any]:
        """Would a request be answered now: `ok`, and `why` not?"""

    def writes(self) -> Sequence[Any]:
        """The calls that could have changed anything, since they were last cleared."""

    def clear_calls(self) -> None:
        """Begin to count again."""


class FakeAwsClock:
    """Sleeping moves the double's time, and takes none."""

    def __init__(self, double: FakeAws) -> None:
        self._double = double
        self._now = 0.0

    def now(self) -> float:
        """Seconds that somebody has slept."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Come back at once; the double is older."""
        self._now += seconds
        self._double.advance(seconds)


class AwsUntilFirstWrite:
    """AWS for a process that is killed after its first write: no later answer reaches it."""

    def __init__(self, aws: Cloud) -> None:
        self.region = aws.region
        self.alive = True
        self._aws = aws

    def send(self, call: Call) -> Answer:
        """The answer, while the process lives. Raises AwsProblem afterwards."""
        if not self.alive:
            raise AwsProblem("the process was killed")
        answer = self._aws.send(call)
        self.alive = call.operation.startswith(("Describe", "List", "Get", "Search"))
        return answer
