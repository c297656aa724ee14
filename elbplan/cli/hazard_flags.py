"""Hazards that a person takes on purpose, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import UsageProblem
from ..hazards import HAZARDS, refuse_unless_allowed, suggest_hazard

if TYPE_CHECKING:
    from ..core.plan import Plan
    from ..core.stack import Stack
    from ..run.workflow import Cloud


EDITED = "edited"
"""No hazard of a plan: a migration that was edited, in words only, after it was applied."""


def hazard_names(words: Iterable[str]) -> tuple[str, ...]:
    """The hazards of `--allow route-removed,dns-name-changes --allow extra-cost`. Raises UsageProblem for others."""
    names = tuple(name.strip() for word in words for name in word.split(",") if name.strip())
    for name in names:
        if name not in (*HAZARDS, EDITED):
            raise UsageProblem(f"--allow: there is no hazard {name}", hint=suggest_hazard(name))
    return names


@dataclass
class AllowedHazards:
    """A planner whose hazards must be allowed from the moment somebody agreed: AWS may change until it is our turn."""

    planner: Callable[[Cloud, Sequence[Stack]], list[Plan]]
    allow: tuple[str, ...]
    agreed: bool = False

    def __call__(self, cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
        plans = self.planner(cloud, group)
        if self.agreed:
            self.check(plans)
        return plans

    def check(self, plans: Iterable[Plan]) -> None:
        """Returns if every hazard is allowed. Raises Refused."""
        refuse_unless_allowed((hazard for plan in plans for hazard in plan.hazards), self.allow)
