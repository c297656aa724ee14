"""What a plan needs to know of AWS beyond the first read, which is a small one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..core.kind import Kinds
from ..core.plan import Plan
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.rule import Rule


@dataclass(frozen=True)
class ReadNeeds:
    """What a read of AWS includes.

    names   further AWS names, with their kinds: whoever has them
    rules   the rules of others
    """

    names: frozenset[tuple[str, str]] = frozenset()
    rules: bool = False

    def with_needs_of(self, plans: Iterable[Plan], kinds: Kinds) -> ReadNeeds:
        """The same, and what these plans need. If that is no more, the plans are complete."""
        names, rules = self.names, self.rules
        for plan in plans:
            names |= _new_names(plan, kinds)
            rules = rules or _touches_rules(plan)
        return ReadNeeds(names, rules)


def _new_names(plan: Plan, kinds: Kinds) -> set[tuple[str, str]]:
    """The AWS names that the plan gives and that the first read could not know: the default name was not free."""
    creates = [(step, step.after) for step in plan.steps if step.do == "create" and step.after is not None]
    return {
        (step.address.kind, step.name)
        for step, after in creates
        if step.name and step.name != kinds[step.address.kind].default_name(plan.stack, step.address, after)
    }


def _touches_rules(plan: Plan) -> bool:
    """True if a step creates a rule, which needs a free priority, or deletes listeners, on which others have rules."""
    deleted = {step.address.kind for step in plan.steps if step.do == "delete"}
    return bool(deleted & {LoadBalancer.kind, Listener.kind}) or any(s.address.kind == Rule.kind for s in plan.steps)
