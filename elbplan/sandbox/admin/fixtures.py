"""What stands in an account before any stack comes, made with ids that somebody else chose."""

import contextlib
import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from moto.ec2.models import elastic_ip_addresses, instances, security_groups, subnets, vpcs

from ..account import CallContext
from ..acm import VALIDITY
from ..ec2 import facts
from ..ec2.images import create_image
from ..ec2.instances import put_in_state
from ..ec2.network import attach_new_gateway
from ..elbv2.zone_ids import zone_id
from ..route53.checks import FOREIGN_BALANCERS
from ..route53.zones import create_hosted_zone
from ..state.acm import StoredCertificate
from ..tags import Tags, to_pairs

Maker = Callable[..., str]

OPEN = "open"
"""A security group that lets everybody in, one in each network: what is planted can be reached."""


def create_fixture(context: CallContext, kind: str, id: str, **wanted: Any) -> str:
    """Make one, and say its id: the given one, or AWS's choice where that is empty. KeyError for unknown kinds."""
    if kind not in MAKERS:
        raise KeyError(f"no {kind!r} can be planted; there are {', '.join(MAKERS)}")
    return MAKERS[kind](context, id, **wanted)


@contextlib.contextmanager
def _with_id(id: str, module: Any, maker: str) -> Iterator[None]:
    """The next thing that moto makes gets this id from its birth, and so wherever moto keeps it."""
    usual, left = getattr(module, maker), [id] if id else []
    setattr(module, maker, lambda *given, **named: left.pop() if left else usual(*given, **named))
    try:
        yield
    finally:
        setattr(module, maker, usual)


def _vpc(context: CallContext, id: str, tags: Tags | None = None, cidr: str = "10.0.0.0/16") -> str:
    """A network with a way to the internet for all of its subnets."""
    with _with_id(id, vpcs, "random_vpc_id"):
        made = context.ec2.create_vpc(cidr, tags=to_pairs(tags))
    attach_new_gateway(context, made.id)
    return str(made.id)


def _subnet(context: CallContext, id: str, zone: str, vpc: str = "", tags: Tags | None = None) -> str:
    """A subnet of a zone (`a`), where the network has room for it."""
    network = vpc or _default(context)
    with _with_id(id, subnets, "random_subnet_id"):
        made = context.ec2.create_subnet(network, _free_cidr(context, network), availability_zone=context.region + zone)
    made.add_tags(tags or {})
    return str(made.id)


def _free_cidr(context: CallContext, vpc: str) -> str:
    there = context.ec2.describe_subnets(filters={"vpc-id": [vpc]})
    held = [ipaddress.IPv4Network(one.cidr_block) for one in there]
    every = ipaddress.IPv4Network(facts.vpc_cidrs(context, vpc)[0]).subnets(new_prefix=20)
    return str(next(one for one in every if not any(one.overlaps(other) for other in held)))


def _security_group(context: CallContext, id: str, vpc: str = "", tags: Tags | None = None, name: str = "") -> str:
    """A group that lets everybody in."""
    backend, network = context.ec2, vpc or _default(context)
    with _with_id(id, security_groups, "random_security_group_id"):
        made = backend.create_security_group(name or f"planted-{next(context.account.numbers)}", "planted", network)
    made.add_tags(tags or {})
    backend.authorize_security_group_ingress(made.id, "-1", -1, -1, [{"CidrIp": "0.0.0.0/0"}])
    return str(made.id)


def _instance(context: CallContext, id: str, zone: str = "a", subnet: str = "", tags: Tags | None = None) -> str:
    """A server that runs, and that everybody can reach."""
    backend, place = context.ec2, subnet or _default_subnet(context, zone)
    group = _open(context, facts.subnet(context, place).vpc_id)  # type: ignore[union-attr]
    with _with_id(id, instances, "random_instance_id"):
        made = backend.run_instances(
            "ami-12c6146b", 1, None, [], instance_type="t3.micro", is_instance_type_default=False,
            region_name=context.region, subnet_id=place, security_group_ids=[group], tags={"instance": tags or {}},
        )  # fmt: skip
    put_in_state(made.instances[0], "running")
    return str(made.instances[0].id)


def _open(context: CallContext, vpc: str) -> str:
    there = context.ec2.groups[vpc].values()
    return next((str(one.id) for one in there if one.name == OPEN), "") or _security_group(context, "", vpc, name=OPEN)


def _default(context: CallContext) -> str:
    return str(context.ec2.get_default_vpc().id)


def _default_subnet(context: CallContext, zone: str) -> str:
    wanted = {"vpc-id": [_default(context)], "availability-zone": [context.region + zone]}
    return str(context.ec2.describe_subnets(filters=wanted)[0].id)


def _certificate(context: CallContext, id: str, names: list[str]) -> str:
    """An issued certificate; `id` is its ARN."""
    arn = id or context.arn("acm", f"certificate/planted-{next(context.account.numbers)}")
    stamp = context.account.clock.stamp()
    context.account.certificates[arn] = StoredCertificate(
        arn, names[0], names, "DNS", "RSA_2048", stamp, context.now, context.now, status="ISSUED", issued=stamp,
        not_after=stamp + VALIDITY,
    )  # fmt: skip
    return arn


def _hosted_zone(context: CallContext, id: str, name: str) -> str:
    """A public zone of exactly this name."""
    made = create_hosted_zone(context, {"Name": name, "CallerReference": f"planted-{id or name}"})["HostedZone"]
    zone = context.account.dns.zones.pop(str(made["Id"]).removeprefix("/hostedzone/"))
    zone.id = id or zone.id
    context.account.dns.zones[zone.id] = zone
    return zone.id


def _elastic_ip(context: CallContext, id: str, tags: Tags | None = None) -> str:
    """An address that nothing uses."""
    with _with_id(id, elastic_ip_addresses, "random_eip_allocation_id"):
        made = context.ec2.allocate_address("vpc", tags=tags)
    return str(made.allocation_id)


def _balancer_elsewhere(context: CallContext, id: str) -> str:
    """A balancer that answers to this DNS name and that elbv2 of this account does not list: a Classic one, or one of
    another account. An alias may lead to it all the same.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html ("If you
    used one AWS account to create the current hosted zone and a different account to create" the load balancer); its
    name has the form of ours: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/using-domain-names-with-elb.html
    """
    context.account.memory(FOREIGN_BALANCERS)[id.lower()] = zone_id(context.region, "application")
    return id


MAKERS: dict[str, Maker] = {
    "vpc": _vpc,
    "subnet": _subnet,
    "security_group": _security_group,
    "instance": _instance,
    "certificate": _certificate,
    "hosted_zone": _hosted_zone,
    "elastic_ip": _elastic_ip,
    "image": create_image,
    "balancer_elsewhere": _balancer_elsewhere,
}
