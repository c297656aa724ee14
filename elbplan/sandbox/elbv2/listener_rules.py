"""Listener rules."""

from collections.abc import Set as AbstractSet

from ..account import CallContext
from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, StoredListener, StoredRule
from . import actions, conditions, find, tags
from .find import new_id
from .listeners import note_attachments, require_application, rule_arn
from .regular_expressions import check_expression

LOWEST, HIGHEST = 1, 50_000


def create_rule(context: CallContext, params: Params) -> Params:
    listener = find.listener(context, params["ListenerArn"])
    balancer = require_application(context, listener)
    given_tags = tags.checked(params.get("Tags"))
    priority = checked_priority(params["Priority"])
    check_free(listener, {priority})
    check_quota(context, balancer)
    rule_conditions = conditions.checked(context, params.get("Conditions") or [])
    rule_actions = actions.checked(context, balancer, listener.protocol, listener.port, params.get("Actions") or [])
    suffix = listener.arn.split(":listener/")[1]
    listener_rule = StoredRule(
        rule_arn(context, suffix, new_id(context, "rule", suffix)),
        priority,
        rule_conditions,
        rule_actions,
        checked_transforms(params.get("Transforms") or []),
    )
    listener.rules[listener_rule.arn] = listener_rule
    context.elb.tags[listener_rule.arn] = given_tags
    note_attachments(context)
    return {"Rules": [description(listener_rule)]}


TRANSFORMS = {"host-header-rewrite": "HostHeaderRewriteConfig", "url-rewrite": "UrlRewriteConfig"}


@rule(22)
def checked_transforms(transforms: list[Params]) -> list[Params]:
    """At most one of each type, with its configuration; texts of 1,024: API_CreateRule, API_RewriteConfig."""
    types = [transform.get("Type") for transform in transforms]
    for kind, transform in zip(types, transforms, strict=True):
        if kind not in TRANSFORMS or not (transform.get(TRANSFORMS[kind]) or {}).get("Rewrites"):
            raise validation(f"A transform of type '{kind}' is not valid")
        for rewrite in transform[TRANSFORMS[kind]]["Rewrites"]:
            check_expression(rewrite["Regex"], 1024)
            if len(rewrite["Replace"]) > 1024:
                raise validation("The replacement of a rewrite can have at most '1024' characters")
    if len(set(types)) < len(types):
        raise validation("You can add one transform of each type")
    return transforms


@rule(22)
def _new_transforms(listener_rule: StoredRule, params: Params) -> list[Params]:
    """New transforms replace all; only ResetTransforms removes them, and not together with new ones: API_ModifyRule."""
    if params.get("Transforms") and params.get("ResetTransforms"):
        raise validation("If you specify Transforms, you can't specify ResetTransforms")
    if params.get("ResetTransforms"):
        return []
    return checked_transforms(params["Transforms"]) if params.get("Transforms") else listener_rule.transforms


@rule(19)
def checked_priority(priority: int) -> int:
    """1 to 50000: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html"""
    if not LOWEST <= int(priority) <= HIGHEST:
        raise validation(f"Rule priority '{priority}' must be between '{LOWEST}' and '{HIGHEST}'")
    return int(priority)


@rule(19)
def check_free(listener: StoredListener, wanted: set[int], except_for: AbstractSet[str] = frozenset()) -> None:
    """No two rules of a listener share a priority: API_CreateRule, API_SetRulePriorities (PriorityInUse)."""
    others = [other for other in listener.rules.values() if other.arn not in except_for]
    if clash := {other.priority for other in others} & wanted:
        raise AwsError("PriorityInUse", f"Priority '{min(clash)}' is currently in use")


@rule(23)
def check_quota(context: CallContext, balancer: StoredBalancer) -> None:
    """100 on a load balancer, default rules not counted: API_CreateRule (TooManyRules)."""
    total = sum(len(listener.rules) for listener in context.elb.listeners_of(balancer.arn))
    if total >= context.account.quota("rules_per_lb"):
        raise AwsError("TooManyRules", "You've reached the limit on the number of rules per load balancer")


def description(listener_rule: StoredRule) -> Params:
    """Priority is a string, "default" for the default rule: API_Rule."""
    answer: Params = {
        "RuleArn": listener_rule.arn,
        "Priority": "default" if listener_rule.default else str(listener_rule.priority),
        "Conditions": listener_rule.conditions,
        "Actions": listener_rule.actions,
        "IsDefault": listener_rule.default,
    }
    if listener_rule.transforms:
        answer["Transforms"] = listener_rule.transforms
    return answer


@rule(19)
def describe_rules(context: CallContext, params: Params) -> Params:
    """Sorted by priority, the default last: API_DescribeRules."""
    arns, listener = params.get("RuleArns") or [], params.get("ListenerArn")
    if bool(arns) == bool(listener):
        raise validation("You must specify either listener rule ARNs or a listener ARN")
    if listener:
        rules = find.listener(context, listener).all_rules()
    else:
        rules = [pair[0] for pair in find.all_of("listener-rule", context.elb.rules(), arns)]
    page, marker = find.page(context, params, rules)
    return {"Rules": [description(listed) for listed in page], "NextMarker": marker}


def modify_rule(context: CallContext, params: Params) -> Params:
    listener_rule, listener = find.rule_of(context, params["RuleArn"])
    check_not_default(listener_rule, "modified")
    balancer = require_application(context, listener)
    new_conditions = params.get("Conditions")
    checked_conditions = conditions.checked(context, new_conditions) if new_conditions else listener_rule.conditions
    if params.get("Actions"):
        listener_rule.actions = actions.checked(
            context, balancer, listener.protocol, listener.port, params["Actions"], listener_rule.actions
        )
    listener_rule.conditions = checked_conditions
    listener_rule.transforms = _new_transforms(listener_rule, params)
    note_attachments(context)
    return {"Rules": [description(listener_rule)]}


@rule(20)
def check_not_default(listener_rule: StoredRule, change: str) -> None:
    """ModifyListener changes the default rule; it is deleted with its listener: API_DeleteRule, API_ModifyRule."""
    if listener_rule.default:
        raise AwsError("OperationNotPermitted", f"Default rule '{listener_rule.arn}' cannot be {change}")


@rule(20)
def delete_rule(context: CallContext, params: Params) -> Params:
    """An unknown rule is RuleNotFound; the default rule cannot be deleted: API_DeleteRule."""
    listener_rule, listener = find.rule_of(context, params["RuleArn"])
    check_not_default(listener_rule, "deleted")
    del listener.rules[listener_rule.arn]
    context.elb.tags.pop(listener_rule.arn, None)
    note_attachments(context)
    return {}


@rule(19)
def set_rule_priorities(context: CallContext, params: Params) -> Params:
    """All priorities change at once, and only the result must be valid: one call can swap. API_SetRulePriorities."""
    pairs = params.get("RulePriorities") or []
    moves = {pair["RuleArn"]: checked_priority(pair["Priority"]) for pair in pairs}
    rules_and_listeners = [find.rule_of(context, arn) for arn in moves]
    if len({listener.arn for _, listener in rules_and_listeners}) > 1:
        raise validation("The rules must belong to one listener")
    if len(set(moves.values())) < len(pairs):
        raise validation("Rule priorities must be unique")
    for listener_rule, listener in rules_and_listeners:
        check_not_default(listener_rule, "renumbered")
        check_free(listener, {moves[listener_rule.arn]}, except_for=set(moves))
    for listener_rule, _ in rules_and_listeners:
        listener_rule.priority = moves[listener_rule.arn]
    return {"Rules": [description(listener_rule) for listener_rule, _ in rules_and_listeners]}
