"""At the rule limit of a load balancer, deletes a rule that the plan deletes anyway, to make room for a new one.

elbplan learns the limit from AWS's refusal, because quotas differ between accounts.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from ..core.address import Address, Ref
from ..core.plan import Plan, Step
from ..errors import AwsProblem
from ..kinds.listener import Listener
from ..kinds.rule import Rule

FULL = "TooManyRules"


def rule_to_delete_first(plan: Plan, step: Step, problem: AwsProblem, deleted: AbstractSet[str]) -> Step | None:
    """The delete of another rule of the same load balancer. None if AWS refused for another reason or none is left.

    `deleted` are the ids of the deletes that this step has already run.
    """
    if problem.code != FULL or not isinstance(step.after, Rule):
        return None
    balancer = _balancer(plan, step.after)
    for other in plan.steps:
        if other.do != "delete" or other.id in deleted or other.address not in plan.lives:
            continue
        if isinstance(other.before, Rule) and _balancer(plan, other.before) == balancer:
            return other
    return None


def _balancer(plan: Plan, rule: Rule) -> Ref:
    """The load balancer of the rule's listener; the listener itself if it is not in AWS yet."""
    live = plan.lives.get(rule.listener) if isinstance(rule.listener, Address) else None
    return live.model.load_balancer if live and isinstance(live.model, Listener) else rule.listener
