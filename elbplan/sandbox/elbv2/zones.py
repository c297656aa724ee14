"""The zones of a load balancer: its subnets, the addresses in them, and the calls that change both."""

import ipaddress

from ..account import CallContext
from ..ec2 import facts
from ..errors import AwsError, misconfigured, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, Zone
from . import find, interfaces, names, subnets
from .listeners import check_source_nat

IP_TYPES = ("ipv4", "dualstack", "dualstack-without-public-ipv4")
PREFIX = "SourceNatIpv6Prefix"
FIXED = ("AllocationId", "PrivateIPv4Address", "IPv6Address")
NAT_PREFIX_LENGTH = 80


def described(context: CallContext, zone: Zone) -> Params:
    addresses = {key: zone.mapping.get(key) for key in FIXED}
    interface = context.ec2.enis.get(zone.interface)
    if addresses["AllocationId"] and interface is not None:
        addresses["IpAddress"] = interface.public_ip
    known = {key: value for key, value in addresses.items() if value}
    answer: Params = {
        "ZoneName": zone.name, "SubnetId": zone.subnet, "LoadBalancerAddresses": [known] if known else [],
    }  # fmt: skip
    return answer | ({"SourceNatIpv6Prefixes": [zone.mapping[PREFIX]]} if zone.mapping.get(PREFIX) else {})


@rule(16)
def check_addresses(
    context: CallContext, params: Params, kind: str, scheme: str | None, zones: list[Zone], ip_type: str
) -> None:
    """Which addresses a zone may have, by the type and scheme of its load balancer.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html (SubnetMappings,
    EnablePrefixForIpv6SourceNat: "The IP address type must be dualstack") and API_SubnetMapping ("an internet-facing
    load balancer", "an internal load balancer", "(/80 netmask) from the subnet CIDR block"). No page names the codes.
    """
    on = params.get("EnablePrefixForIpv6SourceNat") == "on"
    if on and (kind != "network" or ip_type != "dualstack"):
        raise misconfigured(
            "A prefix for IPv6 source NAT needs a Network Load Balancer with the IP address type dualstack"
        )
    for zone in zones:
        mapping = zone.mapping
        if kind != "network" and (set(mapping) & {*FIXED, PREFIX}):
            raise misconfigured(f"Addresses of subnets are not supported for load balancers of type {kind}")
        if mapping.get("AllocationId") and scheme != "internet-facing":
            raise misconfigured("Elastic IP addresses are only supported for internet-facing load balancers")
        if mapping.get("PrivateIPv4Address") and scheme != "internal":
            raise misconfigured("Private IPv4 addresses are only supported for internal load balancers")
        if mapping.get("IPv6Address") and ip_type == "ipv4":
            raise misconfigured("IPv6 addresses need the IP address type dualstack")
        if mapping.get(PREFIX) and not on:
            raise misconfigured("A prefix for source NAT needs EnablePrefixForIpv6SourceNat")
        _check_in_subnet(context, zone)


def _check_in_subnet(context: CallContext, zone: Zone) -> None:
    subnet = facts.known_subnet(context, zone.subnet)
    private, prefix = zone.mapping.get("PrivateIPv4Address"), zone.mapping.get(PREFIX)
    if private and ipaddress.ip_address(private) not in ipaddress.ip_network(subnet.cidr_block):
        raise misconfigured(f"The address {private} is not in the subnet {zone.subnet}")
    if prefix and prefix != "auto_assigned" and ipaddress.ip_network(prefix).prefixlen != NAT_PREFIX_LENGTH:
        raise validation(f"The prefix {prefix} must have the netmask /80")


@rule(16)
def check_elastic_ips(context: CallContext, balancer: StoredBalancer, zones: list[Zone]) -> None:
    """An Elastic IP is free, or already in this zone: API_CreateLoadBalancer (ResourceInUse, AllocationIdNotFound).

    https://github.com/hashicorp/terraform-provider-aws/issues/15031 ("allocation IDs are not available")
    """
    own = {zone.mapping.get("AllocationId") for zone in balancer.zones if zone.interface}
    for zone in zones:
        wanted = zone.mapping.get("AllocationId")
        if not wanted or wanted in own:
            continue
        address = next((known for known in context.ec2.addresses if known.allocation_id == wanted), None)
        if address is None:
            raise AwsError("AllocationIdNotFound", f"The allocation IDs '{wanted}' do not exist")
        if address.eni is not None or address.instance is not None:
            raise AwsError("ResourceInUse", f"The allocation IDs '{wanted}' are not available for use")


def assign(context: CallContext, balancer: StoredBalancer) -> None:
    """Gives each zone the prefix that AWS chooses, if it uses source NAT; or takes it away."""
    for zone in balancer.zones:
        if not balancer.source_nat:
            zone.mapping.pop(PREFIX, None)
        elif zone.mapping.get(PREFIX) in (None, "auto_assigned"):
            zone.mapping[PREFIX] = _prefix_in(context, zone.subnet)


