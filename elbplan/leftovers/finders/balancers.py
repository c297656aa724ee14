"""Load balancers (application, network, gateway) that lead no request to a server.

A load balancer is left over if it has no listener; or if it leads to target groups of which none has a target that can
serve, and no rule answers by itself. One that only redirects or answers by itself serves somebody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.call import Answer, Call, ReadProgram
from ...kinds.aws.ownership import tag_mapping
from ..asking import RESOURCES_PER_TAG_CALL, ask, is_usable, not_checked
from ..leftover import Finding, NotChecked
from .balancer_rules import answers_itself
from .balancer_words import IdleBalancer, leftover_of

TITLE = "load balancers"
PERMISSIONS = (
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeCapacityReservation",
)
SERVING = ("healthy", "initial", "unavailable")
"""States of targets that serve, will serve, or of which AWS checks no health (functions without health checks)."""

PROVISIONING = "provisioning"
Raw = Mapping[str, Any]


@dataclass
class Look:
    """What one look at the load balancers of a region has found so far, and what it could not read."""

    region: str
    missing: list[NotChecked] = field(default_factory=list)

    def read(self, calls: Sequence[Call]) -> ReadProgram[list[Answer]]:
        """The answers; None for a call that was denied or failed, which `missing` then has."""
        answers = (yield calls) if calls else []
        self.missing += not_checked(TITLE, self.region, calls, answers)
        return [answer if is_usable(answer) else None for answer in answers]


def find_balancers(region: str) -> ReadProgram[Finding]:
    """The idle load balancers of a region."""
    look = Look(region)
    calls = [ask("elbv2", "DescribeLoadBalancers"), ask("elbv2", "DescribeTargetGroups")]
    balancers, groups = yield from look.read(calls)
    if balancers is None or groups is None:
        return Finding(not_checked=_unique(look.missing))
    raws = [raw for raw in balancers["LoadBalancers"] if (raw.get("State") or {}).get("Code") != PROVISIONING]
    health = yield from _health_by_balancer(look, groups["TargetGroups"])
    idle = [raw for raw in raws if not _serves(health.get(raw["LoadBalancerArn"], []))]
    found = yield from _confirmed(look, idle, health)
    complete = yield from _with_details(look, found)
    return Finding([leftover_of(balancer, region) for balancer in complete], _unique(look.missing))


def _unique(missing: Sequence[NotChecked]) -> list[NotChecked]:
    return list(dict.fromkeys(missing))


def _health_by_balancer(look: Look, groups: Sequence[Raw]) -> ReadProgram[dict[str, list[str] | None]]:
    """The states of all targets behind each load balancer that leads to a group; None if they cannot be read."""
    used = [group for group in groups if group.get("LoadBalancerArns")]
    calls = [ask("elbv2", "DescribeTargetHealth", TargetGroupArn=group["TargetGroupArn"]) for group in used]
    answers = yield from look.read(calls)
    states: dict[str, list[str] | None] = {}
    for group, answer in zip(used, answers, strict=True):
        for arn in group["LoadBalancerArns"]:
            known = states.setdefault(arn, [])
            own = (
                None if answer is None else [raw["TargetHealth"]["State"] for raw in answer["TargetHealthDescriptions"]]
            )
            states[arn] = None if known is None or own is None else [*known, *own]
    return states


def _serves(states: Sequence[str] | None) -> bool:
    """True if a target serves, or if nobody knows."""
    return states is None or any(state in SERVING for state in states)


def _confirmed(
    look: Look, idle: Sequence[Raw], health: Mapping[str, Sequence[str] | None]
) -> ReadProgram[list[IdleBalancer]]:
    """The load balancers that have no listener, or whose listeners and rules only lead to targets that do not serve."""
    calls = [ask("elbv2", "DescribeListeners", LoadBalancerArn=raw["LoadBalancerArn"]) for raw in idle]
    answers = yield from look.read(calls)
    found: list[IdleBalancer] = []
    waiting: list[tuple[IdleBalancer, Sequence[Raw]]] = []
    for raw, answer in zip(idle, answers, strict=True):
        states = health.get(raw["LoadBalancerArn"])
        listeners = None if answer is None else answer["Listeners"]
        if listeners == []:
            found.append(IdleBalancer(raw, "it has no listener"))
        elif listeners and states is not None and not _by_itself(listeners):
            waiting.append((IdleBalancer(raw, _why(states)), listeners))
    rules = yield from _rules(look, [listener for _, listeners in waiting for listener in listeners])
    return found + [balancer for balancer, listeners in waiting if not _by_rules(listeners, rules)]


def _why(states: Sequence[str]) -> str:
    if not states:
        return "its target groups have no targets"
    return "its target is not healthy" if len(states) == 1 else f"none of its {len(states)} targets is healthy"


def _by_itself(listeners: Sequence[Raw]) -> bool:
    return any(answers_itself(action) for listener in listeners for action in listener.get("DefaultActions") or ())


def _rules(look: Look, listeners: Sequence[Raw]) -> ReadProgram[dict[str, list[Raw] | None]]:
    """The rules of application load balancers, by listener; None if they cannot be read."""
    arns = [raw["ListenerArn"] for raw in listeners if raw.get("Protocol") in ("HTTP", "HTTPS")]
    answers = yield from look.read([ask("elbv2", "DescribeRules", ListenerArn=arn) for arn in arns])
    return {arn: None if answer is None else answer["Rules"] for arn, answer in zip(arns, answers, strict=True)}


def _by_rules(listeners: Sequence[Raw], rules: Mapping[str, Sequence[Raw] | None]) -> bool:
    """True if a rule answers by itself, or if the rules are unknown."""
    of_listeners = [rules.get(listener["ListenerArn"], []) for listener in listeners]
    return any(own is None or any(answers_itself(a) for a in _actions(own)) for own in of_listeners)


def _actions(rules: Sequence[Raw]) -> Iterator[Raw]:
    for rule in rules:
        yield from rule.get("Actions") or ()


def _with_details(look: Look, found: Sequence[IdleBalancer]) -> ReadProgram[list[IdleBalancer]]:
    """The same, with their tags, their deletion protection and their reserved capacity."""
    arns = [balancer.arn for balancer in found]
    batches = [arns[start : start + RESOURCES_PER_TAG_CALL] for start in range(0, len(arns), RESOURCES_PER_TAG_CALL)]
    calls = [
        *(ask("elbv2", "DescribeTags", ResourceArns=batch) for batch in batches),
        *(ask("elbv2", "DescribeLoadBalancerAttributes", LoadBalancerArn=arn) for arn in arns),
        *(ask("elbv2", "DescribeCapacityReservation", LoadBalancerArn=arn) for arn in arns),
    ]
    answers = yield from look.read(calls)
    described = [d for answer in answers[: len(batches)] if answer for d in answer["TagDescriptions"]]
    tags = {d["ResourceArn"]: tag_mapping(d.get("Tags")) for d in described}
    attributes, reserved = answers[len(batches) : len(batches) + len(arns)], answers[len(batches) + len(arns) :]
    details = zip(found, attributes, reserved, strict=True)
    return [balancer.with_details(tags.get(balancer.arn, {}), own, units) for balancer, own, units in details]
