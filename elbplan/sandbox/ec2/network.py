"""Subnets, gateways and interfaces that are in use cannot be deleted; reserved tags."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.protocol import HttpRequest
from . import facts


def attach_new_gateway(context: CallContext, vpc: str) -> str:
    """Creates an internet gateway and a route to it from every subnet of the VPC; returns its id."""
    backend = context.ec2
    gateway = backend.create_internet_gateway()
    backend.attach_internet_gateway(gateway.id, vpc)
    tables = backend.describe_route_tables(filters={"vpc-id": [vpc]})
    main = next(table for table in tables if table.main_association_id)
    backend.create_route(main.id, "0.0.0.0/0", None, gateway_id=gateway.id)
    return str(gateway.id)


def attach_ipv6(subnet: Any, number: int) -> None:
    """Gives a subnet of the sandbox's own VPCs an IPv6 block, so that a dualstack load balancer can be tried there.

    In AWS, a default VPC has no IPv6 block before somebody associates one.
    """
    if not subnet.ipv6_cidr_block_associations:
        subnet.attach_ipv6_cidr_block_associations(f"2600:1f14:0:{number:x}::/64")


@rule(5)
def before_delete_subnet(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """A subnet with interfaces is not deleted: API_DeleteSubnet (DependencyViolation)."""
    subnet_id = call.params["SubnetId"]
    if any(nic.subnet.id == subnet_id for nic in facts.interfaces(context)):
        raise AwsError("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")


@rule(5)
def before_delete_interface(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Nobody but the load balancer deletes its interface: API_DeleteNetworkInterface."""
    nic = context.ec2.enis.get(call.params["NetworkInterfaceId"])
    if nic is not None and nic.requester_managed:
        raise AwsError("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.")


@rule(5)
def before_detach_gateway(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """A gateway stays while the VPC has public addresses: API_DetachInternetGateway (DependencyViolation)."""
    vpc = call.params["VpcId"]
    interfaces = [nic for nic in facts.interfaces(context) if nic.subnet.vpc_id == vpc]
    if any(nic.public_ip or nic.requester_managed for nic in interfaces):
        raise AwsError(
            "DependencyViolation",
            f"Network {vpc} has some mapped public address(es). Please unmap those public "
            "address(es) before detaching the gateway.",
        )


def before_create_tags(_site: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    for tag in call.params.get("Tags") or []:
        if tag["Key"].lower().startswith("aws:"):
            raise AwsError("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
