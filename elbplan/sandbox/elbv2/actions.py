"""Actions of listeners and rules: their order, their checks, and the form in which AWS returns them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
"""

import copy
import re

from ..account import CallContext
from ..errors import AwsError, misconfigured, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, StoredGroup, forwards_to
from . import find, logins, stickiness

FINAL = ("forward", "redirect", "fixed-response")
FIRST = ("authenticate-oidc", "authenticate-cognito", "jwt-validation")
CONFIG = {
    "redirect": "RedirectConfig",
    "fixed-response": "FixedResponseConfig",
    "authenticate-oidc": "AuthenticateOidcConfig",
    "authenticate-cognito": "AuthenticateCognitoConfig",
    "jwt-validation": "JwtValidationConfig",
}
CONTENT_TYPES = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
FITS = {
    "HTTP": ("HTTP", "HTTPS"),
    "HTTPS": ("HTTP", "HTTPS"),
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
    "QUIC": ("QUIC", "TCP_QUIC"),
    "TCP_QUIC": ("TCP_QUIC",),
    "GENEVE": ("GENEVE",),
}
REDIRECT_DEFAULTS = {
    "Protocol": "#{protocol}",
    "Port": "#{port}",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
}


def checked(
    context: CallContext,
    balancer: StoredBalancer,
    protocol: str,
    port: int,
    actions: list[Params],
    before: list[Params] | None = None,
) -> list[Params]:
    """Returns the actions in the form in which AWS keeps them. `before` are the actions before a modification."""
    actions = copy.deepcopy(actions)
    _check_order(actions)
    for action in actions:
        kind = action["Type"]
        if kind in CONFIG and not action.get(CONFIG[kind]):
            raise AwsError(
                "InvalidLoadBalancerAction",
                f"A {CONFIG[kind]} must be specified with an action of type '{kind}'",
            )
        check_type(balancer, protocol, kind)
        if kind == "forward":
            check_gateway_forward(balancer, action)
            _check_forward(context, balancer, protocol, action)
        elif kind == "redirect":
            _check_redirect(protocol, port, action["RedirectConfig"])
        elif kind == "fixed-response":
            _check_fixed_response(action["FixedResponseConfig"])
        elif kind in FIRST:
            logins.checked(kind, action[CONFIG[kind]], before or [])
    return [normalized(action, number if len(actions) > 1 else None) for number, action in enumerate(actions, 1)]


@rule(22)
def _check_order(actions: list[Params]) -> None:
    """Exactly one final action, which is last; several actions need an Order: API_CreateRule."""
    if not actions:
        raise validation("At least one action must be specified")
    for action in actions:
        if action.get("Type") not in FINAL + FIRST:
            raise validation(f"Action type '{action.get('Type')}' must be one of '{','.join(FINAL + FIRST)}'")
    if sum(action["Type"] in FIRST for action in actions) > 1:
        raise AwsError("InvalidLoadBalancerAction", "You can specify only one authentication action per rule")
    if len(actions) > 1:
        if any("Order" not in action for action in actions):
            raise validation("An action order must be specified when there is more than one action")
        actions.sort(key=lambda action: int(action["Order"]))
    if [action["Type"] in FINAL for action in actions] != [False] * (len(actions) - 1) + [True]:
        raise validation("Actions must contain exactly one of forward, redirect, fixed-response, and it must come last")


@rule(22)
def check_type(balancer: StoredBalancer, protocol: str, kind: str) -> None:
    """Only application load balancers redirect, answer and authenticate (on HTTPS only): API_Action."""
    if balancer.type != "application" and kind != "forward":
        raise AwsError(
            "InvalidLoadBalancerAction",
            f"The action type '{kind}' is not valid with {balancer.type} load balancers",
        )
    if kind in FIRST and protocol != "HTTPS":
        raise AwsError("InvalidLoadBalancerAction", f"The action type '{kind}' is only supported on HTTPS listeners")


