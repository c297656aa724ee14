"""What the network ACLs of subnets let pass."""

import ipaddress
from typing import Any

from ..account import CallContext
from ..rules import rule
from . import facts

ANSWERS = (1024, 65535)
TCP = ("-1", "6", "tcp")


@rule(14)
def let_pass(context: CallContext, source: str, target: str, port: int) -> bool:
    """The ACLs of two subnets must let the connection pass: the port to the target, and the answers back.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#target-not-inservice
    ("The network ACL associated with the subnets for your instances must allow inbound traffic on the health check port
    and outbound traffic on the ephemeral ports (1024-65535). The network ACL associated with the subnets for your load
    balancer nodes must allow inbound traffic on the ephemeral ports and outbound traffic on the health check and
    ephemeral ports"), https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html ("We evaluate
    the network ACL rules when traffic enters and leaves the subnet, not as it is routed within a subnet").
    """
    if source == target:
        return True
    near, far = (facts.known_subnet(context, subnet).cidr_block for subnet in (source, target))
    return (
        _allows(context, source, far, (port, port), outbound=True)
        and _allows(context, target, near, (port, port), outbound=False)
        and _allows(context, target, near, ANSWERS, outbound=True)
        and _allows(context, source, far, ANSWERS, outbound=False)
    )


@rule(14)
def _allows(context: CallContext, subnet: str, peer: str, ports: tuple[int, int], *, outbound: bool) -> bool:
    """The entry with the lowest number that matches decides; the last one denies everything.

    https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html ("Rules are evaluated starting with the lowest
    numbered rule. As soon as a rule matches traffic, it's applied regardless of any higher-numbered rule")
    """
    entries = [entry for entry in _entries(context, subnet) if _is_outbound(entry) is outbound and _is_tcp(entry)]
    for entry in sorted(entries, key=lambda entry: int(entry.rule_number)):
        allow = entry.rule_action == "allow"
        if allow and _covers(entry, peer, ports):
            return True
        if not allow and _touches(entry, peer, ports):
            return False
    return False


def _entries(context: CallContext, subnet: str) -> list[Any]:
    acls = context.ec2.network_acls.values()
    found = [acl for acl in acls if any(place.subnet_id == subnet for place in acl.associations)]
    return [entry for acl in found for entry in acl.entries if entry.cidr_block]


def _is_outbound(entry: Any) -> bool:
    return str(entry.egress).lower() == "true"


def _is_tcp(entry: Any) -> bool:
    return str(entry.protocol) in TCP


def _ports(entry: Any) -> tuple[int, int]:
    if str(entry.protocol) == "-1" or entry.port_range_from is None:
        return (0, 65535)
    return int(entry.port_range_from), int(entry.port_range_to)


def _covers(entry: Any, peer: str, ports: tuple[int, int]) -> bool:
    first, last = _ports(entry)
    inside = ipaddress.IPv4Network(peer).subnet_of(ipaddress.IPv4Network(entry.cidr_block, strict=False))
    return inside and first <= ports[0] and ports[1] <= last


def _touches(entry: Any, peer: str, ports: tuple[int, int]) -> bool:
    first, last = _ports(entry)
    near = ipaddress.IPv4Network(peer).overlaps(ipaddress.IPv4Network(entry.cidr_block, strict=False))
    return near and first <= ports[1] and ports[0] <= last
