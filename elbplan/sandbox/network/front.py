"""What a load balancer answers to a request."""

from ..account import CallContext
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredGroup, StoredListener, StoredRule, StoredTarget
from ..traffic.request import VisitorRequest
from ..traffic.routing import rule_for, serving_targets, weights_of
from ..traffic.turns import next_turn
from . import redirects
from .headers import forwarded, with_response_headers
from .messages import VisitorReply, balancer_page
from .rewrites import rewritten
from .servers import target_reply
from .stickiness import GROUP_COOKIE, TARGET_COOKIE, group_seconds, remembered, target_seconds, with_cookie


def balancer_reply(context: CallContext, listener: StoredListener, request: VisitorRequest) -> VisitorReply:
    """Returns the answer of a listener. The caller holds the lock of the account."""
    found = rule_for(listener, request)
    for action in found.actions:
        reply = _by_action(context, listener, found, action, request)
        if reply is not None:
            return with_response_headers(listener, reply)
    raise AssertionError("the last action of a rule always answers")


def _by_action(
    context: CallContext, listener: StoredListener, found: StoredRule, action: Params, request: VisitorRequest
) -> VisitorReply | None:
    if action["Type"] == "redirect":
        return redirects.redirect(action["RedirectConfig"], listener, request)
    if action["Type"] == "fixed-response":
        return redirects.fixed_response(action["FixedResponseConfig"])
    if action["Type"] == "forward":
        return _forward(context, action, found.arn, forwarded(context, listener, rewritten(found.transforms, request)))
    config = next(value for key, value in action.items() if key.endswith("Config"))
    return redirects.login(action["Type"], config, context.region, request)


def _forward(context: CallContext, action: Params, rule_arn: str, request: VisitorRequest) -> VisitorReply:
    weights = weights_of(action)
    seconds = group_seconds(action)
    kept = remembered(GROUP_COOKIE, weights, request) if seconds else ""
    group = context.elb.groups[kept] if kept else next_group(context, rule_arn, weights)
    if group is None:
        return balancer_page(503)
    reply = _by_group(context, group, request)
    return with_cookie(reply, GROUP_COOKIE, group.arn, seconds) if seconds else reply


@rule(31)
def next_group(context: CallContext, rule_arn: str, weights: dict[str, int]) -> StoredGroup | None:
    """A target group by weight, whether it has targets or not; none if every weight is 0.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html ("each target group
    receives requests based on its weight")
    """
    if not weights:
        return None
    return context.elb.groups[next_turn(context.account, f"{rule_arn} {sorted(weights.items())}", weights)]


def _by_group(context: CallContext, group: StoredGroup, request: VisitorRequest) -> VisitorReply:
    seconds = target_seconds(group)
    target = next_target(context, group, request if seconds else None)
    if target is None:
        return balancer_page(503)
    reply = target_reply(context, group, target, request)
    return with_cookie(reply, TARGET_COOKIE, str(target.key), seconds) if seconds else reply


@rule(31)
def next_target(context: CallContext, group: StoredGroup, request: VisitorRequest | None) -> StoredTarget | None:
    """The targets in turn; none (503) if no target is registered, or all are unused.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html ("HTTP 503:
    Service unavailable"); round robin is the default of load_balancing.algorithm.type: API_TargetGroupAttribute.
    """
    targets = {str(target.key): target for target in serving_targets(context, group).targets}
    if not targets:
        return None
    kept = remembered(TARGET_COOKIE, targets, request) if request else ""
    return targets[kept or next_turn(context.account, group.arn, dict.fromkeys(targets, 1))]
