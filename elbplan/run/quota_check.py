"""Compares a plan with the quotas of the account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..core.call import Answer, Call
from ..core.plan import Plan, Refusal
from ..errors import AwsProblem
from ..kinds.quotas import LIMITS, excesses, limits_of, needs_limits

HINT = "ask AWS for a higher quota (Service Quotas, Elastic Load Balancing), or make the spec smaller"


def within_quotas(plan: Plan, send: Callable[[Call], Answer]) -> Plan:
    """The plan, with a refusal if it exceeds the account's quotas. Asks AWS only if they count for the plan."""
    if not needs_limits(plan.steps, plan.desired):
        return plan
    try:
        limits = limits_of(send(LIMITS))
    except AwsProblem:  # without permission to read quotas, AWS refuses the create later
        return plan
    exceeded = [Refusal(str(excess), HINT) for excess in excesses(plan.desired, limits)]
    return replace(plan, refusals=(*plan.refusals, *exceeded))
