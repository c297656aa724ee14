"""What a plan or a migration puts at risk, told before anything happens; each blocks until somebody allows it by name.

A hazard is judged from states, S0 .. Sn, and the steps between them, not from what a step calls itself: so one rule
finds every bad order, in what the planner draws and in what a person wrote.
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
