"""How one run ended, and what is known of the resources after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.address import Address
from ..core.plan import Plan
from ..core.resource import Resource
from ..errors import ElbplanError
from .context import KnownResources
from .outcome import Outcome, StepTime


@dataclass(frozen=True)
class RunResult:
    """How one run ended.

    plan      the plan as it was under the lock
    run_id    the run in the run records; empty where no record was written
    problem   why the run did not begin; it has been reported
    answers   False if the stack was checked after the run, and does not answer
    times     by the id of a step that ran, its time
    """

    plan: Plan
    outcome: Outcome = field(default_factory=Outcome)
    run_id: str = ""
    problem: ElbplanError | None = None
    answers: bool = True
    times: Mapping[str, StepTime] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Every step was done."""
        return self.problem is None and self.outcome.complete

    @property
    def known(self) -> KnownResources:
        """The ids and facts that are known after the run."""
        known = KnownResources(self.plan)
        known.ids.update(self.outcome.ids)
        known.facts.update(self.outcome.facts)
        return known

    def resource(self, address: Address) -> Resource | None:
        """A resource as the run left it; None if it does not exist."""
        for step in reversed(self.outcome.done):
            if step.address == address and step.writes:
                return step.after
        live = self.plan.lives.get(address)
        return live.model if live else None
