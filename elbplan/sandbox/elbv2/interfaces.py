"""The network interfaces of a load balancer in its subnets."""

from ipaddress import IPv4Network
from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface

from ..account import CallContext
from ..ec2 import facts
from ..errors import AwsError
from ..rules import rule
from ..state.classic import StoredClassicBalancer
from ..state.elbv2 import StoredBalancer, Zone

AnyBalancer = StoredBalancer | StoredClassicBalancer


class ManagedAttachment:
    """The attachment of an interface that another service of AWS manages."""

    def __init__(self, interface: NetworkInterface) -> None:
        self.attachment_id = "ela-attach-" + interface.id[-17:]
        self.attach_time = None
        self.delete_on_termination = False
        self.device_index = 1
        self.network_card_index = 0
        self.instance_id = None
        self.instance_owner_id = "amazon-elb"
        self.status = "attached"


class ManagedInterface(NetworkInterface):
    """A network interface of Elastic Load Balancing: without an instance, and only ELB deletes it."""

    @property
    def attachment(self) -> ManagedAttachment:  # type: ignore[override] # it has no instance
        return ManagedAttachment(self)

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        """moto's filters support only interfaces of instances."""
        values = {
            "requester-id": self.requester_id,
            "requester-managed": "true",
            "attachment.instance-owner-id": "amazon-elb",
            "interface-type": self.interface_type,
            "status": self.status,
        }
        return values.get(filter_name) or super().get_filter_value(filter_name, method_name)


@rule(5)
def attach(context: CallContext, balancer: AnyBalancer) -> None:
    """Creates one interface in each zone, "ELB app/name/id", with the security groups of the balancer.

    A Classic Load Balancer has "ELB name".
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets
    terraform-provider-aws finds them by their description (waitForALBNetworkInterfacesToDetach).
    """
    if balancer.type == "gateway":
        return
    for zone in balancer.zones:
        if not zone.interface:
            zone.interface = _make(context, balancer, zone)
    for zone in balancer.zones:
        _set_groups(context, zone.interface, balancer.security_groups)


def _make(context: CallContext, balancer: AnyBalancer, zone: Zone) -> str:
    address = zone.mapping.get("PrivateIPv4Address") or _last_free_address(context, zone.subnet)
    interface = context.ec2.create_network_interface(zone.subnet, address, description=f"ELB {balancer.arn_suffix}")
    interface.__class__ = ManagedInterface
    interface.requester_managed, interface.requester_id = True, "amazon-elb"
    interface.status = "in-use"
    interface.interface_type = "network_load_balancer" if balancer.type == "network" else "interface"
    if allocation := zone.mapping.get("AllocationId"):
        _take_address(context, allocation, interface)
    return str(interface.id)


def _last_free_address(context: CallContext, subnet_id: str) -> str:
    """moto takes any address by chance, also one that a target or another interface has."""
    network = IPv4Network(facts.known_subnet(context, subnet_id).cidr_block)
    taken = {nic.private_ip_address for nic in facts.interfaces(context)}
    numbers = range(network.num_addresses - 2, 3, -1)
    return next(str(network[number]) for number in numbers if str(network[number]) not in taken)


def _take_address(context: CallContext, allocation: str, interface: Any) -> None:
    address = next((known for known in context.ec2.addresses if known.allocation_id == allocation), None)
    if address is None:
        raise AwsError("AllocationIdNotFound", f"The allocation IDs '{allocation}' do not exist")
    address.eni = interface
    address.association_id = "eipassoc-" + interface.id[-17:]
    interface.public_ip = address.public_ip


def _set_groups(context: CallContext, interface_id: str, groups: list[str]) -> None:
    interface = context.ec2.enis.get(interface_id)
    if interface is not None:
        interface._group_set = [facts.security_group(context, group) for group in groups]


@rule(5)
def release_later(context: CallContext, zones: list[Zone]) -> None:
    """Interfaces exist for minutes after their balancer. They keep its groups, subnets and addresses in use.

    terraform-provider-aws waits up to 35 minutes for them, aws-load-balancer-controller retries 2 minutes:
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/pkg/networking/security_group_manager.go
    """

    def release_all() -> None:
        for zone in zones:
            release(context, zone.interface)

    context.later(context.timing.interfaces_linger, release_all)


def release(context: CallContext, interface_id: str) -> None:
    backend = context.ec2
    backend.enis.pop(interface_id, None)
    for address in backend.addresses:
        if address.eni is not None and address.eni.id == interface_id:
            facts.disassociate(address)
