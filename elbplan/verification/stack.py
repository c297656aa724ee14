"""What the checks need to know of a stack: its resources, their ids, and what AWS says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..core.address import Address, AwsId, Ref
from ..core.cause import UNKNOWN_SERVER, ServerFacts
from ..core.lives import as_in_aws
from ..core.plan import Plan
from ..core.resource import Resource
from ..core.security_edge import SecurityEdge
from ..kinds.certificate import Certificate
from ..kinds.listener import SECURE, Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.sample_requests import FILLING
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..kinds.traffic import weighted
from ..kinds.web_acl_association import WebAclAssociation
from ..live.serving import ServingFacts, ServingIds


@dataclass(frozen=True)
class ServedStack:
    """A stack whose answers are checked.

    resources  what should serve: the desired resources, or those that AWS has
    ids        the AWS ids of those that exist
    domains    the names of the spec
    server     what is known of a server
    retry      the command that applies the spec again
    facts      what AWS says of them
    path       the connections that security groups must let in
    account    the AWS account; empty if it is not known
    """

    name: str
    region: str
    resources: Mapping[Address, Resource]
    ids: Mapping[Address, str]
    domains: tuple[str, ...] = ()
    server: Callable[[str], ServerFacts] = lambda id: UNKNOWN_SERVER
    retry: str = "elbplan apply"
    facts: ServingFacts = field(default_factory=ServingFacts)
    path: Sequence[SecurityEdge] = ()
    account: str = ""

    @classmethod
    def of(cls, plan: Plan, retry: str = "elbplan apply") -> ServedStack:
        """The stack as its spec wants it; without a spec, as AWS has it.

        The old side of a replacement serves until the new one exists, so it counts in its place.
        """
        lives = {address: live for address, live in as_in_aws(plan.lives).items() if not address.deposed}
        renamed = [address for address in lives if address not in plan.lives]
        to_replace = [*renamed, *(change.address for change in plan.changes if change.action == "replace")]
        replaced = {address: lives[address].model for address in to_replace if address in lives}
        wanted = {a: r for a, r in plan.desired.items() if a not in replaced}
        resources = {**wanted, **replaced} if wanted else {address: live.model for address, live in lives.items()}
        ids = {address: live.id for address, live in lives.items()}
        domains = plan.domains or tuple(r.name for r in resources.values() if isinstance(r, Record))
        names = {id: str(address) for address, id in ids.items()}
        known = _server(plan, names)
        path, account = plan.security_path_now, plan.account
        names_of = tuple(dict.fromkeys(domains))
        return cls(plan.stack, plan.region, resources, ids, names_of, known, retry, path=path, account=account)

    def id(self, ref: Ref | None) -> str:
        """The AWS id of a reference; empty if the resource does not exist."""
        if isinstance(ref, AwsId):
            return ref.value
        return self.ids.get(ref, "") if isinstance(ref, Address) else ""

    @property
    def reads(self) -> ServingIds:
        """What must be read from AWS."""
        secure = [listener for _, listener in self.listeners() if listener.protocol in SECURE]
        certificates = [self.id(ref) for listener in secure for ref in certificates_of(listener)]
        zones = [self.id(record.zone) for _, record in self.records()]
        balancers = [
            *(address for address, _ in self.balancers()),
            *(listener.load_balancer for _, listener in self.listeners()),
        ]
        return ServingIds(
            _known(map(self.id, balancers)),
            _known(self.id(address) for address in self.resources if address.kind == TargetGroup.kind),
            _known(certificates),
            _known(zones),
        )

    def balancers(self) -> Iterator[tuple[Address, LoadBalancer]]:
        """The load balancers."""
        yield from ((a, r) for a, r in self.resources.items() if isinstance(r, LoadBalancer))

    def foreign_balancers(self) -> tuple[str, ...]:
        """The ids of the load balancers of others on which this stack has listeners."""
        own = {self.id(address) for address, _ in self.balancers()}
        ids = (ref.value for _, listener in self.listeners() if isinstance(ref := listener.load_balancer, AwsId))
        return tuple(dict.fromkeys(id for id in ids if id not in own))

    def listeners(self, balancer: Address | None = None) -> Iterator[tuple[Address, Listener]]:
        """The listeners of a load balancer, or all."""
        for address, resource in self.resources.items():
            if isinstance(resource, Listener) and (balancer is None or self.same(resource.load_balancer, balancer)):
                yield address, resource

    def rules(self, listener: Address) -> dict[Address, Rule]:
        """The rules of a listener."""
        rules = ((a, r) for a, r in self.resources.items() if isinstance(r, Rule))
        return {address: rule for address, rule in rules if self.same(rule.listener, listener)}

    def records(self, balancer: Address | None = None) -> Iterator[tuple[Address, Record]]:
        """The records that point at a load balancer, or all."""
        for address, resource in self.resources.items():
            if isinstance(resource, Record) and (balancer is None or self.same(resource.load_balancer, balancer)):
                yield address, resource

    def same(self, ref: Ref, address: Address) -> bool:
        """True if the reference is this resource, by its address or by its id."""
        return ref == address or (isinstance(ref, AwsId) and ref.value == self.ids.get(address))

    def web_acl_of(self, balancer: Address) -> str:
        """The web ACL of a load balancer, as the spec names it; empty if the stack associates none."""
        found = (r for r in self.resources.values() if isinstance(r, WebAclAssociation))
        return next((_web_acl_name(r.web_acl) for r in found if self.same(r.load_balancer, balancer)), "")

    def names_of(self, balancer: Address) -> tuple[str, ...]:
        """The names by which clients reach a load balancer; a wildcard becomes one of its names."""
        records = [record.name for _, record in self.records(balancer)]
        alone = len(list(self.balancers())) == 1
        return tuple(dict.fromkeys(name.replace("*", FILLING) for name in [*records, *(self.domains if alone else ())]))

    def certified_names(self, listener: Listener) -> tuple[str, ...]:
        """The names of a listener's certificates, as far as they are known."""
        names: list[str] = []
        for ref in certificates_of(listener):
            resource = self.resources.get(ref) if isinstance(ref, Address) else None
            raw = self.facts.certificates.get(self.id(ref), {})
            names += resource.domains if isinstance(resource, Certificate) else certificate_names(raw)
        return tuple(dict.fromkeys(names))

    def serves(self, group: Address) -> bool:
        """True if a listener or rule sends requests to the target group."""
        return any(self.same(ref, group) for resource in self.resources.values() for ref in weighted(resource))

    def is_filled_by_others(self, group: Address) -> bool:
        """True if an Auto Scaling group or a service registers the targets."""
        return not any(isinstance(r, Targets) and self.same(r.group, group) for r in self.resources.values())


