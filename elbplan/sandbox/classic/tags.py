"""Tags of Classic Load Balancers."""

from ..account import CallContext
from ..elbv2 import tags as common
from ..errors import validation
from ..params import Params
from ..rules import rule
from ..tags import Tags, to_pairs
from . import find

MOST_NAMES = 20


def arn_of(context: CallContext, name: str) -> str:
    """The ARN in policies and in the tagging API; the calls of this API use the name.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancing.html
    """
    return context.arn("elasticloadbalancing", f"loadbalancer/{name}")


def checked(pairs: list[Params] | None) -> Tags:
    """The tags of a request: the same keys, values and errors as in version 2 of the API."""
    return common.checked(pairs)


def add_tags(context: CallContext, params: Params) -> Params:
    given = checked(params["Tags"])
    for balancer in find.all_named(context, params["LoadBalancerNames"]):
        balancer.tags.update(checked(to_pairs({**balancer.tags, **given})))
    return {}


def remove_tags(context: CallContext, params: Params) -> Params:
    for balancer in find.all_named(context, params["LoadBalancerNames"]):
        for tag in params["Tags"]:
            balancer.tags.pop(tag["Key"], None)
    return {}


@rule(34)
def describe_tags(context: CallContext, params: Params) -> Params:
    """At most 20 names in a call, all of which exist: API_DescribeTags."""
    names = params["LoadBalancerNames"]
    if not 1 <= len(names) <= MOST_NAMES:
        raise validation(f"LoadBalancerNames must have 1 to {MOST_NAMES} names")
    balancers = find.all_named(context, names)
    return {"TagDescriptions": [{"LoadBalancerName": found.name, "Tags": to_pairs(found.tags)} for found in balancers]}
