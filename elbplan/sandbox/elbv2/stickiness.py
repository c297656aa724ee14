"""Target stickiness and group stickiness: a forward to several groups needs the second for the first.

InvalidConfigurationRequest: "You must enable group stickiness on a rule if you enabled target stickiness on one of its
target groups". No source says whether AWS has this rule for network load balancers too, so the simulator does not.
"""

from ..account import CallContext
from ..errors import misconfigured
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, StoredGroup, forwards_to

ENABLED = "stickiness.enabled"


@rule(22)
def check_forward(context: CallContext, balancer: StoredBalancer, action: Params) -> None:
    """A forward to several groups needs group stickiness if one of them has target stickiness, at any weight.

    The order of the two calls does not matter; API_CreateRule (InvalidConfigurationRequest);
    `check_group` has the source for the other order.
    """
    groups = [context.elb.groups[arn] for arn in forwards_to([action])]
    if _is_refused(balancer, action) and any(group.attributes.get(ENABLED) == "true" for group in groups):
        raise misconfigured(
            "You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups"
        )


@rule(22)
def check_group(context: CallContext, group: StoredGroup) -> None:
    """Target stickiness is refused while a forward without group stickiness has the group beside another.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2734
    """
    for stored, listener in context.elb.rules().values():
        balancer = context.elb.balancers[listener.balancer]
        for action in stored.actions:
            if group.arn in forwards_to([action]) and _is_refused(balancer, action):
                raise misconfigured(
                    f"This target group appears behind a rule with group stickiness disabled ({stored.arn}). "
                    "You must enable group stickiness before enabling target stickiness"
                )


def _is_refused(balancer: StoredBalancer, action: Params) -> bool:
    """True if no group of this forward can have target stickiness."""
    config = (action.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
    return balancer.type == "application" and len(forwards_to([action])) > 1 and not config.get("Enabled")