def _server(plan: Plan, names: Mapping[str, str]) -> Callable[[str], ServerFacts]:
    """What the plan knows of a server; a server of the stack has its address as its name."""
    return lambda id: plan.server_facts.get(id) or (ServerFacts(names[id]) if id in names else UNKNOWN_SERVER)


def certificates_of(listener: Listener) -> list[Ref]:
    """The certificates of a listener, the default one first."""
    return [ref for ref in (listener.certificate, *listener.more_certificates) if ref is not None]


def certificate_names(raw: Mapping[str, object]) -> tuple[str, ...]:
    """The names in AWS's description of a certificate."""
    names = raw.get("SubjectAlternativeNames") or raw.get("DomainName") or ()
    return (names,) if isinstance(names, str) else tuple(map(str, names)) if isinstance(names, list | tuple) else ()


def is_covered(name: str, certified: Sequence[str]) -> bool:
    """True if a certificate with these names is valid for the name."""
    return any(_covers(pattern, name.lower()) for pattern in certified)


def _covers(pattern: str, name: str) -> bool:
    """A wildcard stands for exactly one label: https://www.rfc-editor.org/rfc/rfc6125#section-6.4.3"""
    if pattern.startswith("*."):
        return bool(name.partition(".")[0]) and name.partition(".")[2] == pattern[2:].lower()
    return pattern.lower() == name


def _web_acl_name(web_acl: Ref) -> str:
    """`shop` for `name:shop`, and for `arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/shop/ID`."""
    text = str(web_acl).removeprefix("name:")
    return text.partition("/webacl/")[2].partition("/")[0] or text


def _known(ids: Iterator[str] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for id in ids if id))