@rule(22)
def check_gateway_forward(balancer: StoredBalancer, action: Params) -> None:
    """A gateway load balancer forwards to one group, without weight and stickiness.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/update-target-group.html has one group only.
    Network load balancers refused weights until 2025-11:
    https://github.com/hashicorp/terraform-provider-aws/issues/20163. No page says that gateways accept them.
    """
    if balancer.type == "gateway" and action.get("ForwardConfig"):
        raise AwsError(
            "InvalidLoadBalancerAction",
            "You cannot specify a forward configuration for the listeners of a gateway load balancer",
        )


def _check_forward(context: CallContext, balancer: StoredBalancer, protocol: str, action: Params) -> None:
    config = action.get("ForwardConfig") or {}
    pairs = config.get("TargetGroups") or []
    single = action.get("TargetGroupArn")
    if not pairs and not single:
        raise validation("A target group ARN must be specified")
    if pairs and single and [pair["TargetGroupArn"] for pair in pairs] != [single]:
        raise validation(
            "You cannot specify both a target group ARN and a forward configuration that name different target groups"
        )
    arns = forwards_to([action])
    if len(arns) > context.account.quota("groups_per_action"):
        raise validation("A forward action can have at most 5 target groups")
    if any(not 0 <= int(pair.get("Weight", 1)) <= 999 for pair in pairs):
        raise validation("Target group weights must be between 0 and 999")
    sticky = config.get("TargetGroupStickinessConfig") or {}
    _check_sticky_type(balancer, sticky)
    if sticky.get("Enabled") and not 1 <= int(sticky.get("DurationSeconds", 0)) <= 604800:
        raise validation("Target group stickiness duration must be between 1 and 604800 seconds")
    for arn in arns:
        group = _group(context, arn)
        check_compatible(balancer, protocol, group)
        check_single_balancer(context, balancer, group)
    stickiness.check_forward(context, balancer, action)
    check_group_quota(context, balancer, arns)


@rule(22)
def _check_sticky_type(balancer: StoredBalancer, sticky: Params) -> None:
    """Stickiness between groups needs a duration, which only application load balancers have.

    API_TargetGroupStickinessConfig ("[Application Load Balancers] The time period"; "You must specify this value when
    enabling target group stickiness").
    """
    if sticky.get("Enabled") and balancer.type != "application":
        words = f"Target group stickiness is not supported for {balancer.type} load balancers"
        raise AwsError("InvalidLoadBalancerAction", words)


def _group(context: CallContext, arn: str) -> StoredGroup:
    if arn not in context.elb.groups:
        raise AwsError("TargetGroupNotFound", f"Target groups '{arn}' not found")
    return find.group(context, arn)


@rule(22)
def check_compatible(balancer: StoredBalancer, protocol: str, group: StoredGroup) -> None:
    """The protocols of listener and group must be compatible: API_CreateListener (IncompatibleProtocols).

    HTTP/2 and gRPC groups need an HTTPS listener:
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4497
    A group of functions needs an application load balancer:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
    """
    if group.fields["TargetType"] == "lambda":
        if balancer.type != "application":
            raise misconfigured("Target groups with target type 'lambda' need an application load balancer")
        return
    if group.fields.get("Protocol") not in FITS[protocol]:
        raise AwsError(
            "IncompatibleProtocols",
            f"Listener protocol '{protocol}' is not supported with a target group with the protocol "
            f"'{group.fields.get('Protocol')}'",
        )
    version = group.fields.get("ProtocolVersion")
    if version in ("HTTP2", "GRPC") and protocol != "HTTPS":
        raise AwsError(
            "InvalidLoadBalancerAction",
            f"Listener protocol '{protocol}' is not supported with a target group with the protocol-version "
            f"'{version}'",
        )
    if group.fields["VpcId"] != balancer.vpc:
        raise misconfigured(f"The target group '{group.arn}' is not in the VPC of the load balancer")


@rule(17)
def check_single_balancer(context: CallContext, balancer: StoredBalancer, group: StoredGroup) -> None:
    """A target group belongs to one load balancer, for some seconds also after that one has left it.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
    (TargetGroupAssociationLimit).
    """
    using = set(context.elb.balancers_using(group.arn))
    lag = context.timing.in_use_lag
    if lag and group.last_balancer and not using and context.now <= group.detached + lag:
        using = {group.last_balancer}
    if using - {balancer.arn}:
        raise AwsError(
            "TargetGroupAssociationLimit",
            f"The following target groups cannot be associated with more than one load balancer: {group.arn}",
        )


