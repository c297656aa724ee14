"""Checks load balancers: zones, attributes and names."""

from __future__ import annotations

from ....core.address import Address, Lookup, Ref
from ....kinds.aws.load_balancer_attributes import DEFAULTS, LOGS, NEVER_BACK
from ....kinds.load_balancer import LoadBalancer
from ...short.document import ZONE
from .attributes import unknown_keys
from .subject import Subject


def check(subject: Subject) -> None:
    """Reports what AWS refuses of load balancers."""
    for address, balancer in subject.of("load_balancer"):
        _zones(subject, address, balancer)
        unknown_keys(subject, address, balancer.attributes, [*DEFAULTS[balancer.type], *NEVER_BACK[balancer.type]])
        if balancer.type == "gateway" and balancer.security_groups:
            subject.problem(
                address, ("security_groups",), "a gateway load balancer cannot have security groups", "remove the line"
            )
        _logs(subject, address, balancer)
        if balancer.name and balancer.name.startswith("internal-"):
            subject.problem(
                address,
                ("name",),
                'the name of a load balancer cannot start with "internal-"',
                "use another name, or remove the line",
            )
    _short_form(subject)


def _logs(subject: Subject, address: Address, balancer: LoadBalancer) -> None:
    """AWS: "You must specify an S3 bucket to enable access logs"."""
    for logs in LOGS:
        enabled = f"{logs}.enabled"
        named = balancer.attributes.get(f"{logs}.bucket") or balancer.log_bucket
        if balancer.attributes.get(enabled) == "true" and not named:
            hint = f"write {logs}.bucket: BUCKET too, or log_bucket: NAME"
            subject.problem(address, ("attributes", enabled), f"{logs} needs a bucket", hint)


def _zones(subject: Subject, address: Address, balancer: LoadBalancer) -> None:
    complete = subject.complete("load_balancer")
    if (
        complete
        and balancer.type == "application"
        and len(balancer.subnets) == 1
        and not _may_match_several(balancer.subnets[0])
    ):
        subject.problem(
            address,
            ("subnets",),
            "an application load balancer needs at least two zones",
            "write zones: [a, c], or remove zones: to use all of them",
        )


def _may_match_several(subnet: Ref) -> bool:
    return isinstance(subnet, Lookup) and not ZONE.fullmatch(subnet.query)


def _short_form(subject: Subject) -> None:
    """Checks zones and subnets of the short form."""
    short, report = subject.short, subject.report
    if short.zones and short.network and short.network.subnets:
        report.at(("zones",), "both zones and network.subnets are set", "keep one of them", key=True)
    _same_subnet(subject)
    for index, zone in enumerate(short.zones or ()):
        if len(zone) > 1 and short.region and zone[:-1] != short.region:
            report.at(
                ("zones", index),
                f"the zone {zone} is not in {short.region}",
                f"write {short.region}{zone[-1]}, or {zone[-1]}",
            )


def _same_subnet(subject: Subject) -> None:
    """Reports a subnet that is written twice."""
    network = subject.short.network
    seen: set[str] = set()
    for index, entry in enumerate(network.subnets or () if network else ()):
        if entry.subnet in seen:
            hint = "write each subnet once, with all its addresses"
            subject.report.at(("network", "subnets", index), f"the subnet {entry.subnet} is written twice", hint)
        seen.add(entry.subnet)
