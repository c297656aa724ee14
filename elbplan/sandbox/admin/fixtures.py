"""Resources that exist in an account before any stack, with given ids."""

import contextlib
import ipaddress
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from moto.ec2.models import elastic_ip_addresses, instances, security_groups, subnets, vpcs
from moto.ec2.models.availability_zones_and_regions import Zone

from .. import autoscaling, waf
from ..account import CallContext
from ..acm.validation import AUTHORITIES, VALIDITY
from ..ec2 import capacity_reservations, facts
from ..ec2.images import create_image
from ..ec2.instances import put_in_state, started
from ..ec2.network import attach_ipv6, attach_new_gateway
from ..elbv2 import trust_stores
from ..elbv2.zone_ids import zone_id
from ..route53.checks import FOREIGN_BALANCERS
from ..route53.zones import create_hosted_zone
from ..state.acm import StoredCertificate
from ..state.s3 import StoredBucket
from ..tags import Tags, to_pairs
from ..traffic.record_places import add_collection

Maker = Callable[..., str]

OPEN_GROUP = "open"
"""The name of a security group that allows everything. Each VPC has one, so that its instances can be reached."""


def create_fixture(context: CallContext, kind: str, id: str, **fields: Any) -> str:
    """Creates a resource with this id and returns its id; AWS chooses the id if it is empty.

    Raises KeyError for an unknown kind.
    """
    if kind not in MAKERS:
        raise KeyError(f"the sandbox cannot create {kind!r}; the kinds are {', '.join(MAKERS)}")
    return MAKERS[kind](context, id, **fields)


@contextlib.contextmanager
def _with_id(id: str, module: Any, maker: str) -> Iterator[None]:
    """The first resource that moto creates in this block gets this id, so that moto uses it everywhere."""
    original, ids = getattr(module, maker), [id] if id else []
    setattr(module, maker, lambda *args, **kwargs: ids.pop() if ids else original(*args, **kwargs))
    try:
        yield
    finally:
        setattr(module, maker, original)


def _vpc(context: CallContext, id: str, tags: Tags | None = None, cidr: str = "10.0.0.0/16") -> str:
    """Creates a VPC whose subnets all have a route to the internet."""
    with _with_id(id, vpcs, "random_vpc_id"):
        vpc = context.ec2.create_vpc(cidr, tags=to_pairs(tags))
    attach_new_gateway(context, vpc.id)
    return str(vpc.id)


def _subnet(
    context: CallContext, id: str, zone: str, vpc: str = "", tags: Tags | None = None, zone_id: str = ""
) -> str:
    """Creates a subnet in a zone (`a`), in a free part of the VPC.

    zone_id   the id of a zone that moto does not have: `-lax-1a` with `usw2-lax1-az1`
    """
    vpc = vpc or _default_vpc(context)
    cidr, zone_name = _free_cidr(context, vpc), context.region + ("a" if zone_id else zone)
    with _with_id(id, subnets, "random_subnet_id"):
        subnet = context.ec2.create_subnet(vpc, cidr, availability_zone=zone_name)
    subnet.add_tags(tags or {})
    attach_ipv6(subnet, 256 + next(context.account.numbers))
    if zone_id:
        _move_to_new_zone(context, subnet, Zone(context.region + zone, context.region, zone_id))
    return str(subnet.id)


def _move_to_new_zone(context: CallContext, subnet: Any, zone: Zone) -> None:
    """Puts a subnet into a zone that moto's regions do not have; in the default VPC it is the zone's default subnet."""
    del context.ec2.subnets[subnet.availability_zone][subnet.id]
    subnet._availability_zone = zone
    subnet.default_for_az = subnet.vpc_id == _default_vpc(context)
    context.ec2.subnets[zone.name][subnet.id] = subnet


def _free_cidr(context: CallContext, vpc: str) -> str:
    existing = context.ec2.describe_subnets(filters={"vpc-id": [vpc]})
    used = [ipaddress.IPv4Network(subnet.cidr_block) for subnet in existing]
    blocks = ipaddress.IPv4Network(facts.vpc_cidrs(context, vpc)[0]).subnets(new_prefix=20)
    return str(next(block for block in blocks if not any(block.overlaps(other) for other in used)))


