"""A rule of a listener: an action for the requests that match its conditions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ..core.address import Address, AwsId, Ref
from ..core.call import Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext
from ..core.resource import CARRIED, IMMUTABLE, LEARNED, Resource, from_live, rebuilt
from .aws.action_transitions import NO_GROUPS, action_path, needs_group_stickiness, not_attachable
from .aws.actions import (
    Action,
    Forward,
    WeightedGroup,
    action_text,
    actions_from_aws,
    actions_to_aws,
    groups_of,
)
from .aws.conditions import Condition, condition_from_aws, condition_text, condition_to_aws
from .aws.elb_reader import read_elb
from .aws.foreign_children import foreign_rules
from .aws.leading_actions import (
    LeadingAction,
    fetched_secret,
    leading_text,
    retag_secret,
    secret_tags,
    with_live_secret,
)
from .aws.logins import logins, more_protected
from .aws.ownership import owner, owners_by_id, retag, tag_list, user_tags
from .aws.transforms import in_order
from .free_priorities import LOWEST
from .permissions.rule import PERMISSIONS
from .references import ListenerRef

GATE = "x-elbplan-gate"
"""A header that no client sends: a rule that asks for it attaches its groups without taking a request."""


class Rule(Resource):
    """A rule of an application load balancer's listener. Of the rules that match, the lowest priority number wins."""

    kind: ClassVar[str] = "rule"
    listener: Annotated[ListenerRef, IMMUTABLE]
    priority: Annotated[int, Field(ge=1, le=50000, description="of the rules that match, the lowest number wins")]
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]
    leading_actions: Annotated[
        tuple[LeadingAction, ...], CARRIED, LEARNED, Field(description="a login or a token check before the action")
    ] = ()
    action: Action
    transforms: Annotated[
        tuple[Mapping[str, Any], ...],
        CARRIED,
        LEARNED,
        Field(description="rewrites of host and URL, in AWS's form"),
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("conditions"), list | tuple):
            conditions = map(Condition.model_validate, data["conditions"])
            data = {**data, "conditions": tuple(sorted(conditions, key=lambda c: (c.field, c.name, c.values)))}
        if isinstance(data, Mapping) and isinstance(data.get("transforms"), list | tuple):
            data = {**data, "transforms": in_order(data["transforms"])}
        return data

    @property
    def protections(self) -> frozenset[str]:
        """The logins in front of the action, in AWS's words."""
        return logins(self.leading_actions)


UNSEEN = ("ListenerNotFound", "RuleNotFound", "TargetGroupNotFound")
"""Errors for a new resource that not every part of ELB knows yet."""


def read(scope: Scope) -> ReadProgram[Found[Rule]]:
    """The stacks' rules. The priorities of all other rules on the same listeners are in use."""
    state = yield from read_elb(scope)
    tags = {raw["RuleArn"]: state.tags.get(raw["RuleArn"], {}) for _, raw in state.rules}
    ours: dict[str, list[LiveResource[Rule]]] = {}
    for listener, raw in state.rules:
        own = tags[raw["RuleArn"]]
        if owned_by := owner(own, Rule.kind, scope.stacks):
            ours.setdefault(owned_by[0], []).append(_live(owned_by[1], listener["ListenerArn"], raw, own))
    names_in_use = {f"{listener['ListenerArn']}/{raw['Priority']}": raw["RuleArn"] for listener, raw in state.rules}
    return Found(ours, names_in_use, owners_by_id(tags), foreign_rules(scope, state))


def _live(address: Address, listener: str, raw: Mapping[str, Any], tags: Mapping[str, str]) -> LiveResource[Rule]:
    leading, action = actions_from_aws(raw.get("Actions") or (), tags)
    fields = {
        "tags": user_tags(tags),
        "listener": AwsId(listener),
        "priority": int(raw["Priority"]),
        "conditions": tuple(condition_from_aws(c) for c in raw.get("Conditions") or ()),
        "leading_actions": leading,
        "action": action,
        "transforms": tuple(raw.get("Transforms") or ()),
    }
    return LiveResource(address, raw["RuleArn"], from_live(Rule, fields))


def create(new: Rule, context: StepContext) -> WriteProgram:
    """CreateRule has no token, so elbplan never repeats it."""
    secret = yield from fetched_secret((), new.leading_actions)
    params = {
        "ListenerArn": context.id(new.listener),
        "Priority": new.priority,
        "Conditions": [condition_to_aws(condition) for condition in new.conditions],
        "Actions": actions_to_aws(new.leading_actions, new.action, context.id, secret),
        "Tags": tag_list(context.tags(new) | secret_tags(new.leading_actions)),
    }
    if new.transforms:
        params["Transforms"] = list(new.transforms)
    answer = yield Call("elbv2", "CreateRule", params, no_retry=True, retry_on=UNSEEN, timeout=60)
    return {"id": answer["Rules"][0]["RuleArn"]}


