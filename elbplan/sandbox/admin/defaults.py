"""Default resources: those of every AWS account, and hosted zones for domains."""

from typing import Any

from ..account import CallContext
from ..domains import registrable
from ..ec2 import facts
from ..ec2.network import attach_ipv6, attach_new_gateway
from ..route53.zones import create_hosted_zone
from ..rules import rule


def create_defaults(context: CallContext, zones: list[str] | None, hosted_zones: list[str]) -> dict[str, Any]:
    """Creates the default VPC with gateway, route and subnets, and these public zones, unless they exist already.

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


@rule(16)
def complete_default_vpc(context: CallContext) -> None:
    """Attaches the internet gateway of the default VPC before the first call in a region: moto's has none.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
    """
    regions = context.account.memory("regions in use")
    if context.region not in regions:
        regions[context.region] = True
        if vpc := context.ec2.get_default_vpc():
            _gateway(context, vpc.id)


def _gateway(context: CallContext, vpc: str) -> str:
    for gateway in context.ec2.internet_gateways.values():
        if gateway.vpc and gateway.vpc.id == vpc:
            return str(gateway.id)
    return attach_new_gateway(context, vpc)


def _subnets(context: CallContext, vpc: str, zones: list[str] | None) -> dict[str, str]:
    """Returns the subnets by zone letter. A named zone without a subnet gets its default subnet."""
    subnets = {
        subnet.availability_zone.removeprefix(context.region): subnet.id
        for subnet in context.ec2.describe_subnets(filters={"vpc-id": [vpc]})
        if subnet.default_for_az
    }
    for letter in zones or []:
        if letter not in subnets:
            subnets[letter] = context.ec2.create_default_subnet(context.region + letter).id
    for number, id in enumerate(subnets.values()):
        attach_ipv6(facts.known_subnet(context, id), number)
    return {letter: subnets[letter] for letter in sorted(subnets) if not zones or letter in zones}


def _hosted_zone(context: CallContext, name: str) -> str:
    covering = context.account.dns.covering(name, delegated=False)
    if covering:
        return covering[0].id
    params = {"Name": registrable(name) or name, "CallerReference": f"sandbox-{name}"}
    zone = create_hosted_zone(context, params)["HostedZone"]
    return str(zone["Id"].removeprefix("/hostedzone/"))
