"""What AWS has of a stack now, from a plan that has read it."""

from __future__ import annotations

from dataclasses import replace

from ...core.lives import as_in_aws
from ...core.plan import Plan


def live_plan(plan: Plan) -> Plan:
    """The plan without changes. A resource that the plan replaces is not an old one yet."""
    lives = as_in_aws(plan.lives)
    return replace(plan, lives=lives, steps=(), changes=(), desired={}, hazards=(), stays=(), refusals=())
