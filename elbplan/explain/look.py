"""What the findings are judged from: a stack as its spec wants it and as AWS has it, with its surroundings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..core.address import Address, AwsId, Ref
from ..core.call import Answer, Call
from ..core.plan import Plan
from ..core.resource import Resource
from ..core.security_edge import SecurityEdge
from ..kinds.certificate import Certificate
from ..kinds.delegation import ZoneDelegation
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.security_path import path_now
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..live.delegation import ZoneDns, read_delegations
from ..live.serving import ServingFacts, ServingIds, read_serving
from ..live.surroundings import Surroundings, read_surroundings
from ..verification.network import DnsNames
from ..verification.stack import ServedStack


@dataclass(frozen=True)
class Look:
    """One stack. AWS is read when something is needed first.

    send    sends a call to AWS
    dns     has the delegations of hosted zones; None: nobody asks it
    apply   the command that applies the spec
    names   has the addresses of names; None: nobody asks it
    """

    plan: Plan
    send: Callable[[Call], Answer]
    dns: ZoneDns | None
    apply: str
    names: DnsNames | None = None

    @property
    def region(self) -> str:
        """The region of the stack."""
        return self.plan.region

    @cached_property
    def live(self) -> Mapping[Address, Resource]:
        """The resources in AWS."""
        return {address: live.model for address, live in self.plan.lives.items()}

    @cached_property
    def stack(self) -> ServedStack:
        """The stack as its spec wants it."""
        return ServedStack.of(self.plan, self.apply)

    @cached_property
    def surroundings(self) -> Surroundings:
        """The servers, security groups, routes and network ACLs."""
        described = (raw["Target"]["Id"] for raws in self.facts.health.values() for raw in raws)
        wanted = (str(m.instance) for t in self.plan.desired.values() if isinstance(t, Targets) for m in t.members)
        return read_surroundings(self.send, self.region, self.plan.lives, [*described, *wanted])

    @cached_property
    def path(self) -> Sequence[SecurityEdge]:
        """The connections that security groups must let in, as AWS has them now."""
        return path_now(self.plan.lives, self.plan.desired, self.surroundings.servers, self.region)

    @cached_property
    def facts(self) -> ServingFacts:
        """Load balancers with their listeners, and the health of targets."""
        reads = self.stack.reads
        balancers = dict.fromkeys([*reads.balancers, *self._ids(LoadBalancer)])
        return read_serving(self.send, ServingIds(tuple(balancers), tuple(self._ids(TargetGroup))))

    @cached_property
    def certificates(self) -> ServingFacts:
        """The certificates of the stack."""
        return read_serving(self.send, ServingIds(certificates=self._ids(Certificate)))

    def served(self, zone: Ref) -> ServedStack:
        """The stack with its load balancers and the name servers of a hosted zone."""
        zones = read_serving(self.send, ServingIds(zones=[self.id(zone)]))
        unread = {**self.facts.unread, **zones.unread}
        return replace(self.stack, facts=replace(self.facts, zones=zones.zones, unread=unread))

    def delegations(self, zones: Sequence[Ref]) -> Sequence[ZoneDelegation]:
        """The delegations of these hosted zones; none if nobody asks DNS."""
        ids = tuple(dict.fromkeys(str(zone) for zone in zones if isinstance(zone, AwsId)))
        anything = Address(Record.kind, "")
        return read_delegations(self.send, self.dns, {anything: ids} if ids else {}).get(anything, ())

    def id(self, ref: Ref) -> str:
        """The AWS id; empty if the resource does not exist."""
        live = self.plan.lives.get(ref) if isinstance(ref, Address) else None
        return live.id if live is not None else self.stack.id(ref)

    def _ids(self, kind: type[Resource]) -> list[str]:
        """The ids of all resources of a kind; in the middle of a replacement, of both sides."""
        return [live.id for live in self.plan.lives.values() if isinstance(live.model, kind)]

    def server_name(self, id: str) -> str:
        """`server-a (i-0abc)`"""
        server = self.surroundings.servers.servers.get(id)
        own = next((str(address) for address, live in self.plan.lives.items() if live.id == id), "")
        name = own or (server.name if server is not None else "")
        return f"{name} ({id})" if name else id
