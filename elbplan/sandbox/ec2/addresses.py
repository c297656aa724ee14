"""Elastic IP addresses."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpReply, HttpRequest
from . import facts
from .common import rewritten
from .tag_filters import mark_created


@rule(23)
def before_allocate(context: CallContext, _call: LoggedCall, _incoming: HttpRequest) -> None:
    """Five in a region: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html#using-instance-addressing-limit"""
    if len(context.ec2.addresses) >= context.account.quota("elastic_ips"):
        raise AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.")


def after_allocate(context: CallContext, _call: LoggedCall, reply: HttpReply) -> HttpReply:
    """Remembers when the new address, which is the last one, was allocated."""
    mark_created(context, context.ec2.addresses[-1].allocation_id)
    return reply


@rule(29)
def before_associate(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest | None:
    """Reassociation is allowed by default; the instance must be running or stopped.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
    """
    instance = facts.instance(context, call.params.get("InstanceId") or "")
    if instance is not None and instance.state in ("pending", "shutting-down", "terminated"):
        raise AwsError(
            "InvalidInstanceID",
            f"The {instance.state} instance '{instance.id}' is not in a valid state for this operation.",
        )
    if call.params.get("AllowReassociation") is not False:
        _clear_interface(_address(context, call.params))
    if call.params.get("AllowReassociation") is None:
        return rewritten(incoming, {"AllowReassociation": "true"})
    return None


def _clear_interface(address: Any) -> None:
    """Removes the address from its earlier interface, which moto does not do."""
    if address is not None and address.eni is not None:
        address.eni.public_ip = None
        address.eni.check_auto_public_ip()


def _address(context: CallContext, params: dict[str, Any]) -> Any | None:
    for address in context.ec2.addresses:
        if address.allocation_id == params.get("AllocationId") or address.public_ip == params.get("PublicIp"):
            return address
    return None


@rule(29)
def before_release(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Not while it is associated, except in the default VPC; never while a load balancer uses it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html (InvalidIPAddress.InUse)
    """
    address = _address(context, call.params)
    if address is None or address.eni is None:
        return
    default = context.ec2.vpcs[address.eni.subnet.vpc_id].is_default
    if address.eni.requester_managed or not default:
        raise AwsError("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")
