"""The interface of the local AWS simulator that a rehearsal uses. The caller creates the simulator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from ..core.call import Answer, Call
from ..errors import AwsProblem
from ..run.workflow import Cloud

WatchedRoute = tuple[str, int, str, str]
"""A DNS name, a port, a host header and a path."""

VisitedRoute = tuple[str, int, str, str, Mapping[str, Any]]
"""A route, and who asks."""

TrafficGap = tuple[int, str, WatchedRoute, str]
"""A route without an answer: the number of the last write, AWS's name for that write, the route, and the reason."""


class Fixtures(Protocol):
    """Creates resources that belong to no stack."""

    def create_defaults(
        self, region: str = ..., zones: Iterable[str] | None = None, hosted_zones: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Creates the default VPC and public hosted zones. Returns ids; `subnets` is a mapping by zone letter."""

    def create_fixture(self, kind: str, id: str = "", region: str = ..., **wanted: Any) -> str:
        """Creates a resource that belongs to no stack, with this id if it is set. Returns the id."""


class FakeAws(Fixtures, Protocol):
    """A local simulator of AWS. Its time passes only when `advance` is called."""

    def reset(self) -> None:
        """Removes everything."""

    def sick(self, group: str, reason: str = ...) -> None:
        """Keeps the targets of a group unhealthy from now on. `group` is the name in AWS."""

    def switch(self, name: str, value: Any) -> None:
        """Selects a behaviour where AWS has more than one."""

    def advance(self, seconds: float) -> None:
        """Lets time pass."""

    def watch(self, routes: Iterable[WatchedRoute | VisitedRoute]) -> None:
        """Probes these routes after every write from now on."""

    def unanswered(self) -> Sequence[TrafficGap]:
        """Every probe in which a watched route lost its answer."""

    def traffic(
        self, name: str, port: int = ..., host: str = ..., path: str = ..., **visitor: Any
    ) -> Mapping[str, Any]:
        """Sends one request. `ok` is True if a target answers; otherwise `why` has the reason."""

    def writes(self) -> Sequence[Any]:
        """The write calls since the last `clear_calls`."""

    def clear_calls(self) -> None:
        """Forgets the calls so far."""


class FakeAwsClock:
    """A clock that advances the time of the simulator instead of sleeping."""

    def __init__(self, simulator: FakeAws) -> None:
        self._simulator = simulator
        self._now = 0.0

    def now(self) -> float:
        """The sum of all sleeps, in seconds."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Returns at once. The time of the simulator advances."""
        self._now += seconds
        self._simulator.advance(seconds)


class AwsUntilFirstWrite:
    """AWS for a process that is killed after its first write: it gets no answer after that."""

    def __init__(self, aws: Cloud) -> None:
        self.region = aws.region
        self.alive = True
        self._aws = aws

    def send(self, call: Call) -> Answer:
        """The answer of AWS. Raises AwsProblem after the process was killed."""
        if not self.alive:
            raise AwsProblem("the process was killed")
        answer = self._aws.send(call)
        self.alive = call.reads
        return answer
