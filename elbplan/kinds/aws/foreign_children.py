"""Listeners and rules that others made on our load balancers and listeners: AWS deletes them with their parent.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html ("Deleting a load
balancer also deletes its listeners"), API_DeleteListener ("When you delete a listener, its rules are also deleted").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.call import ReadProgram, Tags
from ...core.kind import Scope
from .ownership import owner_in_tags
from .queries import owned_balancers

Raw = Mapping[str, Any]
OwnTags = Mapping[str, Mapping[str, str]]


def foreign_listeners(scope: Scope, listeners: Sequence[Raw], tags: OwnTags) -> ReadProgram[dict[str, list[str]]]:
    """By ARN of our load balancer, the listeners that its stack did not make."""
    stacks = yield from _stacks_of_balancers(scope)
    found: dict[str, list[str]] = {}
    for raw in listeners:
        arn, balancer = raw["ListenerArn"], raw["LoadBalancerArn"]
        if balancer in stacks and _stack(tags, arn) != stacks[balancer]:
            text = f"listener {raw.get('Port')}/{raw.get('Protocol')} ({arn})"
            found.setdefault(balancer, []).append(_with_owner(text, tags, arn))
    return found


def foreign_rules(scope: Scope, rules: Sequence[tuple[Raw, Raw]], tags: OwnTags) -> ReadProgram[dict[str, list[str]]]:
    """By ARN of the parent whose deletion deletes them, the rules that its stack did not make.

    The parent is our listener; for a rule on another's listener it is our load balancer. `rules` has each rule with its
    listener.
    """
    stacks = yield from _stacks_of_balancers(scope)
    arns = tuple(sorted({listener["ListenerArn"] for listener, _ in rules}))
    (listeners,) = (yield [Tags(arns)]) if arns else [{}]
    found: dict[str, list[str]] = {}
    for listener, raw in rules:
        balancer, holder = listener.get("LoadBalancerArn", ""), _stack(listeners, listener["ListenerArn"])
        stack = stacks.get(balancer, holder if holder in scope.stacks else None)
        if stack is not None and _stack(tags, raw["RuleArn"]) != stack:
            parent = listener["ListenerArn"] if holder == stack else balancer
            text = f"rule {raw['Priority']} of listener {listener.get('Port')} ({raw['RuleArn']})"
            found.setdefault(parent, []).append(_with_owner(text, tags, raw["RuleArn"]))
    return found


def _stacks_of_balancers(scope: Scope) -> ReadProgram[dict[str, str]]:
    owned = yield from owned_balancers(scope.stacks)
    return {raw["LoadBalancerArn"]: stack for stack, _, raw, _ in owned}


def _stack(tags: OwnTags, arn: str) -> str:
    made = owner_in_tags(tags.get(arn, {}))
    return made.stack if made else ""


def _with_owner(text: str, tags: OwnTags, arn: str) -> str:
    made = owner_in_tags(tags.get(arn, {}))
    return f"{text} of {made}" if made else text
