"""A patch of moto, which cannot keep a security group rule without ports."""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

from ..rules import rule

WITH_PORTS = ("tcp", "udp", "icmp", "icmpv6", "6", "17", "1", "58")


@rule(29)
def without_ports(protocol: str) -> bool:
    """Only TCP, UDP and ICMP have ports. For other protocols (50 is ESP) AWS neither keeps nor returns ports.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html (IpProtocol: "traffic on all ports is
    allowed, regardless of any ports you specify"); "When protocol is 50, you cannot specify from-port":
    https://github.com/hashicorp/terraform-provider-aws/issues/14756
    """
    return protocol.lower() not in (*WITH_PORTS, "-1", "all")


def install() -> None:
    owner: Any = SecurityGroupRule
    original = owner.__init__

    def create(
        self: Any, backend: Any, protocol: str, group: str, low: Any, high: Any, *rest: Any, **more: Any
    ) -> None:
        no_ports = bool(protocol) and without_ports(str(protocol))
        original(self, backend, protocol, group, *((-1, -1) if no_ports else (low, high)), *rest, **more)
        if no_ports:
            self.from_port = self.to_port = None

    owner.__init__ = create
