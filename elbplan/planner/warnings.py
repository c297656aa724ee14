"""What elbplan leaves as it is in AWS although the stack cannot work with it. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.address import Address, Ref
from ..core.kind import LiveResource
from ..core.resource import Resource
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.external_servers import NO_SERVERS, ExternalServers
from ..kinds.hosted_zone import HostedZone
from ..kinds.load_balancer import LoadBalancer
from ..kinds.security_group import SecurityGroup

Lives = Mapping[Address, LiveResource[Any]]


def warnings_of(
    desired: Mapping[Address, Resource], lives: Lives, region: str, external: ExternalServers = NO_SERVERS
) -> Iterator[str]:
    """A text for each new zone, each load balancer that reaches no targets, and each group that keeps bad ones."""
    yield from _new_zones(desired, lives)
    yield from _no_way_out(desired, lives, region)
    yield from _keeps_unhealthy_instances(desired, external, region)
    yield from _fills_others_too(desired, lives, external)


def _new_zones(desired: Mapping[Address, Resource], lives: Lives) -> Iterator[str]:
    """A text for each public zone that the plan makes."""
    for address, zone in desired.items():
        if isinstance(zone, HostedZone) and not zone.vpcs and address not in lives:
            yield (
                f"{address} is new, and Route 53 chooses its name servers: apply shows them. Until they stand at the "
                f"registrar of {zone.name}, or in its parent zone, its names do not exist, and no certificate is issued"
            )


def _keeps_unhealthy_instances(
    desired: Mapping[Address, Resource], external: ExternalServers, region: str
) -> Iterator[str]:
    """A text for each Auto Scaling group that does not replace instances which fail the health check.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-add-elb-healthcheck.html
    """
    for address, attachment in desired.items():
        named = attachment.auto_scaling_groups if isinstance(attachment, AutoScalingAttachment) else ()
        for group in (external.scaling[str(ref)] for ref in named if str(ref) in external.scaling):
            if not group.checks_elb:
                yield (
                    f"{address}: the Auto Scaling group {group.name} checks only whether its instances run, so it does "
                    "not replace one that fails the health check of the load balancer. Change that with: aws "
                    f"autoscaling update-auto-scaling-group --region {region} --auto-scaling-group-name "
                    f"{shlex.quote(group.name)} --health-check-type ELB --health-check-grace-period 300"
                )


def _fills_others_too(desired: Mapping[Address, Resource], lives: Lives, external: ExternalServers) -> Iterator[str]:
    """A text for each new attachment of an Auto Scaling group that already fills target groups of others."""
    own = {live.id for live in lives.values()}
    for address, attachment in desired.items():
        named = attachment.auto_scaling_groups if isinstance(attachment, AutoScalingAttachment) else ()
        for group in (external.scaling[str(ref)] for ref in named if str(ref) in external.scaling):
            others = sorted(arn.split("/")[1] for arn in group.sources - own if arn.count("/") > 1)
            if others and address not in lives:
                yield (
                    f"{address}: the Auto Scaling group {group.name} already fills {', '.join(others)}, which is not "
                    "of this stack: its instances then get the requests of both"
                )


def _no_way_out(desired: Mapping[Address, Resource], lives: Lives, region: str) -> Iterator[str]:
    """A text for each load balancer whose security groups let no traffic out to targets."""
    for address, balancer in desired.items():
        groups = balancer.security_groups if isinstance(balancer, LoadBalancer) else None
        if groups and all(_lets_nothing_out(group, desired, lives) for group in groups):
            first = groups[0]
            assert isinstance(first, Address)
            yield (
                f"{first} has no outbound rule, so {address} reaches no target. elbplan leaves outbound rules alone "
                f"without `egress:`. Allow all with: aws ec2 authorize-security-group-egress --region {region} "
                f"--group-id {lives[first].id} --ip-permissions IpProtocol=-1,IpRanges=[{{CidrIp=0.0.0.0/0}}]"
            )


def _lets_nothing_out(group: Ref, desired: Mapping[Address, Resource], lives: Lives) -> bool:
    """True if the group exists without outbound rules, and the spec wants none. AWS gives a new group a rule."""
    if not isinstance(group, Address) or group not in lives:
        return False
    wanted, live = desired.get(group), lives[group].model
    return isinstance(wanted, SecurityGroup) and wanted.egress is None and live.egress == ()
