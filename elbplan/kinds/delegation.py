"""Whether a hosted zone is the one that the DNS of the internet asks: its parent zone names its name servers. Pure.

ACM sees validation records, and clients see aliases, only in a zone that is delegated:
https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-DNS-validation.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/migrate-dns-domain-in-use.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..core.address import Address, AwsId
from ..core.cause import Cause
from ..core.kind import LiveResource
from ..core.resource import Resource
from .certificate import Certificate
from .hosted_zone import HostedZone
from .record import Record


@dataclass(frozen=True)
class ParentAnswer:
    """The name servers that the parent zone has for a zone; none if it has none.

    problem   why nobody could be asked; empty if somebody answered
    """

    servers: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class NameAnswer:
    """The addresses that DNS has for a name; none if it has none.

    server    the name server that was asked; empty for the resolver of this machine
    problem   why there is no answer; empty if there is one
    """

    addresses: tuple[str, ...] = ()
    server: str = ""
    problem: str = ""


@dataclass(frozen=True)
class ZoneDelegation:
    """A public hosted zone, and what its parent zone says about it.

    servers   the name servers of the hosted zone, by Route 53
    found     the name servers that the parent has
    aliases   other names of the hosted zone's servers: those of its own NS record
    problem   why the delegation is unknown; empty if it is known
    """

    zone: str
    name: str
    servers: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_wrong(self) -> bool:
        """True if the DNS of the internet certainly does not ask this hosted zone."""
        return not self.problem and not {*self.servers, *self.aliases} & set(self.found)

    @property
    def text(self) -> str:
        """What is wrong, in a few words."""
        if self.found:
            return f"{self.name} is delegated to {', '.join(self.found)}, not to its hosted zone {self.zone}"
        return f"{self.name} is not delegated: no parent zone has name servers for it"

    @property
    def fix(self) -> str:
        """What a person does about it."""
        servers = ", ".join(self.servers)
        return f"enter these name servers at the registrar of {self.name}, or in its parent zone: {servers}"

    @property
    def cause(self) -> Cause:
        """The cause for a certificate that stays pending."""
        return Cause(self.text, self.fix)


Delegations = Mapping[Address, Sequence[ZoneDelegation]]
"""By the address of a certificate or record: the delegations of its hosted zones."""


def zones_of_new(
    desired: Mapping[Address, Resource], lives: Iterable[LiveResource[Resource]]
) -> dict[Address, tuple[str, ...]]:
    """The hosted zones of the certificates and records that a plan creates, and of certificates not issued yet."""
    lives = list(lives)
    known = {identity for live in lives for identity in _identities(live)}
    made = {live.address: live.id for live in lives if isinstance(live.model, HostedZone) and not live.model.vpcs}
    wanted = ((address, resource) for address, resource in desired.items())
    return {
        address: zones
        for address, resource in wanted
        if _identity(resource) not in known and (zones := tuple(_zones(resource, made)))
    }


def _identities(live: LiveResource[Resource]) -> Iterator[tuple[object, ...]]:
    """The identity of a live record, and of a certificate that AWS has issued."""
    if isinstance(live.model, Record) or live.facts.get("state") == "ISSUED":
        yield _identity(live.model)


def _identity(resource: Resource) -> tuple[object, ...]:
    if isinstance(resource, Certificate):
        return (resource.domains, resource.key)
    return (resource.name, resource.type, str(resource.zone)) if isinstance(resource, Record) else ()


def _zones(resource: Resource, made: Mapping[Address, str]) -> Iterator[str]:
    refs = [proof.zone for proof in resource.proofs] if isinstance(resource, Certificate) else []
    refs += [resource.zone] if isinstance(resource, Record) else []
    own = (made[ref] for ref in refs if isinstance(ref, Address) and ref in made)
    yield from dict.fromkeys([*(ref.value for ref in refs if isinstance(ref, AwsId)), *own])


def not_checked(delegations: Delegations) -> tuple[str, ...]:
    """A line for each zone whose delegation is unknown."""
    unknown = {zone for zones in delegations.values() for zone in zones if zone.problem}
    return tuple(
        f"whether {zone.name} is delegated to its hosted zone: {zone.problem}"
        for zone in sorted(unknown, key=lambda zone: zone.name)
    )


def pending_causes(delegations: Delegations) -> dict[Address, Cause]:
    """By the address of a certificate: the delegation that keeps AWS from issuing it."""
    return {
        address: zone.cause
        for address, zones in delegations.items()
        for zone in zones
        if zone.is_wrong and address.kind == Certificate.kind
    }
