"""What a load balancer answers to a request."""

from ..account import CallContext
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredGroup, StoredListener, StoredRule, StoredTarget
from ..traffic.request import VisitorRequest
from ..traffic.rewrites import TransformFailed, rewritten
from ..traffic.routing import rule_for, serving_targets, weights_of
from ..traffic.turns import next_turn
from . import redirects
from .headers import forwarded, with_response_headers
from .messages import VisitorReply, balancer_page
from .servers import target_reply
from .stickiness import GROUP_COOKIE, TARGET_COOKIE, Session, group_seconds, remembered, target_seconds, with_cookie


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
        try:
            request = rewritten(found.transforms, request)
        except TransformFailed:
            return balancer_page(500)
        return _forward(context, action, found.arn, forwarded(context, listener, request))
    config = next(value for key, value in action.items() if key.endswith("Config"))
    return redirects.login(action["Type"], config, context.region, request)


def _forward(context: CallContext, action: Params, rule_arn: str, request: VisitorRequest) -> VisitorReply:
    weights = weights_of(action)
    session = Session(GROUP_COOKIE, group_seconds(action), context.now)
    kept = remembered(session, weights, request) if session.seconds else ""
    group = context.elb.groups[kept] if kept else next_group(context, rule_arn, weights)
    if group is None:
        return balancer_page(503)
    reply = _by_group(context, group, request)
    return with_cookie(reply, session, group.arn) if session.seconds else reply


@rule(31)
def next_group(context: CallContext, rule_arn: str, weights: dict[str, int]) -> StoredGroup | None:
    """A target group by weight, whether it has targets or not; none if every weight is 0.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#forward-actions
    ("Requests that match a listener rule with weighted target groups are distributed to these target groups based on
    their weights"; if "one of the target groups is empty or has only unhealthy targets, the load balancer does not
    automatically fail over to a target group with healthy targets"). No page says what a rule without any weight
    answers. Here it is 503.
    """
    if not weights:
        return None
    return context.elb.groups[next_turn(context.account, f"{rule_arn} {sorted(weights.items())}", weights)]


def _by_group(context: CallContext, group: StoredGroup, request: VisitorRequest) -> VisitorReply:
    session = Session(TARGET_COOKIE, target_seconds(group), context.now)
    target = next_target(context, group, session, request)
    if target is None:
        return balancer_page(503)
    reply = target_reply(context, group, target, request)
    return with_cookie(reply, session, str(target.key)) if session.seconds else reply


@rule(31)
def next_target(
    context: CallContext, group: StoredGroup, session: Session | None = None, request: VisitorRequest | None = None
) -> StoredTarget | None:
    """The targets in turn; none (503) if no target is registered, or all are unused.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html ("The target
    groups for the load balancer have no registered targets, or all of the registered targets are in an unused state").
    Round robin is the default of load_balancing.algorithm.type: API_TargetGroupAttribute. Other algorithms are not
    simulated.
    """
    targets = {str(target.key): target for target in serving_targets(context, group).targets}
    if not targets:
        return None
    kept = remembered(session, targets, request) if session and session.seconds and request else ""
    return targets[kept or next_turn(context.account, group.arn, dict.fromkeys(targets, 1))]
