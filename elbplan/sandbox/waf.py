"""WAF: moto keeps the web ACLs; the associations with load balancers are kept here."""

from collections.abc import Callable
from typing import Any

from .account import CallContext
from .errors import AwsError
from .params import Params
from .rules import rule
from .server.call_log import LoggedCall
from .server.protocol import HttpReply, HttpRequest


def before(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    if call.action == "DeleteWebACL":
        check_unused(context, call.params)


@rule(30)
def corrected(reply: HttpReply) -> HttpReply:
    """moto misspells one code: https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html"""
    reply.body = reply.body.replace(b"WafV2DuplicateItem", b"WAFDuplicateItemException")
    return reply


def _associations(context: CallContext) -> dict[str, str]:
    """ARN of the web ACL, by ARN of the load balancer."""
    return context.account.memory("web acls")


def _web_acls(context: CallContext) -> list[Any]:
    return list(context.backend("wafv2").wacls.values())


@rule(30)
def associate_web_acl(context: CallContext, params: Params) -> Params:
    """Both must exist, and the resource must be an active application load balancer. A resource has one web ACL.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    (WAFNonexistentItemException, WAFInvalidParameterException, WAFUnavailableEntityException)
    """
    balancer = context.elb.balancers.get(params["ResourceArn"])
    if (
        balancer is None
        or ":global/" in params["WebACLArn"]
        or params["WebACLArn"] not in [acl.arn for acl in _web_acls(context)]
    ):
        raise AwsError(
            "WAFNonexistentItemException",
            "AWS WAF couldn't perform the operation because your resource doesn't exist.",
        )
    if balancer.type != "application":
        raise AwsError(
            "WAFInvalidParameterException",
            f"Error reason: The ARN isn't valid, field: RESOURCE_ARN, parameter: {balancer.arn}",
        )
    if balancer.state(context.now) != "active":
        raise AwsError(
            "WAFUnavailableEntityException",
            "AWS WAF couldn't retrieve the resource that you requested. Retry your request.",
        )
    _associations(context)[balancer.arn] = params["WebACLArn"]
    return {}


def disassociate_web_acl(context: CallContext, params: Params) -> Params:
    _associations(context).pop(params["ResourceArn"], None)
    return {}


def get_web_acl_for_resource(context: CallContext, params: Params) -> Params:
    arn = _associations(context).get(params["ResourceArn"])
    if params["ResourceArn"] not in context.elb.balancers:
        raise AwsError("WAFNonexistentItemException", "The resource doesn't exist.")
    if arn is None:
        return {}
    acl = next(acl for acl in _web_acls(context) if acl.arn == arn)
    config = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": acl.name}
    return {
        "WebACL": {
            "Name": acl.name,
            "Id": acl.id,
            "ARN": acl.arn,
            "DefaultAction": {"Allow": {}},
            "VisibilityConfig": config,
        }
    }


def list_resources_for_web_acl(context: CallContext, params: Params) -> Params:
    return {"ResourceArns": _resources(context, params["WebACLArn"])}


def _resources(context: CallContext, web_acl: str) -> list[str]:
    associations = _associations(context).items()
    return [balancer for balancer, acl in associations if acl == web_acl and balancer in context.elb.balancers]


@rule(30)
def check_unused(context: CallContext, params: Params) -> None:
    """A web ACL in use is not deleted: https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html
    (WAFAssociatedItemException)
    """
    arn = next((acl.arn for acl in _web_acls(context) if acl.id == params.get("Id")), "")
    if _resources(context, arn):
        raise AwsError(
            "WAFAssociatedItemException",
            "AWS WAF couldn't perform the operation because your resource is being used by another resource.",
        )


def add(context: CallContext, id: str, name: str) -> str:
    """Creates a web ACL that allows everything, with this ARN if there is one. Returns its ARN."""
    backend = context.backend("wafv2")
    config = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": name}
    acl = backend.create_web_acl(
        name=name, visibility_config=config, default_action={"Allow": {}}, scope="REGIONAL", description="", tags=[],
        rules=[], association_config=None, captcha_config=None, challenge_config=None, custom_response_bodies=None,
        token_domains=None,
    )  # fmt: skip
    if id:
        backend.wacls[id] = backend.wacls.pop(acl.arn)
        acl.arn, acl.id = id, id.rsplit("/", 1)[-1]
    return str(acl.arn)


ACTIONS: dict[str, Callable[[CallContext, Params], Params]] = {
    "AssociateWebACL": associate_web_acl,
    "DisassociateWebACL": disassociate_web_acl,
    "GetWebACLForResource": get_web_acl_for_resource,
    "ListResourcesForWebACL": list_resources_for_web_acl,
}
