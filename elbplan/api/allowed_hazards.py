"""Plans, and refuses the hazards that nobody has allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import UsageProblem
from ..hazards import HAZARDS, refuse_unless_allowed, suggest_hazard
from ..run.workflow import Cloud, StackPlan
from .planning import Planner

EDITED = "edited"
"""Not a hazard of a plan. Allows that a migration was edited, in words only, after it was applied."""


def hazard_names(values: Iterable[str], option: str = "--allow") -> tuple[str, ...]:
    """Returns the names in `route-removed,dns-name-changes` and `extra-cost`. Raises UsageProblem."""
    names = tuple(name.strip() for value in values for name in value.split(",") if name.strip())
    for name in names:
        if name not in (*HAZARDS, EDITED):
            raise UsageProblem(f"{option}: unknown hazard {name}", hint=suggest_hazard(name))
    return names


@dataclass
class AllowedHazards:
    """Plans, and refuses hazards that are not allowed once `agreed` is set.

    Between the user's yes and the lock AWS can change, so the second plan can have new hazards.
    """

    planner: Planner
    allow: tuple[str, ...]
    agreed: bool = False

    def __call__(self, cloud: Cloud, group: Sequence[Stack]) -> Sequence[StackPlan]:
        plans = self.planner(cloud, group)
        if self.agreed:
            self.check(plan for plan in plans if isinstance(plan, Plan))
        return plans

    def allows(self, plans: Iterable[Plan]) -> bool:
        """True if every hazard is allowed."""
        return all(hazard.name in self.allow for plan in plans for hazard in plan.hazards)

    def check(self, plans: Iterable[Plan]) -> None:
        """Raises Refused if a hazard is not allowed."""
        refuse_unless_allowed((hazard for plan in plans for hazard in plan.hazards), self.allow)
