"""Turns changes into ordered steps: expand, gate, switch, contract.

New resources are created first. The plan waits until they are ready, then traffic moves to them, and then old
resources are drained and deleted. Inside a stage there are two rules: a step waits for the resources that its resource
refers to, and a delete waits until nothing refers to the resource. Between the stages there are barriers: traffic moves
only after everything new is ready, and deletes start only after all traffic has moved.
"""

from .order import build_steps

__all__ = ["build_steps"]
