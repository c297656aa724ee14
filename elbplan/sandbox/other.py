"""WAF, Parameter Store and Service Quotas: moto's or ours, each with AWS's refusals."""

from typing import Any

from .account import Account, CallContext
from .errors import AwsError
from .params import Params
from .rules import rule
from .server.call_log import LoggedCall
from .server.moto_bridge import backend
from .server.protocol import HttpReply, HttpRequest

MOST_VALUE = 4096


def before(site: CallContext, call: LoggedCall, _incoming: HttpRequest) -> HttpRequest | HttpReply | None:
    if call.service == "ssm" and call.action == "PutParameter":
        put_parameter(site, call.params)
    if call.service == "wafv2" and call.action == "DeleteWebACL":
        acl_unused(site, call.params)
    return None


def after(_site: CallContext, _call: LoggedCall, reply: HttpReply) -> HttpReply:
    return reply


@rule(30)
def corrected(reply: HttpReply) -> HttpReply:
    """moto misspells one code: https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html"""
    reply.body = reply.body.replace(b"WafV2DuplicateItem", b"WAFDuplicateItemException")
    return reply


@rule(30)
def begin_update(world: Account, call: LoggedCall) -> AwsError | None:
    """A parameter takes one update at a time; a second that arrives meanwhile is refused (TooManyUpdates).

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html: "There are concurrent
    updates for a resource that supports one update at a time"; seen in hashicorp/terraform-provider-aws#1082.
    """
    if (call.service, call.action) != ("ssm", "PutParameter"):
        return None
    place = (call.region, call.params.get("Name"))
    if place in world.note("parameter updates"):
        call.outcome = "TooManyUpdates"
        return AwsError("TooManyUpdates", "")
    world.note("parameter updates")[place] = call.number
    return None


def end_update(world: Account, call: LoggedCall) -> None:
    """This update is over; one that was refused had not begun."""
    place = (call.region, call.params.get("Name"))
    if world.note("parameter updates").get(place) == call.number:
        del world.note("parameter updates")[place]


@rule(30)
def put_parameter(site: CallContext, params: Params) -> None:
    """A standard value has at most 4 KB, and a parameter keeps its type.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    (ValidationException, HierarchyTypeMismatchException)
    """
    value, name = params.get("Value") or "", params["Name"]
    if len(value.encode()) > MOST_VALUE and params.get("Tier", "Standard") == "Standard":
        raise AwsError(
            "ValidationException",
            "Standard tier parameters support a maximum parameter value of 4096 characters.",
        )
    before = backend("ssm", site.account, site.region).get_parameters([name]).get(name)
    if before is not None and params.get("Overwrite") and params.get("Type") not in (None, before.parameter_type):
        raise AwsError("HierarchyTypeMismatchException", f"The parameter {name} has the type {before.parameter_type}")


def _acls(site: CallContext) -> dict[str, str]:
    """Which web ACL each load balancer has."""
    return site.world.note("web acls")


def _acl_known(site: CallContext, arn: str) -> bool:
    waf = backend("wafv2", site.account, site.region)
    return any(one.arn == arn for one in waf.wacls.values())


@rule(30)
def associate_web_acl(site: CallContext, params: Params) -> Params:
    """Both must exist, the resource be an application load balancer, the ACL not brand new; one ACL per
    resource.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    (WAFNonexistentItemException, WAFInvalidParameterException, WAFUnavailableEntityException)
    """
    balancer = site.elb.balancers.get(params["ResourceArn"])
    if balancer is None or not _acl_known(site, params["WebACLArn"]):
        raise AwsError(
            "WAFNonexistentItemException",
            "AWS WAF couldn't perform the operation because your resource doesn't exist.",
        )
    if balancer.type != "application":
        raise AwsError(
            "WAFInvalidParameterException",
            f"Error reason: The ARN isn't valid, field: RESOURCE_ARN, parameter: {balancer.arn}",
        )
    if balancer.state(site.now) != "active":
        raise AwsError(
            "WAFUnavailableEntityException",
            "AWS WAF couldn't retrieve the resource that you requested. Retry your request.",
        )
    _acls(site)[balancer.arn] = params["WebACLArn"]
    return {}


