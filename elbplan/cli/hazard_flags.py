"""The option --allow: hazards that the user allows by name."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import UsageProblem
from ..hazards import HAZARDS, suggest_hazard

EDITED = "edited"
"""Not a hazard of a plan. Allows that a migration was edited, in words only, after it was applied."""


def hazard_names(values: Iterable[str]) -> tuple[str, ...]:
    """Returns the names in `--allow route-removed,dns-name-changes --allow extra-cost`. Raises UsageProblem."""
    names = tuple(name.strip() for value in values for name in value.split(",") if name.strip())
    for name in names:
        if name not in (*HAZARDS, EDITED):
            raise UsageProblem(f"--allow: unknown hazard {name}", hint=suggest_hazard(name))
    return names
