"""NAT gateways: moto's, but AWS manages their network interface and marks it as in use."""

from ..account import CallContext
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpReply
from . import facts


@rule(5)
def after_create(context: CallContext, _call: LoggedCall, reply: HttpReply) -> HttpReply:
    """The interface of a NAT gateway is in use as long as the gateway exists, and AWS manages it.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html ("you can view the network interface for
    the NAT gateway"); https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
    """
    for gateway in context.ec2.nat_gateways.values():
        interface = gateway._eni
        interface.status, interface.requester_managed = "in-use", True
        interface.interface_type = "nat_gateway"
    return reply


@rule(5)
def after_delete(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    """A deleted NAT gateway frees its Elastic IP, which stays allocated: API_DeleteNatGateway."""
    gateway = context.ec2.nat_gateways[call.params["NatGatewayId"]]
    context.ec2.enis.pop(gateway._eni.id, None)
    for address in context.ec2.addresses:
        if address.eni is not None and address.eni.id == gateway._eni.id:
            facts.disassociate(address)
    return reply
