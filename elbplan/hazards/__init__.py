"""The risks of a plan or a migration. Each one stops elbplan before it starts, until a person allows it by name.

The rules look at the states S0 .. Sn and the steps between them, not at the names of steps. So one rule finds every bad
order, in the planner's steps and in a file that a person wrote.
"""

from ..core.hazard import HAZARDS, Hazard, refuse_unless_allowed, suggest_hazard
from .find import find_hazards
from .rules.foreign_children import registered_in
from .timeline import Timeline, TimelineStep, timeline_of

__all__ = [
    "HAZARDS",
    "Hazard",
    "Timeline",
    "TimelineStep",
    "find_hazards",
    "refuse_unless_allowed",
    "registered_in",
    "suggest_hazard",
    "timeline_of",
]
