"""A account to begin with: what every AWS account has, and hosted zones for domains."""

from typing import Any

from ..account import CallContext
from ..domains import registrable
from ..ec2 import facts
from ..ec2.network import attach_new_gateway
from ..route53.zones import create_hosted_zone


def create_defaults(context: CallContext, zones: list[str] | None, hosted_zones: list[str]) -> dict[str, Any]:
    """The default VPC with an internet gateway and its route, its subnets, and these public zones; again:
    the same.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
    """
    context.account.elb(context.region)
    vpc = context.ec2.get_default_vpc()
    return {
        "vpc": vpc.id,
        "internet_gateway": _gateway(context, vpc.id),
        "subnets": _subnets(context, vpc.id, zones),
        "security_group": facts.default_security_group(context, vpc.id),
        "hosted_zones": {name: _hosted_zone(context, name) for name in hosted_zones},
    }


def _gateway(context: CallContext, vpc: str) -> str:
    for gateway in context.ec2.internet_gateways.values():
        if gateway.vpc and gateway.vpc.id == vpc:
            return str(gateway.id)
    return attach_new_gateway(context, vpc)


def _subnets(context: CallContext, vpc: str, zones: list[str] | None) -> dict[str, str]:
    """Zone letter: subnet. Zones that are named and have none get their default subnet."""
    found = {
        one.availability_zone.removeprefix(context.region): one.id
        for one in context.ec2.describe_subnets(filters={"vpc-id": [vpc]})
        if one.default_for_az
    }
    for letter in zones or []:
        if letter not in found:
            found[letter] = context.ec2.create_default_subnet(context.region + letter).id
    return {letter: found[letter] for letter in sorted(found) if not zones or letter in zones}


def _hosted_zone(context: CallContext, name: str) -> str:
    covering = context.account.dns.covering(name)
    if covering:
        return covering[0].id
    wanted = {"Name": registrable(name) or name, "CallerReference": f"sandbox-{name}"}
    made = create_hosted_zone(context, wanted)
    return str(made["HostedZone"]["Id"].removeprefix("/hostedzone/"))
