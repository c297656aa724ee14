"""Elastic IP addresses."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpRequest
from . import facts
from .common import rewritten


@rule(23)
def before_allocate(context: CallContext, _call: LoggedCall, _incoming: HttpRequest) -> None:
    """Five in a region: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html#using-instance-addressing-limit"""
    if len(context.ec2.addresses) >= context.account.quota("elastic_ips"):
        raise AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.")


@rule(29)
def before_associate(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest | None:
    """Reassociation is allowed unless it is forbidden; not with an instance that is not up or is gone.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
    """
    one = facts.instance(context, call.params.get("InstanceId") or "")
    if one is not None and one.state in ("pending", "shutting-down", "terminated"):
        raise AwsError(
            "InvalidInstanceID",
            f"The {one.state} instance '{one.id}' is not in a valid state for this operation.",
        )
    if call.params.get("AllowReassociation") is not False:
        _leave(_address(context, call.params))
    if call.params.get("AllowReassociation") is None:
        return rewritten(incoming, {"AllowReassociation": "true"})
    return None


def _leave(address: Any) -> None:
    """The interface that had it shows it no more; moto forgets that."""
    if address is not None and address.eni is not None:
        address.eni.public_ip = None
        address.eni.check_auto_public_ip()


def _address(context: CallContext, params: dict[str, Any]) -> Any | None:
    for one in context.ec2.addresses:
        if one.allocation_id == params.get("AllocationId") or one.public_ip == params.get("PublicIp"):
            return one
    return None


@rule(29)
def before_release(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Not while it is associated, except in the default VPC, and never while a load balancer has it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html (InvalidIPAddress.InUse)
    """
    one = _address(context, call.params)
    if one is None or one.eni is None:
        return
    default = context.ec2.vpcs[one.eni.subnet.vpc_id].is_default
    if one.eni.requester_managed or not default:
        raise AwsError("InvalidIPAddress.InUse", f"Address {one.public_ip} is in use.")
