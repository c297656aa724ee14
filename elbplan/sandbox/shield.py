"""Shield Advanced: the subscription of the account, and its protections. All calls go to us-east-1."""

import uuid
from collections.abc import Callable
from typing import Any

from .account import CallContext
from .errors import AwsError
from .params import Params
from .rules import rule
from .tags import to_dict, to_pairs

PROTECTED = (":loadbalancer/app/", ":loadbalancer/", ":eip-allocation/")
"""The ARNs of Elastic Load Balancing and EC2 that can be protected. A network load balancer is, by its Elastic IPs."""


def protections(context: CallContext) -> dict[str, dict[str, Any]]:
    """The protections of the account, by id."""
    return context.account.memory("protections")


def get_subscription_state(context: CallContext, _params: Params) -> Params:
    return {"SubscriptionState": "ACTIVE" if context.account.options.shield else "INACTIVE"}


@rule(37)
def create_protection(context: CallContext, params: Params) -> Params:
    """Needs the subscription. The resource exists, can be protected, and has no protection yet.

    https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_CreateProtection.html (InvalidOperationException,
    InvalidResourceException, ResourceNotFoundException, ResourceAlreadyExistsException)
    https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protections-ec2-nlb.html
    """
    arn = params["ResourceArn"]
    if not context.account.options.shield:
        words = "The subscription does not exist."
        raise AwsError("ResourceNotFoundException", words)
    if ":loadbalancer/net/" in arn or ":loadbalancer/gwy/" in arn or not any(part in arn for part in PROTECTED):
        raise AwsError("InvalidResourceException", f"Unrecognized resource {arn}")
    if not _exists(context, arn):
        raise AwsError("ResourceNotFoundException", f"The referenced resource does not exist: {arn}")
    if _of(context, arn):
        raise AwsError("ResourceAlreadyExistsException", "The referenced protection already exists")
    id = str(uuid.uuid4())
    protections(context)[id] = {"Name": params["Name"], "ResourceArn": arn, "Tags": to_dict(params.get("Tags"))}
    return {"ProtectionId": id}


def _exists(context: CallContext, arn: str) -> bool:
    here = CallContext(context.account, arn.split(":")[3])
    if ":eip-allocation/" in arn:
        return arn.rsplit("/", 1)[-1] in {address.allocation_id for address in here.ec2.addresses}
    return arn in here.elb.balancers


def _of(context: CallContext, arn: str) -> str:
    """The id of the protection of a resource. A protection ends with its resource."""
    return next((id for id, held in protections(context).items() if held["ResourceArn"] == arn), "")


def _known(context: CallContext, params: Params) -> tuple[str, dict[str, Any]]:
    arn = params.get("ResourceArn") or params.get("ResourceARN") or ""
    id = params.get("ProtectionId") or _of(context, arn) or arn.rsplit("/", 1)[-1]
    if id not in protections(context):
        raise AwsError("ResourceNotFoundException", "The referenced protection does not exist.")
    return id, protections(context)[id]


def _arn(context: CallContext, id: str) -> str:
    return f"arn:aws:shield::{context.account_id}:protection/{id}"


def describe_protection(context: CallContext, params: Params) -> Params:
    id, held = _known(context, params)
    fields = {"Id": id, "Name": held["Name"], "ResourceArn": held["ResourceArn"], "ProtectionArn": _arn(context, id)}
    return {"Protection": fields}


def delete_protection(context: CallContext, params: Params) -> Params:
    protections(context).pop(_known(context, params)[0])
    return {}


def list_tags_for_resource(context: CallContext, params: Params) -> Params:
    return {"Tags": to_pairs(_known(context, params)[1]["Tags"])}


def tag_resource(context: CallContext, params: Params) -> Params:
    _known(context, params)[1]["Tags"].update(to_dict(params["Tags"]))
    return {}


def untag_resource(context: CallContext, params: Params) -> Params:
    tags = _known(context, params)[1]["Tags"]
    for key in params["TagKeys"]:
        tags.pop(key, None)
    return {}


ACTIONS: dict[str, Callable[[CallContext, Params], Params]] = {
    "GetSubscriptionState": get_subscription_state,
    "CreateProtection": create_protection,
    "DescribeProtection": describe_protection,
    "DeleteProtection": delete_protection,
    "ListTagsForResource": list_tags_for_resource,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
}
