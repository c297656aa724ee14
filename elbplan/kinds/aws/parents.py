"""The load balancers and listeners on which a stack can have listeners and rules: its own, and those of others.

A spec can name a load balancer or a listener of others by its ARN. A listener or rule that is no longer in the spec is
on a parent that a migration file names, or on a load balancer that uses a target group of the stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...core.call import Ask, Call, ReadProgram
from ...core.kind import Scope
from .queries import GONE, owned_balancers, owned_groups

BALANCER, LISTENER = ":loadbalancer/", ":listener/"


def listeners_of(scope: Scope) -> ReadProgram[list[Mapping[str, Any]]]:
    """All listeners on which the stacks can have rules, in three rounds; also those that others made."""
    balancers = yield from owned_balancers(scope.stacks)
    groups = yield from owned_groups(scope.stacks)
    parents = {raw["LoadBalancerArn"] for _, _, raw, _ in balancers}
    parents |= {arn for _, _, raw, _ in groups for arn in raw.get("LoadBalancerArns") or ()}
    parents |= _with(BALANCER, scope.named_ids("listener"))
    listeners = _with(LISTENER, scope.named_ids("rule"))
    in_files = scope.ids_in_files()
    asks: list[Ask] = [
        *(_on_balancer(arn) for arn in sorted(parents)),
        *(_by_arn(arn) for arn in sorted(listeners)),
        *(_on_balancer(arn, optional=True) for arn in sorted(_with(BALANCER, in_files) - parents)),
        *(_by_arn(arn, optional=True) for arn in sorted(_with(LISTENER, in_files) - listeners)),
    ]
    answers = (yield asks) if asks else []
    found = [listener for answer in answers for listener in answer.get("Listeners", [])]
    return list({listener["ListenerArn"]: listener for listener in found}.values())


def _with(part: str, arns: Iterable[str]) -> set[str]:
    """The ARNs of one type of resource: other fields of a listener refer to certificates and target groups."""
    return {arn for arn in arns if part in arn}


def _on_balancer(arn: str, *, optional: bool = False) -> Call:
    return Call("elbv2", "DescribeListeners", {"LoadBalancerArn": arn}, done_if=GONE, optional=optional)


def _by_arn(arn: str, *, optional: bool = False) -> Call:
    return Call("elbv2", "DescribeListeners", {"ListenerArns": [arn]}, done_if=GONE, optional=optional)
