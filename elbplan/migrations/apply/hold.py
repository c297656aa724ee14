"""A hold by the clock that watches: the watched resource must stay as it is as long as the hold lasts."""

from __future__ import annotations

from dataclasses import dataclass

from ...core.plan import Step
from ...core.resource import Resource
from ...errors import AwsProblem
from ...kinds import KINDS
from ...run.clock import Clock
from ...run.context import RunStepContext
from ...run.program import Send, run_program
from ...run.result import RunResult
from ..migration import MigrationStep

LOOK, AGAIN = 10.0, 5.0
"""Seconds between two probes, and before the second probe after a bad one: a single bad answer may be a blink."""


@dataclass(frozen=True)
class Hold:
    """A hold after a run; it knows ids and resources from that run, and reads nothing else.

    every   seconds between two probes
    """

    entry: MigrationStep
    after: RunResult
    send: Send
    clock: Clock
    every: float = LOOK

    def wait(self, seconds: float) -> str:
        """Wait. Returns what was found if the watched resource did not stay as it should; else an empty text.

        With 0 seconds it probes once (twice if the first answer is bad).
        """
        end = self.clock.now() + seconds
        bad = False
        while True:
            found = self._probe()
            if found and bad:
                return found
            bad = bool(found)
            left = end - self.clock.now()
            if left <= 0 and not bad:
                return ""
            self.clock.sleep(AGAIN if bad else min(self._pause, left))

    @property
    def _pause(self) -> float:
        return self.every if self.entry.what else float("inf")

    def _probe(self) -> str:
        address = self.entry.what
        if address is None:
            return ""
        resource = self.after.resource(address)
        if resource is None:
            return f"{address} does not exist any more"
        try:
            return self._status(resource)
        except AwsProblem as problem:
            if "NotFound" not in problem.code:
                raise
            return f"{address} does not exist any more"

    def _status(self, resource: Resource) -> str:
        assert self.entry.what is not None
        gate = next(gate for gate in KINDS[self.entry.what.kind].gates if gate.name == self.entry.until)
        step = Step("hold", "gate", "wait", self.entry.what, self.entry.why, before=resource)
        context = RunStepContext.of(self.after.plan, step, self.after.known, "hold")
        status = run_program(gate.probe(resource, context), self.send, self.clock)
        return "" if status.state == "ready" else f"{status.saw}\n{status.cause}".strip()
