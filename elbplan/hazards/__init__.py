"""What a plan or a migration puts at risk, told before anything happens; each blocks until somebody allows it by name.

A hazard is judged from states, S0 .. Sn, and the steps between them, not from what a step calls itself: so one rule
finds every bad order, in what the planner draws and in what a person wrote.
"""

from ..core.hazard import HAZARDS, Hazard, allowed, meant
from .find import judge
from .rules.foreign_children import registered_in
from .timeline import Cut, Film, film_of

__all__ = ["HAZARDS", "Cut", "Film", "Hazard", "allowed", "film_of", "judge", "meant", "registered_in"]
