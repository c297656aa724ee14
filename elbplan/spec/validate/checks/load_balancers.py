"""Load balancers: zones, attributes, names."""

from __future__ import annotations

from ....core.address import Address, Lookup, Ref
from ....kinds.aws.load_balancer_attributes import DEFAULTS, NEVER_BACK
from ....kinds.load_balancer import LoadBalancer
from ...short.document import ZONE
from .attributes import unknown_keys
from .subject import Subject


def check(subject: Subject) -> None:
    """What AWS refuses of a load balancer."""
    for address, balancer in subject.of("load_balancer"):
        _zones(subject, address, balancer)
        unknown_keys(subject, address, balancer.attributes, [*DEFAULTS[balancer.type], *NEVER_BACK[balancer.type]])
        if balancer.type == "gateway" and balancer.security_groups:
            subject.say(address, ("security_groups",), "a gateway balancer has no security groups", "remove the line")
        if balancer.name and balancer.name.startswith("internal-"):
            subject.say(address, ("name",), 'a balancer\'s name cannot start with "internal-"', "leave it out")
    _asked_for(subject)


def _zones(subject: Subject, address: Address, balancer: LoadBalancer) -> None:
    complete = subject.complete("load_balancer")
    if (
        complete
        and balancer.type == "application"
        and len(balancer.subnets) == 1
        and not _may_be_many(balancer.subnets[0])
    ):
        subject.say(
            address,
            ("subnets",),
            "an application balancer needs at least two zones",
            "write zones: [a, c], or leave zones out to take all of them",
        )


def _may_be_many(subnet: Ref) -> bool:
    return isinstance(subnet, Lookup) and not ZONE.fullmatch(subnet.query)


def _asked_for(subject: Subject) -> None:
    """Zones and subnets as the short form has them."""
    short, report = subject.short, subject.report
    if short.zones and short.network and short.network.subnets:
        report.at(("zones",), "zones and network.subnets both say where to stand", "keep one of them", key=True)
    for index, zone in enumerate(short.zones or ()):
        if len(zone) > 1 and short.region and zone[:-1] != short.region:
            report.at(
                ("zones", index), f"{zone} is not in {short.region}", f"write {short.region}{zone[-1]}, or {zone[-1]}"
            )
