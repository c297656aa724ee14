"""Plans, and refuses the hazards that nobody has allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.plan import Plan
from ..core.stack import Stack
from ..hazards import refuse_unless_allowed
from ..run.workflow import Cloud, StackPlan
from .planning import Planner


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
