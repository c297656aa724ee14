"""What users notice of a run that did not finish. The sentence is true of what was done, not of what was planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.address import Address, Ref
from ..core.kind import LiveResource
from ..core.plan import Plan, Step
from ..kinds.elastic_ip import ElasticIp
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.security_group import SecurityGroup
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..kinds.traffic import attach_only, attached_groups
from ..run.outcome import Outcome
from .step_words import resources_text

Lives = Mapping[Address, LiveResource[Any]]
IN_PLACE = (LoadBalancer, ElasticIp)
"""Kinds whose updates and deletes users may notice at once."""


def user_effect(plan: Plan, outcome: Outcome) -> str:
    """Returns what users notice: `Users see no change: the old targets serve.`"""
    done = [step for step in outcome.done if is_visible(step, plan.lives)]
    unsure = [event.step for event in outcome.failed if is_visible(event.step, plan.lives)]
    left = [step for step in outcome.skipped if is_visible(step, plan.lives)]
    if not done:
        return f"Users may see part of {resources_text(unsure)}." if unsure else _nothing_seen(plan)
    if not unsure and not any(step.phase != "contract" for step in left):
        return "Users see the change; only clean-up is left." if _serves(plan.lives) else _new_name(done)
    return f"Users see a part of the change: {resources_text([*done, *unsure])}."


def _nothing_seen(plan: Plan) -> str:
    if plan.replaced:
        return "Users see no change: the name still leads to the old address."
    if not _serves(plan.lives):
        return "Nobody uses it yet: the stack is new."
    replaced = {change.address.kind for change in plan.changes if change.action == "replace"}
    for kind, title in ((LoadBalancer.kind, "load balancer serves"), (TargetGroup.kind, "targets serve")):
        if kind in replaced:
            return f"Users see no change: the old {title}."
    return "Users see no change: what served before still serves."


def _new_name(done: list[Step]) -> str:
    names = [step.after.name for step in done if isinstance(step.after, Record)]
    return f"{names[0]} already leads to the load balancer." if names else "The load balancer already answers."


def _serves(lives: Lives) -> bool:
    return any(isinstance(live.model, Listener) for live in lives.values())


def is_visible(step: Step, lives: Lives) -> bool:
    """True if users may notice a step. A route that only attaches a group, and the old side of a change, serve nobody.

    A plan deletes the old side of a replacement only when no request goes there.
    """
    resource = step.after or step.before
    if step.do in ("wait", "moved", "adopt", "release") or step.address.deposed or step.phase == "protect":
        return False
    if isinstance(resource, Listener | Rule):
        return _is_route_visible(step, resource, lives)
    if isinstance(resource, Targets):
        return resource.group in _serving_groups(lives)
    if isinstance(resource, Record) or step.do == "reorder":
        return True
    if isinstance(resource, TargetGroup):
        return step.do == "update" and step.address in _serving_groups(lives)
    if isinstance(resource, SecurityGroup):  # it first gets the new rules, which close nothing
        return step.phase == "contract"
    return isinstance(resource, IN_PLACE) and step.do != "create"


def _is_route_visible(step: Step, route: Listener | Rule, lives: Lives) -> bool:
    if step.do == "create":
        parent = route.load_balancer if isinstance(route, Listener) else route.listener
        return parent in lives and not attach_only(route)
    return step.do == "delete" or step.phase == "switch"


def _serving_groups(lives: Lives) -> set[Ref]:
    """The groups that live routes use."""
    return {group for live in lives.values() for group in attached_groups(live.model)}
