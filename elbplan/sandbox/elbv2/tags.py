"""Tags in Elastic Load Balancing, and its account limits."""

import re
from collections.abc import Collection

from ..account import CallContext
from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule
from ..tags import Tags, to_dict, to_pairs
from . import find

MAX_TAGS = 50
FORBIDDEN = re.compile(r"[^\w\s.:/=+@-]|[\t\n\r\f\v]")


def checked(pairs: list[Params] | None) -> Tags:
    """The tags of a request.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
    """
    keys = [pair["Key"] for pair in pairs or []]
    if len(keys) != len(set(keys)):
        raise AwsError("DuplicateTagKeys", "A tag key was specified more than once.")
    if any(key.lower().startswith("aws:") for key in keys):
        raise AwsError("ValidationError", "Tag keys cannot start with 'aws:'")
    _check_count(keys)
    for pair in pairs or []:
        check_characters(pair["Key"], pair.get("Value", ""))
    return to_dict(pairs)


@rule(21)
def check_characters(key: str, value: str) -> None:
    """The lengths and the characters of tags: the patterns in
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Tag.html
    """
    if not 1 <= len(key) <= 128 or len(value) > 256:
        raise validation("Tag keys have 1 to 128 characters, and tag values at most 256")
    if FORBIDDEN.search(key + value):
        raise validation("Tags can have letters, spaces, numbers and the characters _ . : / = + - @")


def _check_count(keys: Collection[str]) -> None:
    if len(keys) > MAX_TAGS:
        raise AwsError("TooManyTags", "You've reached the limit on the number of tags per load balancer.")


def _tags_of(context: CallContext, arn: str) -> Tags:
    kind = find.kind_of(arn)
    if kind not in find.NOT_FOUND:
        raise validation(f"'{arn}' is not a valid load balancer, target group, listener or rule ARN")
    if arn not in context.elb.tags:
        raise find.missing(kind)
    return context.elb.tags[arn]


def add_tags(context: CallContext, params: Params) -> Params:
    new = checked(params.get("Tags"))
    tags_of_all = [_tags_of(context, arn) for arn in params["ResourceArns"]]
    for tags in tags_of_all:
        _check_count(tags | new)
    for tags in tags_of_all:
        tags.update(new)
    return {}


def remove_tags(context: CallContext, params: Params) -> Params:
    for tags in [_tags_of(context, arn) for arn in params["ResourceArns"]]:
        for key in params["TagKeys"]:
            tags.pop(key, None)
    return {}


@rule(25)
def describe_tags(context: CallContext, params: Params) -> Params:
    """At most 20 resources in a call; one that does not exist fails the whole call: API_DescribeTags."""
    arns = params["ResourceArns"]
    if len(arns) > 20:
        raise validation(f"Too many resources: {len(arns)}, at most 20")
    return {"TagDescriptions": [{"ResourceArn": arn, "Tags": to_pairs(_tags_of(context, arn))} for arn in arns]}


def describe_account_limits(context: CallContext, _params: Params) -> Params:
    account = context.account
    limits = {
        "application-load-balancers": account.quota("load_balancers"),
        "network-load-balancers": account.quota("network_load_balancers"),
        "gateway-load-balancers": account.quota("gateway_load_balancers"),
        "target-groups": account.quota("target_groups"),
        "targets-per-target-group": account.quota("targets_per_group"),
        "listeners-per-application-load-balancer": account.quota("listeners_per_lb"),
        "listeners-per-network-load-balancer": account.quota("listeners_per_lb"),
        "rules-per-application-load-balancer": account.quota("rules_per_lb"),
        "certificates-per-application-load-balancer": account.quota("certificates_per_lb"),
        "certificates-per-network-load-balancer": account.quota("certificates_per_lb"),
        "targets-per-application-load-balancer": account.quota("targets_per_group"),
        "targets-per-network-load-balancer": 3 * account.quota("targets_per_group"),
        "trust-stores": account.quota("trust_stores"),
        "target-groups-per-application-load-balancer": account.quota("groups_per_lb"),
        "target-groups-per-action-on-application-load-balancer": account.quota("groups_per_action"),
        "condition-values-per-alb-rule": account.quota("values_per_rule"),
        "condition-wildcards-per-alb-rule": account.quota("wildcards_per_rule"),
    }
    return {"Limits": [{"Name": name, "Max": str(maximum)} for name, maximum in limits.items()]}
