"""A world to begin with: what every AWS account has, and hosted zones for domains."""

from typing import Any

from ..account import CallContext
from ..domains import registrable
from ..ec2 import facts
from ..ec2.network import attach_new_gateway
from ..route53.zones import create_hosted_zone


def create_defaults(site: CallContext, zones: list[str] | None, hosted_zones: list[str]) -> dict[str, Any]:
    """The default VPC with an internet gateway and its route, its subnets, and these public zones; again:
    the same.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
    """
    site.world.elb(site.region)
    vpc = facts.backend(site).get_default_vpc()
    return {
        "vpc": vpc.id,
        "internet_gateway": _gateway(site, vpc.id),
        "subnets": _subnets(site, vpc.id, zones),
        "security_group": facts.default_security_group(site, vpc.id),
        "hosted_zones": {name: _hosted_zone(site, name) for name in hosted_zones},
    }


def _gateway(site: CallContext, vpc: str) -> str:
    for gateway in facts.backend(site).internet_gateways.values():
        if gateway.vpc and gateway.vpc.id == vpc:
            return str(gateway.id)
    return attach_new_gateway(site, vpc)


def _subnets(site: CallContext, vpc: str, zones: list[str] | None) -> dict[str, str]:
    """Zone letter: subnet. Zones that are named and have none get their default subnet."""
    found = {
        one.availability_zone.removeprefix(site.region): one.id
        for one in facts.backend(site).describe_subnets(filters={"vpc-id": [vpc]})
        if one.default_for_az
    }
    for letter in zones or []:
        if letter not in found:
            found[letter] = facts.backend(site).create_default_subnet(site.region + letter).id
    return {letter: found[letter] for letter in sorted(found) if not zones or letter in zones}


def _hosted_zone(site: CallContext, name: str) -> str:
    covering = site.world.dns.covering(name)
    if covering:
        return covering[0].id
    wanted = {"Name": registrable(name) or name, "CallerReference": f"sandbox-{name}"}
    made = create_hosted_zone(site, wanted)
    return str(made["HostedZone"]["Id"].removeprefix("/hostedzone/"))