def _security_group(context: CallContext, id: str, vpc: str = "", tags: Tags | None = None, name: str = "") -> str:
    """Creates a group that allows everything."""
    name = name or f"fixture-{next(context.account.numbers)}"
    with _with_id(id, security_groups, "random_security_group_id"):
        group = context.ec2.create_security_group(name, "fixture", vpc or _default_vpc(context))
    group.add_tags(tags or {})
    context.ec2.authorize_security_group_ingress(group.id, "-1", -1, -1, [{"CidrIp": "0.0.0.0/0"}])
    return str(group.id)


def _instance(
    context: CallContext,
    id: str,
    zone: str = "a",
    subnet: str = "",
    tags: Tags | None = None,
    security_group: str = "",
    root_device: str = "ebs",
) -> str:
    """Creates a running instance that everybody can reach, or one with the rules of a security group.

    root_device   `ebs`, or `instance-store`
    """
    subnet = subnet or _default_subnet(context, zone)
    group = security_group or _open_group(context, facts.known_subnet(context, subnet).vpc_id)
    with _with_id(id, instances, "random_instance_id"):
        reservation = context.ec2.run_instances(
            "ami-12c6146b", 1, None, [], instance_type="t3.micro", is_instance_type_default=False,
            region_name=context.region, subnet_id=subnet, security_group_ids=[group], tags={"instance": tags or {}},
        )  # fmt: skip
    (instance,) = reservation.instances
    instance.root_device_type = root_device
    started(context, instance, first=True)
    put_in_state(instance, "running")
    return str(instance.id)


def _open_group(context: CallContext, vpc: str) -> str:
    ids = (str(group.id) for group in context.ec2.groups[vpc].values() if group.name == OPEN_GROUP)
    return next(ids, "") or _security_group(context, "", vpc, name=OPEN_GROUP)


def _default_vpc(context: CallContext) -> str:
    return str(context.ec2.get_default_vpc().id)


def _default_subnet(context: CallContext, zone: str) -> str:
    filters = {"vpc-id": [_default_vpc(context)], "availability-zone": [context.region + zone]}
    return str(context.ec2.describe_subnets(filters=filters)[0].id)


def _certificate(context: CallContext, id: str, names: list[str], days: int = VALIDITY.days) -> str:
    """Creates an issued certificate; `id` is its ARN.

    days   until it expires; negative: it has expired, which AWS prevents only as long as its DNS records exist
    """
    arn = id or context.arn("acm", f"certificate/fixture-{next(context.account.numbers)}")
    stamp = context.account.clock.stamp()
    context.account.certificates[arn] = StoredCertificate(
        arn, names[0], names, "DNS", "RSA_2048", stamp, context.now, context.now, status="ISSUED",
        issued=stamp + timedelta(days=days) - VALIDITY, not_after=stamp + timedelta(days=days),
    )  # fmt: skip
    return arn


def _private_authority(context: CallContext, id: str, family: str = "RSA", status: str = "ACTIVE") -> str:
    """Creates an authority of AWS Private CA; `family` is that of its key: RSA or EC."""
    number = uuid.uuid5(uuid.NAMESPACE_DNS, f"authority {next(context.account.numbers)}")
    arn = id or context.arn("acm-pca", f"certificate-authority/{number}")
    context.account.memory(AUTHORITIES)[arn] = {"family": family, "status": status}
    return arn


def _hosted_zone(context: CallContext, id: str, name: str) -> str:
    """Creates a public zone with exactly this name."""
    zones = context.account.dns.zones
    answer = create_hosted_zone(context, {"Name": name, "CallerReference": f"fixture-{id or name}"})
    zone = zones.pop(str(answer["HostedZone"]["Id"]).removeprefix("/hostedzone/"))
    zone.id = id or zone.id
    zones[zone.id] = zone
    return zone.id