def disassociate_web_acl(site: CallContext, params: Params) -> Params:
    _acls(site).pop(params["ResourceArn"], None)
    return {}


def get_web_acl_for_resource(site: CallContext, params: Params) -> Params:
    balancer, acl = params["ResourceArn"], _acls(site).get(params["ResourceArn"])
    if balancer not in site.elb.balancers:
        raise AwsError("WAFNonexistentItemException", "The resource doesn't exist.")
    if acl is None:
        return {}
    one = next(each for each in backend("wafv2", site.account, site.region).wacls.values() if each.arn == acl)
    config = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": one.name}
    return {
        "WebACL": {
            "Name": one.name,
            "Id": one.id,
            "ARN": one.arn,
            "DefaultAction": {"Allow": {}},
            "VisibilityConfig": config,
        }
    }


def list_resources_for_web_acl(site: CallContext, params: Params) -> Params:
    live = [arn for arn, acl in _acls(site).items() if acl == params["WebACLArn"] and arn in site.elb.balancers]
    return {"ResourceArns": live}


@rule(30)
def acl_unused(site: CallContext, params: Params) -> None:
    """https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html
    (WAFAssociatedItemException)
    """
    waf = backend("wafv2", site.account, site.region)
    arn = next((one.arn for one in waf.wacls.values() if one.id == params.get("Id")), "")
    if any(acl == arn and balancer in site.elb.balancers for balancer, acl in _acls(site).items()):
        raise AwsError(
            "WAFAssociatedItemException",
            "AWS WAF couldn't perform the operation because your resource is being used by another resource.",
        )


WAF_ACTIONS: dict[str, Any] = {
    "AssociateWebACL": associate_web_acl,
    "DisassociateWebACL": disassociate_web_acl,
    "GetWebACLForResource": get_web_acl_for_resource,
    "ListResourcesForWebACL": list_resources_for_web_acl,
}

QUOTA_CODES = {
    "L-53DA6B97": ("Application Load Balancers per Region", "load_balancers"),
    "L-69A177A2": ("Network Load Balancers per Region", "load_balancers"),
    "L-B22855CB": ("Target Groups per Region", "target_groups"),
    "L-B6DF7632": ("Listeners per Application Load Balancer", "listeners_per_lb"),
    "L-7E6692B2": ("Targets per Application Load Balancer", "targets_per_group"),
    "L-0EA8095F": ("Elastic IP addresses", "elastic_ips"),
}


def list_service_quotas(site: CallContext, params: Params) -> Params:
    wanted = params["ServiceCode"]
    told = [_quota(site, code) for code in QUOTA_CODES if (code == "L-0EA8095F") == (wanted == "ec2")]
    return {"Quotas": told if wanted in ("ec2", "elasticloadbalancing") else []}


def _quota(site: CallContext, code: str) -> Params:
    name, key = QUOTA_CODES[code]
    service = "ec2" if code == "L-0EA8095F" else "elasticloadbalancing"
    return {
        "ServiceCode": service,
        "QuotaCode": code,
        "QuotaName": name,
        "Value": float(site.world.quota(key)),
        "Adjustable": True,
    }


def get_service_quota(site: CallContext, params: Params) -> Params:
    if params["QuotaCode"] not in QUOTA_CODES:
        raise AwsError(
            "NoSuchResourceException",
            "The request failed because the specified service quota does not exist.",
        )
    return {"Quota": _quota(site, params["QuotaCode"])}


QUOTA_ACTIONS: dict[str, Any] = {
    "ListServiceQuotas": list_service_quotas,
    "ListAWSDefaultServiceQuotas": list_service_quotas,
    "GetServiceQuota": get_service_quota,
    "GetAWSDefaultServiceQuota": get_service_quota,
}
