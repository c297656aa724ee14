"""Load balancers."""

from typing import Any

from ..account import CallContext
from ..ec2 import facts
from ..errors import AwsError, validation
from ..params import Params
from ..partitions import partition_of
from ..rules import rule
from ..state.elbv2 import StoredBalancer, Zone
from . import find, interfaces, names, pools, subnets, tags, zones
from .attribute_tables import balancer_defaults
from .find import new_id
from .listeners import remove
from .zone_ids import zone_id

TYPES = {"application": "app", "network": "net", "gateway": "gwy"}
QUOTA_NAMES = {
    "application": "load_balancers",
    "network": "network_load_balancers",
    "gateway": "gateway_load_balancers",
}
SETTINGS = (
    "Subnets",
    "SubnetMappings",
    "SecurityGroups",
    "Scheme",
    "Type",
    "IpAddressType",
    "CustomerOwnedIpv4Pool",
    "EnablePrefixForIpv6SourceNat",
    "IpamPools",
)


def create_load_balancer(context: CallContext, params: Params) -> Params:
    name = names.checked("Load balancer", params.get("Name", ""))
    kind = names.one_of("type", params.get("Type", "application"), tuple(TYPES))
    scheme = _scheme(kind, params)
    ip_type = names.one_of("ipAddressType", params.get("IpAddressType", "ipv4"), zones.IP_TYPES)
    given_tags = tags.checked(params.get("Tags"))
    settings = _settings(params, kind, scheme)
    if balancer := existing(context, name, settings):
        return {"LoadBalancers": [description(context, balancer)]}
    _check_account(context)
    _check_quota(context, kind)
    pools.check_create(params, kind, scheme)
    chosen, vpc = subnets.zones_of(context, params, kind, scheme)
    zones.check_addresses(context, params, kind, scheme, chosen, ip_type)
    subnets.check_ipv6(context, chosen, ip_type)
    groups = _groups(context, params, kind, vpc)
    balancer = _new_balancer(context, name, kind, scheme or "", ip_type, vpc, chosen, groups, settings)
    balancer.source_nat = params.get("EnablePrefixForIpv6SourceNat") == "on"
    balancer.pools = pools.of(params)
    zones.check_elastic_ips(context, balancer, chosen)
    zones.assign(context, balancer)
    interfaces.attach(context, balancer)
    context.elb.balancers[balancer.arn] = balancer
    context.elb.tags[balancer.arn] = given_tags
    return {"LoadBalancers": [description(context, balancer)]}


def _scheme(kind: str, params: Params) -> str | None:
    if kind == "gateway":
        if params.get("Scheme") or params.get("SecurityGroups"):
            raise validation("Gateway Load Balancers have neither a scheme nor security groups")
        return None
    return names.one_of("scheme", params.get("Scheme", "internet-facing"), ("internet-facing", "internal"))


def _settings(params: Params, kind: str, scheme: str | None) -> dict[str, Any]:
    wanted = {key: params.get(key) for key in SETTINGS}
    wanted.update(Type=kind, Scheme=scheme, IpAddressType=params.get("IpAddressType", "ipv4"))
    for key in ("Subnets", "SecurityGroups"):
        wanted[key] = sorted(params.get(key) or [])
    return wanted


@rule(1)
def existing(context: CallContext, name: str, settings: dict[str, Any]) -> StoredBalancer | None:
    """Returns the balancer with that name if it has the same settings. Refuses if it has others.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    ("This operation is idempotent"; DuplicateLoadBalancerName).
    """
    for balancer in context.elb.balancers.values():
        if balancer.name == name:
            if balancer.settings == settings:
                return balancer
            raise AwsError(
                "DuplicateLoadBalancerName",
                "A load balancer with the same name already exists, but with different settings",
            )
    return None


@rule(23)
def _check_account(context: CallContext) -> None:
    """AWS does not enable load balancers for some new accounts before a case with AWS Support.

    Code: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    (OperationNotPermitted); its message is in public logs of terraform and CloudFormation, not in the documentation.
    """
    if context.account.options.new_account:
        raise AwsError(
            "OperationNotPermitted",
            "This AWS account currently does not support creating load balancers. For more information, please contact "
            "AWS Support.",
        )


@rule(23)
def _check_quota(context: CallContext, kind: str) -> None:
    """Each type has its own quota in a region: 50 application and 50 network load balancers, 20 gateways.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/quotas-limits.html
    """
    existing = sum(balancer.type == kind for balancer in context.elb.balancers.values())
    if existing >= context.account.quota(QUOTA_NAMES[kind]):
        raise AwsError("TooManyLoadBalancers", "The maximum number of load balancers has been reached")


def _groups(context: CallContext, params: Params, kind: str, vpc: str) -> list[str]:
    wanted = params.get("SecurityGroups") or []
    if not wanted and kind == "application":
        return [facts.default_security_group(context, vpc)]
    return subnets.security_groups(context, wanted, vpc)