@rule(23)
def check_group_quota(context: CallContext, balancer: StoredBalancer, more: list[str]) -> None:
    """100 target groups on a balancer: API_CreateRule (TooManyUniqueTargetGroupsPerLoadBalancer)."""
    used = {arn for arn, using in context.elb.usage().items() if balancer.arn in using}
    if len(used | set(more)) > context.account.quota("groups_per_lb"):
        raise AwsError(
            "TooManyUniqueTargetGroupsPerLoadBalancer",
            "You've reached the limit on the number of unique target groups per load balancer",
        )


@rule(22)
def _check_redirect(protocol: str, port: int, config: Params) -> None:
    """No redirect to itself or from HTTPS to HTTP: API_RedirectActionConfig; InvalidLoadBalancerAction in the wild."""
    if config.get("StatusCode") not in ("HTTP_301", "HTTP_302"):
        raise validation("A redirect status code must be one of 'HTTP_301', 'HTTP_302'")
    full_config = {**REDIRECT_DEFAULTS, **{key: value for key, value in config.items() if value is not None}}
    to_protocol = full_config["Protocol"].replace("#{protocol}", protocol)
    to_port = str(full_config["Port"]).replace("#{port}", str(port))
    if to_protocol not in ("HTTP", "HTTPS"):
        raise validation(f"Redirect protocol '{to_protocol}' must be HTTP, HTTPS or #{{protocol}}")
    if protocol == "HTTPS" and to_protocol == "HTTP":
        raise AwsError("InvalidLoadBalancerAction", "You cannot redirect HTTPS to HTTP")
    same = (full_config["Host"], full_config["Path"], full_config["Query"]) == (
        "#{host}",
        "/#{path}",
        "#{query}",
    )
    if same and to_protocol == protocol and to_port == str(port):
        raise AwsError("InvalidLoadBalancerAction", "The redirect configuration creates a loop")


@rule(21)
def _check_fixed_response(config: Params) -> None:
    """2XX, 4XX or 5XX, 1024 bytes, one of five content types: API_FixedResponseActionConfig."""
    if not re.fullmatch(r"[245]\d\d", config.get("StatusCode") or ""):
        raise validation(f"Fixed-response status code '{config.get('StatusCode')}' must be 2XX, 4XX or 5XX")
    if config.get("ContentType") and config["ContentType"] not in CONTENT_TYPES:
        raise AwsError("InvalidLoadBalancerAction", f"The ContentType must be one of: {', '.join(CONTENT_TYPES)}")
    if len(config.get("MessageBody") or "") > 1024:
        raise validation("The fixed-response message body can be at most 1024 bytes")


@rule(24)
def normalized(action: Params, order: int | None) -> Params:
    """The form of AWS's answers: TargetGroupArn and ForwardConfig, all defaults of redirects, and Order if several.

    API_Action; aws-load-balancer-controller normalises exactly these before it compares (pkg/equality/elbv2).
    """
    answer = copy.deepcopy(action)
    if order is not None:
        answer["Order"] = order
    if answer["Type"] == "redirect" and answer.get("RedirectConfig"):
        given = {key: value for key, value in answer["RedirectConfig"].items() if value is not None}
        answer["RedirectConfig"] = {**REDIRECT_DEFAULTS, **given}
    if answer["Type"] == "forward":
        config = answer.get("ForwardConfig") or {}
        pairs = config.get("TargetGroups") or [{"TargetGroupArn": answer.get("TargetGroupArn", "")}]
        config["TargetGroups"] = [{"Weight": 1, **pair} for pair in pairs]
        config["TargetGroupStickinessConfig"] = {
            "Enabled": False,
            **(config.get("TargetGroupStickinessConfig") or {}),
        }
        answer["ForwardConfig"] = config
        if len(pairs) == 1:
            answer["TargetGroupArn"] = pairs[0]["TargetGroupArn"]
    return answer