def _prefix_in(context: CallContext, subnet_id: str) -> str:
    """The first /80 of the subnet's IPv6 block."""
    blocks = facts.known_subnet(context, subnet_id).ipv6_cidr_block_associations
    block = next(iter(blocks.values()))["ipv6CidrBlock"]
    return str(next(ipaddress.IPv6Network(block, strict=False).subnets(new_prefix=NAT_PREFIX_LENGTH)))


@rule(16)
def check_network_zones(balancer: StoredBalancer, zones: list[Zone]) -> None:
    """A network load balancer must leave a zone before it gets another subnet there.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4171 has the message, and
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4172 ("Subnet changes within the same
    Availability Zone must be independent actions"). Neither has the error code.
    """
    before = {zone.name: zone.subnet for zone in balancer.zones}
    for zone in zones:
        if balancer.type == "network" and before.get(zone.name, zone.subnet) != zone.subnet:
            raise misconfigured(
                "You cannot specify an additional subnet from an Availability Zone that is already associated with "
                f"the load balancer. The Availability Zone '{zone.name}' corresponding to the new subnet "
                f"'{zone.subnet}' is already associated with the load balancer."
            )


@rule(16)
def check_kept(balancer: StoredBalancer, zones: list[Zone]) -> None:
    """A zone gets its addresses when the load balancer enters it; AWS does not exchange them.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html ("Update the Availability
    Zones"), https://github.com/hashicorp/terraform-provider-aws/issues/41418. No page names the code.
    """
    before = {zone.subnet: zone.mapping for zone in balancer.zones}
    for zone in zones:
        kept, wanted = before.get(zone.subnet), zone.mapping
        if kept is not None and any(wanted[key] != kept.get(key) for key in FIXED if wanted.get(key)):
            raise misconfigured(f"The addresses of the load balancer in subnet '{zone.subnet}' cannot be changed")


def set_subnets(context: CallContext, params: Params) -> Params:
    balancer = find.balancer(context, params["LoadBalancerArn"])
    zones, vpc = subnets.zones_of(context, params, balancer.type, balancer.scheme)
    if vpc != balancer.vpc:
        raise misconfigured("The subnets belong to another VPC than the load balancer")
    ip_type = params.get("IpAddressType") or balancer.ip_type
    switch = params.get("EnablePrefixForIpv6SourceNat") or ("on" if balancer.source_nat else "off")
    check_addresses(context, {"EnablePrefixForIpv6SourceNat": switch}, balancer.type, balancer.scheme, zones, ip_type)
    check_network_zones(balancer, zones)
    check_kept(balancer, zones)
    check_elastic_ips(context, balancer, zones)
    before = {zone.subnet: zone for zone in balancer.zones}
    kept = {zone.subnet for zone in zones}
    if balancer.type == "gateway" and not before.keys() <= kept:
        raise misconfigured("Subnets cannot be removed from a Gateway Load Balancer")
    _set_families(context, balancer, ip_type, switch == "on", zones)
    interfaces.release_later(context, [zone for name, zone in before.items() if name not in kept])
    balancer.zones = [_merged(before.get(zone.subnet), zone) for zone in zones]
    balancer.settings["Subnets"] = sorted(kept) if balancer.settings["Subnets"] else []
    assign(context, balancer)
    interfaces.attach(context, balancer)
    return {
        "AvailabilityZones": [described(context, zone) for zone in balancer.zones],
        "IpAddressType": balancer.ip_type,
        "EnablePrefixForIpv6SourceNat": "on" if balancer.source_nat else "off",
    }


def _merged(old: Zone | None, new: Zone) -> Zone:
    """The zone that stays, with the prefix of the request."""
    if old is None:
        return new
    old.mapping |= {PREFIX: new.mapping[PREFIX]} if new.mapping.get(PREFIX) not in (None, "auto_assigned") else {}
    return old


def _set_families(context: CallContext, balancer: StoredBalancer, ip_type: str, nat: bool, zones: list[Zone]) -> None:
    subnets.check_ipv6(context, zones, ip_type)
    protocols = [listener.protocol for listener in context.elb.listeners_of(balancer.arn)]
    check_source_nat(ip_type, protocols, on=nat)
    balancer.ip_type = balancer.settings["IpAddressType"] = ip_type
    balancer.source_nat = nat


def set_ip_address_type(context: CallContext, params: Params) -> Params:
    balancer = find.balancer(context, params["LoadBalancerArn"])
    ip_type = names.one_of("ipAddressType", params["IpAddressType"], IP_TYPES)
    if balancer.source_nat and ip_type != "dualstack":
        raise misconfigured("A prefix for IPv6 source NAT needs the IP address type dualstack")
    _set_families(context, balancer, ip_type, balancer.source_nat, balancer.zones)
    return {"IpAddressType": ip_type}
