"""Compares the trust stores of a plan with the quota of the account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..core.call import Answer, Call
from ..core.plan import Plan, Refusal
from ..errors import AwsProblem
from ..kinds.quotas import LIMITS, limits_of
from ..kinds.trust_store import TRUST_STORES, TrustStore

QUOTA = "trust-stores"
USUAL = 20
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""
HINT = "ask AWS for a higher quota, delete one, or use one that exists: trust_store: NAME"


def within_trust_stores(plan: Plan, send: Callable[[Call], Answer]) -> Plan:
    """The plan, with a refusal if the account cannot have its new trust stores too. Asks only if there are some."""
    new = sum(step.do == "create" and step.address.kind == TrustStore.kind for step in plan.steps)
    if not new:
        return plan
    try:
        existing = len(send(TRUST_STORES).get("TrustStores", []))
        most = limits_of(send(LIMITS)).get(QUOTA, USUAL) if existing + new > USUAL else USUAL
    except AwsProblem:  # without these permissions, AWS refuses the create later
        return plan
    if existing + new <= most:
        return plan
    what = f"the plan makes {new} trust stores, this account has {existing}, and its quota is {most}"
    return replace(plan, refusals=(*plan.refusals, Refusal(what, HINT)))
