"""The wait at one gate: after each probe, whether the gate has passed, and when elbplan gives up."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.call import GateStatus
from ..core.kind import Gate
from .program import NotReady


class GateProblem(NotReady):
    """A gate did not pass in time, or can no longer pass."""


@dataclass
class GateWait:
    """One wait at a gate. Times are seconds of one clock.

    timeout  the deadline of the step, in seconds after `began`
    """

    gate: Gate
    timeout: float
    began: float
    failing_since: float | None = None
    grace: float = 0

    def passes(self, status: GateStatus, now: float, pause: float) -> bool:
        """Whether the gate has passed. Raises GateProblem if it cannot pass, or not before the deadline.

        pause   seconds until the next probe
        """
        waited = now - self.began
        if status.state == "ready" and waited >= self.gate.min_seconds:
            return True
        self._note(status, now)
        too_long = self.failing_since is not None and now - self.failing_since >= self.grace
        if status.state == "failed" or too_long:
            raise GateProblem(status.saw, causes=status.causes)
        if waited + pause > max(self.timeout, self.gate.min_seconds + pause):
            raise GateProblem(f"{status.saw}, not ready after {waited:.0f} s", causes=status.causes)
        return False

    def _note(self, status: GateStatus, now: float) -> None:
        if status.state != "failing":
            self.failing_since = None
            return
        if self.failing_since is None:
            self.failing_since = now
        self.grace = self.gate.failing_grace if status.grace is None else status.grace

    @property
    def gives_up(self) -> float:
        """Seconds after its begin at which the wait ends, if nothing changes."""
        if self.failing_since is None:
            return self.timeout
        return min(self.timeout, self.failing_since - self.began + self.grace)

    def usual(self, status: GateStatus) -> str:
        """How long the wait usually takes, for a person; empty if nobody knows."""
        least = f"{self.gate.min_seconds:.0f} s" if self.gate.min_seconds else ""
        return status.usual or self.gate.usual or least

    def pause(self, status: GateStatus, now: float, pause: float) -> float:
        """The seconds until the next probe: a gate that only waits for `min_seconds` ends on time."""
        if status.state != "ready":
            return pause
        return min(pause, max(0.1, self.gate.min_seconds - (now - self.began)))