def update(before: Rule, after: Rule, context: StepContext) -> WriteProgram:
    """Conditions and actions change in one call. `reorder` changes the priorities of several rules before."""
    assert context.live is not None
    params: dict[str, Any] = {}
    if before.conditions != after.conditions:
        params["Conditions"] = [condition_to_aws(condition) for condition in after.conditions]
    if (before.leading_actions, before.action) != (after.leading_actions, after.action):
        secret = yield from fetched_secret(before.leading_actions, after.leading_actions)
        params["Actions"] = actions_to_aws(after.leading_actions, after.action, context.id, secret)
    if before.transforms != after.transforms:
        params |= {"Transforms": list(after.transforms)} if after.transforms else {"ResetTransforms": True}
    if params:
        yield Call("elbv2", "ModifyRule", {"RuleArn": context.live.id, **params}, retry_on=UNSEEN, timeout=60)
    if before.priority != after.priority:
        moves = [{"RuleArn": context.live.id, "Priority": after.priority}]
        yield Call("elbv2", "SetRulePriorities", {"RulePriorities": moves})
    yield from retag_secret(context.live.id, before.leading_actions, after.leading_actions)
    yield from retag("elbv2", context.live.id, before.tags, after.tags)
    return {}


def with_live_defaults(desired: Rule, live: Rule) -> Rule:
    """A login without `client_secret` keeps the secret that AWS has."""
    kept = with_live_secret(desired.leading_actions, live.leading_actions)
    return desired.model_copy(update={"leading_actions": kept}) if kept != desired.leading_actions else desired


def reorder(moves: Mapping[Address, int], context: StepContext) -> WriteProgram:
    """One call for all rules: AWS checks only the final priorities, so rules may exchange theirs."""
    priorities = [{"RuleArn": context.id(address), "Priority": priority} for address, priority in sorted(moves.items())]
    yield Call("elbv2", "SetRulePriorities", {"RulePriorities": priorities}, retry_on=UNSEEN, timeout=60)
    return {}


def delete(_: Rule, context: StepContext) -> WriteProgram:
    """Deletes the rule."""
    assert context.live is not None
    yield Call("elbv2", "DeleteRule", {"RuleArn": context.live.id}, done_if=("RuleNotFound",))
    return {}


def attach_only_rule(rule: Rule) -> Rule:
    """The rule with a header as its condition that no client sends. It attaches its groups, but takes no traffic."""
    token = hashlib.sha256(repr(rule.conditions).encode()).hexdigest()[:32]
    condition = Condition(field="http-header", name=GATE, values=(token,))
    return rebuilt(rule, conditions=(condition,))


def attaching_rule(
    listener: Ref, name: str, groups: Sequence[Ref], alone: AbstractSet[Ref] = NO_GROUPS
) -> tuple[Address, Rule]:
    """A temporary rule that attaches these groups and that no request matches. The caller sets a free priority."""
    sticky = 1 if needs_group_stickiness(groups, alone) else None
    action = Forward(groups=tuple(WeightedGroup(group=group) for group in groups), sticky=sticky)
    token = hashlib.sha256(f"{listener}{name}".encode()).hexdigest()[:32]
    no_client = Condition(field="http-header", name=GATE, values=(token,))
    rule = Rule(listener=listener, priority=LOWEST, conditions=(no_client,), action=action)
    return Address(Rule.kind, f"{name}-gate"), rule


def temporary_resource(
    address: Address, before: Rule, after: Rule, used: AbstractSet[Ref], alone: AbstractSet[Ref] = NO_GROUPS
) -> tuple[Address, Rule] | None:
    """Another rule that attaches the new groups, if the present action of this rule cannot hold them."""
    new = not_attachable(before.action, after.action, used, alone)
    return attaching_rule(after.listener, address.name, new, alone) if new else None


def create_path(new: Rule, used: AbstractSet[Ref]) -> Sequence[tuple[Phase, Rule]]:
    """A rule for an unused group first only attaches the group, so that elbplan can wait for healthy targets."""
    if set(groups_of(new.action)) <= used:
        return [("switch", new)]
    return [("expand", attach_only_rule(new)), ("switch", new)]


def update_path(
    before: Rule, after: Rule, used: AbstractSet[Ref], alone: AbstractSet[Ref] = NO_GROUPS
) -> Sequence[tuple[Phase, Rule]]:
    """Attaches new groups, switches, and detaches the old ones. A login is removed last."""
    steps: list[tuple[Phase, Rule]] = []
    kept = more_protected(before, after)
    for phase, action in action_path(before.action, after.action, used, alone):
        base = before if phase == "expand" else rebuilt(after, leading_actions=kept.leading_actions)
        steps.append((phase, rebuilt(base, tags=after.tags, action=action)))
    first = [step for step in steps if step[0] != "contract"]
    return [*first, ("contract", after)] if first[-1][1] != after else first


def summary(rule: Rule) -> str:
    """`10: path /api/*, forward to target_group.api`"""
    conditions = " and ".join(condition_text(condition) for condition in rule.conditions)
    actions = [*map(leading_text, rule.leading_actions), action_text(rule.action)]
    return f"{rule.priority}: {conditions}, {', '.join(actions)}"


KIND = Kind(
    model=Rule,
    read=read,
    create=create,
    update=update,
    delete=delete,
    reorder=reorder,
    create_path=create_path,
    temporary_resource=temporary_resource,
    update_path=update_path,
    with_live_defaults=with_live_defaults,
    summary=summary,
    permissions=PERMISSIONS,
)
