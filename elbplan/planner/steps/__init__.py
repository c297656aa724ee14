"""From changes to a plan: expand, gate, switch, contract.

New things are made first; the plan waits until they are truly ready; traffic moves; old things drain and go. Two
sentences order everything inside a stage: a build waits for what it points at, a removal waits for all that pointed at
it. Between the stages stands a barrier: nothing switches before everything new is ready, nothing goes before everything
has switched.
"""

from .order import build_steps

__all__ = ["build_steps"]
