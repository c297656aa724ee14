"""What ELB checks for each call.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
"""

from collections.abc import Iterator

from ..account import CallContext
from ..params import Params
from ..rules import rule
from ..server.call_log import LoggedCall
from .policies import Need
from .tag_keys import key_names, request_tags, resource_tags

PREFIX = "elasticloadbalancing"
TYPES = {"application": "app", "network": "net", "gateway": "gwy"}

ARN_OF = {
    **dict.fromkeys(
        ("ModifyLoadBalancerAttributes", "SetSecurityGroups", "SetSubnets", "SetIpAddressType", "DeleteLoadBalancer",
         "ModifyCapacityReservation", "ModifyIpPools", "SetWebACL"),
        "LoadBalancerArn",
    ),
    **dict.fromkeys(
        ("ModifyTargetGroup", "ModifyTargetGroupAttributes", "DeleteTargetGroup", "RegisterTargets",
         "DeregisterTargets"),
        "TargetGroupArn",
    ),
    **dict.fromkeys(
        ("ModifyListener", "ModifyListenerAttributes", "DeleteListener", "AddListenerCertificates",
         "RemoveListenerCertificates"),
        "ListenerArn",
    ),
    **dict.fromkeys(("ModifyRule", "DeleteRule"), "RuleArn"),
    **dict.fromkeys(
        ("ModifyTrustStore", "DeleteTrustStore", "AddTrustStoreRevocations", "RemoveTrustStoreRevocations"),
        "TrustStoreArn",
    ),
}  # fmt: skip
"""The parameter with the ARN of the resource that a call changes."""


def needs(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """The authorizations of a call of ELB. AWS limits no Describe call to resources."""
    action, params = call.action, call.params
    if action in CREATED:
        yield from _create(context, action, params)
    elif action in ("AddTags", "RemoveTags"):
        for arn in params.get("ResourceArns") or ():
            keys = request_tags(params.get("Tags")) if action == "AddTags" else key_names(params.get("TagKeys") or ())
            yield Need(f"{PREFIX}:{action}", arn, {**keys, **_tags(context, arn)})
    elif action == "SetRulePriorities":
        yield from _priorities(params)
    elif action in ARN_OF:
        arn = str(params.get(ARN_OF[action]) or "")
        yield Need(f"{PREFIX}:{action}", arn, _tags(context, arn))
    else:
        yield Need(f"{PREFIX}:{action}")


def _tags(context: CallContext, arn: str) -> dict[str, list[str]]:
    return resource_tags(context.elb.tags.get(arn), PREFIX)


@rule(39)
def _priorities(params: Params) -> Iterator[Need]:
    """The reference names no condition key for SetRulePriorities, so no tag can limit it.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
    """
    for pair in params.get("RulePriorities") or ():
        yield Need(f"{PREFIX}:SetRulePriorities", pair["RuleArn"])


CREATED = {
    "CreateLoadBalancer": lambda p: f"loadbalancer/{TYPES.get(p.get('Type') or 'application', 'app')}/{p['Name']}/*",
    "CreateTargetGroup": lambda p: f"targetgroup/{p['Name']}/*",
    "CreateListener": lambda p: f"listener/{p['LoadBalancerArn'].split(':loadbalancer/')[-1]}/*",
    "CreateTrustStore": lambda p: f"truststore/{p['Name']}/*",
    "CreateRule": lambda p: f"listener-rule/{p['ListenerArn'].split(':listener/')[-1]}/*",
}
"""What a create call makes, as the end of an ARN."""

PARENT = {"CreateListener": "LoadBalancerArn", "CreateRule": "ListenerArn"}


@rule(39)
def _create(context: CallContext, action: str, params: Params) -> Iterator[Need]:
    """A create call with tags also needs AddTags, with the key CreateAction. A listener and a rule are checked on their
    parents. The first load balancer of an account also needs iam:CreateServiceLinkedRole.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html
    """
    tags = request_tags(params.get("Tags"))
    made = context.arn(PREFIX, CREATED[action](params))
    parent = params.get(PARENT.get(action, ""))
    yield Need(f"{PREFIX}:{action}", parent or made, {**tags, **(_tags(context, parent) if parent else {})})
    if tags:
        yield Need(f"{PREFIX}:AddTags", made, {**tags, f"{PREFIX}:CreateAction": [action]})
    if action == "CreateLoadBalancer" and not context.account.balancers():
        roles = context.account.memory("service roles")
        if "elb" not in roles:
            yield _service_role(context)


def _service_role(context: CallContext) -> Need:
    service = "elasticloadbalancing.amazonaws.com"
    partition = context.arn("iam", "").split(":")[1]
    role = f"role/aws-service-role/{service}/AWSServiceRoleForElasticLoadBalancing"
    arn = f"arn:{partition}:iam::{context.account_id}:{role}"
    return Need("iam:CreateServiceLinkedRole", arn, {"iam:AWSServiceName": [service]})