def _elastic_ip(context: CallContext, id: str, tags: Tags | None = None) -> str:
    """Allocates an address that nothing uses."""
    with _with_id(id, elastic_ip_addresses, "random_eip_allocation_id"):
        address = context.ec2.allocate_address("vpc", tags=tags)
    return str(address.allocation_id)


def _balancer_elsewhere(context: CallContext, id: str) -> str:
    """Adds the DNS name of a load balancer that elbv2 of this account does not list: a Classic Load Balancer, or one of
    another account. An alias may point to it nevertheless.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html ("If you
    used one AWS account to create the current hosted zone and a different account to create" the load balancer). Its
    name has the usual form: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/using-domain-names-with-elb.html
    """
    context.account.memory(FOREIGN_BALANCERS)[id.lower()] = zone_id(context.region, "application")
    return id


def _parameter(context: CallContext, id: str, value: str) -> str:
    """Creates a SecureString in Parameter Store; `id` is its name."""
    ssm = context.backend("ssm")
    ssm.put_parameter(id, "", value, "SecureString", "", "", True, [], "text", tier=None, policies=None)
    return id


def _secret(context: CallContext, id: str, value: str) -> str:
    """Creates a secret in Secrets Manager; `id` is its name."""
    context.backend("secretsmanager").create_secret(id, value, None, None, [], None, None, [], False)
    return id


def _tags(context: CallContext, id: str, tags: Tags) -> str:
    """Adds tags to a load balancer, target group, listener or rule that only AWS itself may add: `aws:...`.

    id   the ARN, or the name of a Classic Load Balancer
    """
    classic = context.classic.get(id)
    (classic.tags if classic else context.elb.tags[id]).update(tags)
    return id


def _bucket(
    context: CallContext, id: str, policy: str = "", encryption: str = "AES256", tags: Tags | None = None
) -> str:
    """Creates a bucket of this name in the region of the call."""
    bucket = StoredBucket(id, context.region, tags or {})
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": encryption}}
    bucket.settings = {"encryption": {"Rules": [default]}, **({"policy": policy} if policy else {})}
    context.account.memory("buckets")[id] = bucket
    return id


def _auto_scaling_group(
    context: CallContext,
    id: str,
    zones: str = "ac",
    tags: Tags | None = None,
    security_group: str = "",
    health_check: str = "EC2",
    vpc_subnets: list[str] | None = None,
) -> str:
    """Creates an Auto Scaling group with one instance in each zone, or in each of these subnets; `id` is its name."""
    own = {"aws:autoscaling:groupName": id}
    places: list[dict[str, str]] = [{"subnet": subnet} for subnet in vpc_subnets or ()]
    places = places or [{"zone": zone} for zone in zones]
    ids = [_instance(context, "", tags=own, security_group=security_group, **place) for place in places]
    return autoscaling.add_group(context, id, ids, health_check, tags or {})


def _auto_scaling_instance(context: CallContext, id: str, zone: str = "a") -> str:
    """The Auto Scaling group with this name starts one more instance. Returns the id of the instance."""
    instance = _instance(context, "", tags={"aws:autoscaling:groupName": id}, zone=zone)
    return autoscaling.add_instance(context, id, instance)


def _shield_subscription(context: CallContext, id: str) -> str:
    """Subscribes the account to Shield Advanced."""
    context.account.options.shield = True
    return id


MAKERS: dict[str, Maker] = {
    "auto_scaling_group": _auto_scaling_group,
    "auto_scaling_instance": _auto_scaling_instance,
    "cidr_collection": add_collection,
    "vpc": _vpc,
    "subnet": _subnet,
    "security_group": _security_group,
    "instance": _instance,
    "certificate": _certificate,
    "hosted_zone": _hosted_zone,
    "private_authority": _private_authority,
    "elastic_ip": _elastic_ip,
    "capacity_reservation": capacity_reservations.add,
    "image": create_image,
    "balancer_elsewhere": _balancer_elsewhere,
    "parameter": _parameter,
    "secret": _secret,
    "tags": _tags,
    "trust_store": trust_stores.add,
    "web_acl": waf.add,
    "bucket": _bucket,
    "shield_subscription": _shield_subscription,
}
