"""Listeners and rules that others made on our load balancers and listeners: AWS deletes them with their parent.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html ("Deleting a load
balancer also deletes its listeners"), API_DeleteListener ("When you delete a listener, its rules are also deleted").
"""

from __future__ import annotations

from ...core.kind import Scope
from .candidates import BALANCER
from .elb_reader import ElbState, TagsByArn
from .ownership import owner_in_tags


def foreign_listeners(scope: Scope, state: ElbState) -> dict[str, list[str]]:
    """By ARN of our load balancer, the listeners that its stack did not make."""
    stacks = _stacks_of_balancers(scope, state)
    found: dict[str, list[str]] = {}
    for raw in state.listeners:
        arn, balancer = raw["ListenerArn"], raw["LoadBalancerArn"]
        if balancer in stacks and _stack(state.tags, arn) != stacks[balancer]:
            text = f"listener {raw.get('Port')}/{raw.get('Protocol')} ({arn})"
            found.setdefault(balancer, []).append(_with_owner(text, state.tags, arn))
    return found


def foreign_rules(scope: Scope, state: ElbState) -> dict[str, list[str]]:
    """By ARN of the parent whose deletion deletes them, the rules that its stack did not make.

    The parent is our listener; for a rule on another's listener it is our load balancer.
    """
    stacks = _stacks_of_balancers(scope, state)
    found: dict[str, list[str]] = {}
    for listener, raw in state.rules:
        balancer, holder = listener.get("LoadBalancerArn", ""), _stack(state.tags, listener["ListenerArn"])
        stack = stacks.get(balancer, holder if holder in scope.stacks else None)
        if stack is not None and _stack(state.tags, raw["RuleArn"]) != stack:
            parent = listener["ListenerArn"] if holder == stack else balancer
            text = f"rule {raw['Priority']} of listener {listener.get('Port')} ({raw['RuleArn']})"
            found.setdefault(parent, []).append(_with_owner(text, state.tags, raw["RuleArn"]))
    return found


def _stacks_of_balancers(scope: Scope, state: ElbState) -> dict[str, str]:
    return {raw["LoadBalancerArn"]: stack for stack, _, raw, _ in state.own(BALANCER, scope.stacks)}


def _stack(tags: TagsByArn, arn: str) -> str:
    made = owner_in_tags(tags.get(arn, {}))
    return made.stack if made else ""


def _with_owner(text: str, tags: TagsByArn, arn: str) -> str:
    made = owner_in_tags(tags.get(arn, {}))
    return f"{text} of {made}" if made else text