def _new_balancer(
    context: CallContext, name: str, kind: str, scheme: str, ip_type: str, vpc: str,
    zones: list[Zone], groups: list[str], settings: dict[str, Any],
) -> StoredBalancer:  # fmt: skip
    id = new_id(context, "lb", name)
    return StoredBalancer(
        arn=context.arn("elasticloadbalancing", f"loadbalancer/{TYPES[kind]}/{name}/{id}"),
        name=name,
        type=kind,
        scheme=scheme,
        ip_type=ip_type,
        vpc=vpc,
        dns_name=_dns_name(context, name, kind, scheme, id),
        zone_id=zone_id(context.region, kind),
        zones=zones,
        security_groups=groups,
        created=context.account.clock.stamp(),
        active_at=context.now + context.timing.balancer_active,
        settings=settings,
    )


@rule(24)
def _dns_name(context: CallContext, name: str, kind: str, scheme: str, id: str) -> str:
    """ALB `[internal-]name-digits.region.elb.amazonaws.com`; NLB `name-id.elb.region.amazonaws.com`; GWLB none.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
    The names of another partition end in its own suffix (amazonaws.com.cn):
    https://docs.amazonaws.cn/en_us/elasticloadbalancing/latest/application/application-load-balancers.html
    """
    if kind == "gateway":
        return ""
    suffix = partition_of(context.region).dns_suffix
    prefix = f"internal-{name}" if scheme == "internal" and kind == "application" else name
    if kind == "network":
        return f"{prefix}-{id}.elb.{context.region}.{suffix}"
    return f"{prefix}-{int(id, 16) % 9_000_000_000 + 1_000_000_000}.{context.region}.elb.{suffix}"


@rule(4)
def description(context: CallContext, balancer: StoredBalancer) -> Params:
    """The answer of DescribeLoadBalancers: provisioning at first, then active (or failed).

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html
    """
    state = balancer.state(context.now)
    answer: Params = {
        "LoadBalancerArn": balancer.arn,
        "LoadBalancerName": balancer.name,
        "Type": balancer.type,
        "VpcId": balancer.vpc,
        "CreatedTime": balancer.created,
        "State": {"Code": state, **({"Reason": balancer.failed} if state == "failed" else {})},
        "AvailabilityZones": [zones.described(context, zone) for zone in balancer.zones],
        "IpAddressType": balancer.ip_type,
    }
    if balancer.type != "gateway":
        answer.update(DNSName=balancer.dns_name, CanonicalHostedZoneId=balancer.zone_id, Scheme=balancer.scheme)
    if balancer.security_groups:
        answer["SecurityGroups"] = balancer.security_groups
    if balancer.type == "network":
        answer["EnablePrefixForIpv6SourceNat"] = "on" if balancer.source_nat else "off"
    if balancer.type == "network" and balancer.security_groups:
        answer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = balancer.private_link_rules
    return answer | balancer.pools


def describe_load_balancers(context: CallContext, params: Params) -> Params:
    balancers = list(context.elb.balancers.values())
    if params.get("LoadBalancerArns") and params.get("Names"):
        raise validation("Load balancer names and load balancer ARNs cannot be specified at the same time")
    if params.get("LoadBalancerArns"):
        balancers = find.all_of("loadbalancer", context.elb.balancers, params["LoadBalancerArns"], limit=20)
    elif params.get("Names"):
        by_name = {balancer.name: balancer for balancer in balancers}
        balancers = find.all_of("loadbalancer", by_name, params["Names"], limit=20)
    page, marker = find.page(context, params, balancers)
    return {"LoadBalancers": [description(context, balancer) for balancer in page], "NextMarker": marker}


def delete_load_balancer(context: CallContext, params: Params) -> Params:
    """An unknown load balancer is no error: API_DeleteLoadBalancer."""
    balancer = context.elb.balancers.get(params["LoadBalancerArn"])
    if balancer is None:
        return {}
    check_deletion_protection(balancer)
    for listener in context.elb.listeners_of(balancer.arn):
        remove(context, listener)
    del context.elb.balancers[balancer.arn]
    context.elb.tags.pop(balancer.arn, None)
    interfaces.release_later(context, balancer.zones)
    return {}


@rule(18)
def check_deletion_protection(balancer: StoredBalancer) -> None:
    """A protected load balancer is not deleted: API_DeleteLoadBalancer (OperationNotPermitted)."""
    defaults = balancer_defaults(balancer)
    key = "deletion_protection.enabled"
    if balancer.attributes.get(key, defaults[key]) == "true":
        raise AwsError(
            "OperationNotPermitted",
            f"Load balancer '{balancer.arn}' cannot be deleted because deletion protection is enabled",
        )
