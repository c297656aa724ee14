"""At a balancer's rule limit create and delete alternate: a doomed rule makes room for a new one.

The limit is learned from the refusal, since quotas differ from account to account.
"""

from __future__ import annotations

from ..core.address import Address
from ..core.plan import Plan, Step
from ..errors import AwsProblem

FULL = "TooManyRules"


def rule_to_delete_first(plan: Plan, step: Step, problem: AwsProblem, gone: set[str]) -> Step | None:
    """The next rule of the same balancer that goes anyway; None if the refusal has another reason or none is left."""
    if problem.code != FULL or step.do != "create":
        return None
    balancer = _balancer(plan, step)
    for other in plan.steps:
        rule = other.do == "delete" and other.address.kind == "rule" and other.id not in gone
        if rule and other.address in plan.lives and _balancer(plan, other) == balancer:
            return other
    return None


def _balancer(plan: Plan, step: Step) -> object:
    """Which balancer the rule's listener belongs to."""
    listener = getattr(step.after or step.before, "listener", None)
    found = plan.lives.get(listener) if isinstance(listener, Address) else None
    return getattr(found.model, "load_balancer", None) if found else listener
