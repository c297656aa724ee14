"""Listener rules."""

from collections.abc import Set as AbstractSet

from ..account import CallContext
from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, StoredListener, StoredRule
from . import actions, conditions, find, tags
from .find import new_id
from .listeners import attachments, require_application, rule_arn

LOWEST, HIGHEST = 1, 50_000


def create_rule(context: CallContext, params: Params) -> Params:
    listener = find.listener(context, params["ListenerArn"])
    balancer = require_application(context, listener)
    given_tags = tags.checked(params.get("Tags"))
    priority = checked_priority(params["Priority"])
    check_free(listener, {priority})
    check_quota(context, balancer)
    wanted = conditions.checked(context, params.get("Conditions") or [])
    done = actions.checked(context, balancer, listener.protocol, listener.port, params.get("Actions") or [])
    ends = listener.arn.split(":listener/")[1]
    made = StoredRule(
        rule_arn(context, ends, new_id(context, "rule", ends)),
        priority,
        wanted,
        done,
        transforms(params.get("Transforms") or []),
    )
    listener.rules[made.arn] = made
    context.elb.tags[made.arn] = given_tags
    attachments(context)
    return {"Rules": [description(made)]}


TRANSFORMS = {"host-header-rewrite": "HostHeaderRewriteConfig", "url-rewrite": "UrlRewriteConfig"}


@rule(22)
def transforms(wanted: list[Params]) -> list[Params]:
    """At most one of each type, with its configuration: API_CreateRule, API_RuleTransform."""
    types = [one.get("Type") for one in wanted]
    for one in wanted:
        if one.get("Type") not in TRANSFORMS or not (one.get(TRANSFORMS[one["Type"]]) or {}).get("Rewrites"):
            raise validation(f"A transform of type '{one.get('Type')}' is not valid")
    if len(set(types)) < len(types):
        raise validation("You can add one transform of each type")
    return wanted


@rule(22)
def _new_transforms(one: StoredRule, params: Params) -> list[Params]:
    """New ones take the place of all; they go by ResetTransforms only, and not both at once: API_ModifyRule."""
    if params.get("Transforms") and params.get("ResetTransforms"):
        raise validation("If you specify Transforms, you can't specify ResetTransforms")
    if params.get("ResetTransforms"):
        return []
    return transforms(params["Transforms"]) if params.get("Transforms") else one.transforms


@rule(19)
def checked_priority(priority: int) -> int:
    """1 to 50000: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"""
    if not LOWEST <= int(priority) <= HIGHEST:
        raise validation(f"Rule priority '{priority}' must be between '{LOWEST}' and '{HIGHEST}'")
    return int(priority)


@rule(19)
def check_free(listener: StoredListener, wanted: set[int], but: AbstractSet[str] = frozenset()) -> None:
    """No two rules of a listener share a priority: API_CreateRule, API_SetRulePriorities (PriorityInUse)."""
    taken = {one.priority for one in listener.rules.values() if one.arn not in but}
    if clash := taken & wanted:
        raise AwsError("PriorityInUse", f"Priority '{min(clash)}' is currently in use")


@rule(23)
def check_quota(context: CallContext, balancer: StoredBalancer) -> None:
    """100 on a load balancer, default rules not counted: API_CreateRule (TooManyRules)."""
    total = sum(len(one.rules) for one in context.elb.listeners_of(balancer.arn))
    if total >= context.account.quota("rules_per_lb"):
        raise AwsError("TooManyRules", "You've reached the limit on the number of rules per load balancer")


def description(one: StoredRule) -> Params:
    """Priority is a string, "default" for the default rule: API_Rule."""
    told: Params = {
        "RuleArn": one.arn,
        "Priority": "default" if one.default else str(one.priority),
        "Conditions": one.conditions,
        "Actions": one.actions,
        "IsDefault": one.default,
    }
    if one.transforms:
        told["Transforms"] = one.transforms
    return told


@rule(19)
def describe_rules(context: CallContext, params: Params) -> Params:
    """Sorted by priority, the default last: API_DescribeRules."""
    arns, of = params.get("RuleArns") or [], params.get("ListenerArn")
    if bool(arns) == bool(of):
        raise validation("You must specify either listener rule ARNs or a listener ARN")
    if of:
        found = find.listener(context, of).all_rules()
    else:
        found = [one for one, _ in find.all_of("listener-rule", context.elb.rules(), arns)]
    some, marker = find.page(context, params, found)
    return {"Rules": [description(one) for one in some], "NextMarker": marker}


def modify_rule(context: CallContext, params: Params) -> Params:
    one, listener = find.rule_of(context, params["RuleArn"])
    check_not_default(one, "modify")
    balancer = require_application(context, listener)
    given = params.get("Conditions")
    wanted = conditions.checked(context, given) if given else one.conditions
    if params.get("Actions"):
        one.actions = actions.checked(
            context, balancer, listener.protocol, listener.port, params["Actions"], one.actions
        )
    one.conditions = wanted
    one.transforms = _new_transforms(one, params)
    attachments(context)
    return {"Rules": [description(one)]}


@rule(20)
def check_not_default(one: StoredRule, what: str) -> None:
    """The default rule is changed by ModifyListener and goes with its listener: API_DeleteRule,
    API_ModifyRule.
    """
    if one.default:
        raise AwsError("OperationNotPermitted", f"Default rule '{one.arn}' cannot be {what.rstrip('e')}ed")


@rule(20)
def delete_rule(context: CallContext, params: Params) -> Params:
    """An unknown rule is RuleNotFound, the default rule stays: API_DeleteRule."""
    one, listener = find.rule_of(context, params["RuleArn"])
    check_not_default(one, "delete")
    del listener.rules[one.arn]
    context.elb.tags.pop(one.arn, None)
    attachments(context)
    return {}


@rule(19)
def set_rule_priorities(context: CallContext, params: Params) -> Params:
    """All at once, judged by how things stand afterwards: a swap is one call. API_SetRulePriorities."""
    pairs = params.get("RulePriorities") or []
    moves = {pair["RuleArn"]: checked_priority(pair["Priority"]) for pair in pairs}
    found = [find.rule_of(context, arn) for arn in moves]
    if len({listener.arn for _, listener in found}) > 1:
        raise validation("The rules must belong to one listener")
    if len(set(moves.values())) < len(pairs):
        raise validation("Rule priorities must be unique")
    for one, listener in found:
        check_not_default(one, "renumber")
        check_free(listener, {moves[one.arn]}, but=set(moves))
    for one, _ in found:
        one.priority = moves[one.arn]
    return {"Rules": [description(one) for one, _ in found]}
