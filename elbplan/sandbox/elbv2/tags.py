"""Tags of everything in Elastic Load Balancing, and its account limits."""

from ..account import CallContext
from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import tag_dict
from . import find


def _tagged(site: CallContext, arn: str) -> dict[str, str]:
    kind = find.kind_of(arn)
    if kind not in find.NOT_FOUND:
        raise validation(f"'{arn}' is not a valid load balancer, target group, listener or rule ARN")
    if arn not in site.elb.tags:
        raise find.missing(kind)
    return site.elb.tags[arn]


def add_tags(site: CallContext, params: Params) -> Params:
    new = tag_dict(params.get("Tags"))
    holders = [_tagged(site, arn) for arn in params["ResourceArns"]]
    if any(len(holder | new) > 50 for holder in holders):
        raise AwsError("TooManyTags", "You've reached the limit on the number of tags per load balancer.")
    for holder in holders:
        holder.update(new)
    return {}


def remove_tags(site: CallContext, params: Params) -> Params:
    for holder in [_tagged(site, arn) for arn in params["ResourceArns"]]:
        for key in params["TagKeys"]:
            holder.pop(key, None)
    return {}


@rule(25)
def describe_tags(site: CallContext, params: Params) -> Params:
    """At most 20 resources a call, and one that is gone fails them all: API_DescribeTags."""
    arns = params["ResourceArns"]
    if len(arns) > 20:
        raise validation(f"Too many resources: {len(arns)}, at most 20")
    told = [
        {
            "ResourceArn": arn,
            "Tags": [{"Key": key, "Value": value} for key, value in _tagged(site, arn).items()],
        }
        for arn in arns
    ]
    return {"TagDescriptions": told}


def describe_account_limits(site: CallContext, _params: Params) -> Params:
    world = site.world
    limits = {
        "application-load-balancers": world.quota("load_balancers"),
        "network-load-balancers": world.quota("load_balancers"),
        "target-groups": world.quota("target_groups"),
        "targets-per-target-group": world.quota("targets_per_group"),
        "listeners-per-application-load-balancer": world.quota("listeners_per_lb"),
        "listeners-per-network-load-balancer": world.quota("listeners_per_lb"),
        "rules-per-application-load-balancer": world.quota("rules_per_lb"),
        "certificates-per-application-load-balancer": world.quota("certificates_per_lb"),
        "target-groups-per-application-load-balancer": world.quota("groups_per_lb"),
        "target-groups-per-action-on-application-load-balancer": world.quota("groups_per_action"),
        "condition-values-per-alb-rule": world.quota("values_per_rule"),
        "condition-wildcards-per-alb-rule": world.quota("wildcards_per_rule"),
    }
    return {"Limits": [{"Name": name, "Max": str(most)} for name, most in limits.items()]}
