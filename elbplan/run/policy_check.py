"""Compares the TLS policies of a plan with those that AWS has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..core.call import Answer, Call
from ..core.plan import Plan, Refusal
from ..errors import AwsProblem
from ..kinds.tls_policy_names import new_policies, policies_call, unknown_policies


def with_known_policies(plan: Plan, send: Callable[[Call], Answer]) -> Plan:
    """The plan, with a refusal for each new policy that AWS does not have. Asks AWS only if the plan sets one."""
    new = new_policies(plan.steps)
    if not new:
        return plan
    try:
        answers = {type: send(policies_call(type)) for type in sorted({policy.type for policy in new})}
    except AwsProblem:  # without permission to list policies, AWS refuses the listener later
        return plan
    unknown = [Refusal(what, hint) for what, hint in unknown_policies(new, answers)]
    return replace(plan, refusals=(*plan.refusals, *unknown))
