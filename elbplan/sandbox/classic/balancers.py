"""Classic Load Balancers themselves."""

import re
from typing import Any

from ..account import CallContext
from ..ec2 import facts
from ..elbv2 import interfaces, subnets
from ..elbv2.find import new_id, page
from ..elbv2.zone_ids import zone_id
from ..errors import AwsError, misconfigured, validation
from ..params import Params
from ..partitions import partition_of
from ..rules import rule
from ..state.classic import StoredClassicBalancer
from ..state.elbv2 import Zone
from . import attributes, find, instances, listeners, policies, tags

NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,32}(?<!-)")
SETTINGS = ("Listeners", "AvailabilityZones", "Subnets", "SecurityGroups", "Scheme")


def create_load_balancer(context: CallContext, params: Params) -> Params:
    name = _checked_name(params["LoadBalancerName"])
    given_tags = tags.checked(params.get("Tags"))
    scheme = _scheme(params)
    settings = {key: params.get(key) or [] for key in SETTINGS}
    if balancer := existing(context, name, settings):
        return {"DNSName": balancer.dns_name}
    if not params.get("Listeners"):
        raise validation("Listeners must be specified")
    zones, vpc = zones_of(context, params, scheme)
    balancer = StoredClassicBalancer(
        name, scheme, vpc, _dns_name(context, name, scheme), zone_id(context.region, "application"), zones,
        _groups(context, params.get("SecurityGroups") or [], vpc), context.account.clock.stamp(), settings,
        listeners={}, health={}, attributes=attributes.defaults(), tags=given_tags,
    )  # fmt: skip
    listeners.add(context, balancer, params["Listeners"])
    balancer.health = instances.default_health(balancer)
    interfaces.attach(context, balancer)
    context.classic[name] = balancer
    return {"DNSName": balancer.dns_name}


@rule(34)
def _checked_name(name: str) -> str:
    """At most 32 letters, digits and hyphens, without a hyphen at an end: API_CreateLoadBalancer (LoadBalancerName)."""
    if not NAME.fullmatch(name):
        raise validation(f"LoadBalancer name '{name}' must have at most 32 alphanumeric characters or hyphens")
    return name


def _scheme(params: Params) -> str:
    scheme = params.get("Scheme") or "internet-facing"
    if scheme not in ("internet-facing", "internal"):
        raise AwsError("InvalidScheme", f"Scheme must be 'internet-facing' or 'internal', not '{scheme}'")
    return str(scheme)


@rule(34)
def existing(context: CallContext, name: str, settings: dict[str, Any]) -> StoredClassicBalancer | None:
    """Names are unique among Classic Load Balancers; the same settings succeed again: API_CreateLoadBalancer.

    (DuplicateLoadBalancerName.) Load balancers of version 2 have names of their own:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html (Name)
    """
    balancer = context.classic.get(name)
    if balancer and balancer.settings != settings:
        raise AwsError("DuplicateLoadBalancerName", f"Load Balancer named '{name}' already exists")
    return balancer


@rule(34)
def zones_of(context: CallContext, params: Params, scheme: str) -> tuple[list[Zone], str]:
    """Subnets, or zones of the default VPC; one is enough: API_CreateLoadBalancer (AvailabilityZones, Subnets)."""
    letters, ids = params.get("AvailabilityZones") or [], params.get("Subnets") or []
    if letters and ids:
        raise validation("Only one of SubnetIds or AvailabilityZones may be specified")
    if not letters and not ids:
        raise validation("Either AvailabilityZones or SubnetIds must be specified")
    chosen = ids or [_default_subnet(context, zone) for zone in letters]
    return subnets.zones_of(context, {"Subnets": chosen}, "classic", scheme)


def _default_subnet(context: CallContext, zone: str) -> str:
    vpc = context.ec2.get_default_vpc()
    filters = {"vpc-id": [vpc.id if vpc else ""], "availability-zone": [zone]}
    found = [subnet for subnet in context.ec2.describe_subnets(filters=filters) if subnet.default_for_az]
    if not found:
        raise validation(f"The requested Availability Zone {zone} is not supported")
    return str(found[0].id)


def _groups(context: CallContext, wanted: list[str], vpc: str) -> list[str]:
    return subnets.security_groups(context, wanted or [facts.default_security_group(context, vpc)], vpc)


@rule(34)
def _dns_name(context: CallContext, name: str, scheme: str) -> str:
    """`[internal-]name-digits.region.elb.amazonaws.com`, as an application load balancer has.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/using-domain-names-with-elb.html
    """
    prefix = f"internal-{name}" if scheme == "internal" else name
    digits = int(new_id(context, "classic", name), 16) % 9_000_000_000 + 1_000_000_000
    return f"{prefix}-{digits}.{context.region}.elb.{partition_of(context.region).dns_suffix}"


def describe_load_balancers(context: CallContext, params: Params) -> Params:
    names = params.get("LoadBalancerNames")
    wanted = find.all_named(context, names) if names else list(context.classic.values())
    shown, marker = page(context, params, wanted)
    return {"LoadBalancerDescriptions": [_description(context, balancer) for balancer in shown], "NextMarker": marker}


def _description(context: CallContext, balancer: StoredClassicBalancer) -> Params:
    answer: Params = {
        "LoadBalancerName": balancer.name,
        "DNSName": balancer.dns_name,
        "CanonicalHostedZoneNameID": balancer.zone_id,
        "ListenerDescriptions": listeners.described(balancer),
        "Policies": policies.summary(balancer),
        "BackendServerDescriptions": policies.backends(balancer),
        "AvailabilityZones": sorted(zone.name for zone in balancer.zones),
        "Subnets": [zone.subnet for zone in balancer.zones],
        "VPCId": balancer.vpc,
        "Instances": [{"InstanceId": id} for id in balancer.instances],
        "HealthCheck": dict(balancer.health),
        "SourceSecurityGroup": _source_group(context, balancer),
        "SecurityGroups": balancer.security_groups,
        "CreatedTime": balancer.created,
        "Scheme": balancer.scheme,
    }
    if balancer.scheme == "internet-facing":
        answer["CanonicalHostedZoneName"] = balancer.dns_name
    return answer


def _source_group(context: CallContext, balancer: StoredClassicBalancer) -> Params:
    group = facts.security_group(context, balancer.security_groups[0])
    return {"OwnerAlias": context.account_id, "GroupName": group.name if group else ""}


@rule(34)
def delete_load_balancer(context: CallContext, params: Params) -> Params:
    """Succeeds for an unknown name; the instances continue to run: API_DeleteLoadBalancer."""
    balancer = context.classic.pop(params["LoadBalancerName"], None)
    if balancer:
        interfaces.release_later(context, balancer.zones)
    return {}


def apply_security_groups(context: CallContext, params: Params) -> Params:
    balancer = find.of(context, params)
    if not params["SecurityGroups"]:
        raise misconfigured("At least one security group must be specified")
    balancer.security_groups = _groups(context, params["SecurityGroups"], balancer.vpc)
    interfaces.attach(context, balancer)
    return {"SecurityGroups": balancer.security_groups}
