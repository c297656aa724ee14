"""What an AWS account has that matters for a first spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..kinds.aws.ownership import OWN, STACK

AWS_TAGS = "aws:"
"""Begins the keys of tags that AWS itself sets."""


@dataclass(frozen=True)
class OpenPorts:
    """Ports that a rule of a security group opens; `anywhere`: to every IPv4 address."""

    first: int
    last: int
    anywhere: bool


@dataclass(frozen=True)
class Server:
    """An instance that is not terminated. `zone` is the letter of its zone."""

    id: str
    name: str = ""
    zone: str = ""
    vpc: str = ""
    running: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[OpenPorts, ...] = ()

    @property
    def label(self) -> str:
        """`server-a (i-0abc)`, or the id alone."""
        return f"{self.name} ({self.id})" if self.name else self.id

    @property
    def own_tags(self) -> dict[str, str]:
        """The tags that people chose, without the name."""
        return {k: v for k, v in self.tags.items() if k != "Name" and not k.startswith((AWS_TAGS, OWN))}


@dataclass(frozen=True)
class Network:
    """A VPC, with the letters of the zones in which it has public subnets for a load balancer."""

    vpc: str
    default: bool = False
    zones: tuple[str, ...] = ()


@dataclass(frozen=True)
class HostedZone:
    """A public hosted zone."""

    id: str
    name: str


@dataclass(frozen=True)
class Balancer:
    """A load balancer, the instances to which it sends requests, and its elbplan stack if it has one."""

    name: str
    stack: str = ""
    targets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class IssuedCertificate:
    """A certificate that can be used, and its domain names."""

    arn: str
    names: tuple[str, ...] = ()

    def covers(self, domain: str) -> bool:
        """True if the certificate is valid for the domain."""
        parent = "*." + domain.partition(".")[2]
        return domain in self.names or parent in self.names


@dataclass(frozen=True)
class AccountFacts:
    """The account in one region.

    account   its id; empty if it could not be read
    unread    what AWS did not let elbplan read, in words
    """

    region: str
    account: str = ""
    servers: tuple[Server, ...] = ()
    networks: tuple[Network, ...] = ()
    zones: tuple[HostedZone, ...] = ()
    balancers: tuple[Balancer, ...] = ()
    certificates: tuple[IssuedCertificate, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def running(self) -> list[Server]:
        """The running instances that no elbplan stack created."""
        return [server for server in self.servers if server.running and STACK not in server.tags]

    @property
    def default_network(self) -> Network | None:
        """The default VPC."""
        return next((network for network in self.networks if network.default), None)

    def network_of(self, vpc: str) -> Network | None:
        """The network of a VPC; without an id the default VPC."""
        return next((n for n in self.networks if n.vpc == vpc), None) if vpc else self.default_network
