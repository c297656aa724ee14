"""One connection that security groups must let in. Data for screens, reports and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .address import Address
from .cause import Cause

EdgeState = Literal["open", "missing", "unknown"]


@dataclass(frozen=True)
class SecurityEdge:
    """A connection from clients to a load balancer, or from a load balancer to a server.

    to          `balancer`: from clients to a listener; `server`: from the load balancer to a server
    address     the listener, or the targets to which the server belongs
    port        the port of the connection, with its `protocol`: tcp or udp
    uses        what uses it: `listener`, or `requests` and `health checks`
    source      where the connection comes from: a CIDR, a security group or a prefix list
    groups      the security groups at the destination: one rule in one of them is enough
    server      the server's AWS id, or its address before it exists; `name` is its name in AWS
    group       the security group that should get the missing rule
    rule        the missing rule in words: `80 from sg-0lb`
    command     the AWS CLI command that adds it, in one line; empty if elbplan does not know all of it
    openable    `open: true` at the targets would add it
    is_own      the group is the stack's own, so the spec says what its rules are
    why         why it is missing or unknown
    """

    to: Literal["balancer", "server"]
    balancer: Address
    address: Address
    port: int
    protocol: str
    uses: tuple[str, ...]
    state: EdgeState
    source: str
    groups: tuple[str, ...] = ()
    server: str = ""
    name: str = ""
    group: str = ""
    rule: str = ""
    command: str = ""
    openable: bool = False
    is_own: bool = False
    why: str = ""

    @property
    def port_text(self) -> str:
        """`80`, or `53/udp`"""
        return str(self.port) if self.protocol == "tcp" else f"{self.port}/{self.protocol}"

    @property
    def destination(self) -> str:
        """The load balancer's address, or the server with its name: `server-a (i-0abc)`"""
        if self.to == "balancer":
            return str(self.balancer)
        return f"{self.name} ({self.server})" if self.name else self.server

    @property
    def fix(self) -> str:
        """What to do about a missing rule; empty if there is nothing to do."""
        if self.state != "missing":
            return ""
        if self.is_own:
            return "run elbplan apply; if that changes nothing, write the rule into the spec"
        add = f"add the rule {self.rule} to {self.group}" if self.group else f"add the rule {self.rule}"
        return f"write `open: true` at the targets, or {add}" if self.openable else add

    @property
    def cause(self) -> Cause:
        """Why the connection is not let in, and what to do."""
        return Cause(self.why, self.fix, "" if self.is_own else self.command)
