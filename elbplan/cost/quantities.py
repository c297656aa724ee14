"""What AWS bills of each resource, as quantities without prices: one function for each kind that costs something.

Free: certificates of ACM that cannot be exported, parameters of the standard tier (run records and locks), and the
kinds in FREE_KINDS. What a stack uses and elbplan never creates is in `used.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..core.address import Address, Ref
from ..core.kind import LiveResource
from ..core.resource import Resource
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.certificate import Certificate
from ..kinds.elastic_ip import ElasticIp
from ..kinds.hosted_zone import HostedZone
from ..kinds.ingress_rules import IngressRules
from ..kinds.instance import ExternalInstance, Instance
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.log_bucket import LogBucket
from ..kinds.record import Record
from ..kinds.route53_health_check import Route53HealthCheck
from ..kinds.rule import Rule
from ..kinds.security_group import SecurityGroup
from ..kinds.shield_protection import ShieldProtection
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..kinds.trust_store import TrustStore
from ..kinds.web_acl_association import WebAclAssociation
from .prices import INSTANCE
from .quantity import Quantity
from .volumes import volume_quantities

PUBLIC_IPV4 = "public-ipv4-hour"
HOSTED_ZONE = "hosted-zone-month"
FIRST_ZONES = "one of the first 25 of the account"
HEALTH_CHECK, OUTSIDE_CHECK = "health-check-month", "outside-health-check-month"
CHECK_OPTION, OUTSIDE_OPTION = "health-check-option-month", "outside-health-check-option-month"
SLOW_INTERVAL = 30
"""Seconds between two requests of a check. AWS bills a shorter interval."""
TRUST_STORE = "trust-store-hour"
MONITORING = "detailed-monitoring-month"
SPOT = "spot:"
RESERVED = {"application": "reserved-lcu", "network": "reserved-nlcu"}
"""The prices of reserved capacity units, by the type of the load balancer."""
LOG_STORAGE = "s3-gb-month"
EXPORTABLE, EXPORTABLE_WILDCARD = "exportable-name-issue", "exportable-wildcard-issue"


@dataclass(frozen=True)
class Billed:
    """The resources of one side of a plan, with what AWS tells of those that exist.

    lives   the live resource of each address that exists on this side
    """

    resources: Mapping[Address, Resource]
    lives: Mapping[Address, LiveResource[Any]] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, Address]:
        """The addresses of the live resources by their AWS ids."""
        return {live.id: address for address, live in self.lives.items()}

    def address_of(self, ref: Ref | None) -> Address | None:
        """The address in the stack to which a reference leads; None if it leads elsewhere."""
        return ref if isinstance(ref, Address) else self.ids.get(str(ref)) if ref else None


def quantities(billed: Billed) -> Iterator[Quantity]:
    """What AWS bills of these resources: load balancers first, the others in their order."""
    balancers_first = sorted(billed.resources.items(), key=lambda entry: not isinstance(entry[1], LoadBalancer))
    for address, resource in balancers_first:
        bills = next((BILLED_KINDS[model] for model in type(resource).__mro__ if model in BILLED_KINDS), None)
        if bills:
            yield from bills(address, resource, billed)


def _health_check(address: Address, check: Route53HealthCheck, _: Billed) -> Iterator[Quantity]:
    """A health check, and each of its options: HTTPS, a search for a text, 10 seconds, the latency.

    https://aws.amazon.com/route53/pricing/ (Health Checks). An Elastic IP of the account is an endpoint of AWS.
    """
    inside = bool(check.load_balancer or check.elastic_ip)
    key, why = (HEALTH_CHECK, "no free one is left") if inside else (OUTSIDE_CHECK, "the endpoint is not of AWS")
    yield Quantity(str(address), key, "health check", Decimal(1), "month", why)
    options = [
        check.type.startswith("HTTPS"),
        check.search_string is not None,
        check.request_interval < SLOW_INTERVAL,
        check.measure_latency,
    ]
    if number := sum(options):
        option = CHECK_OPTION if inside else OUTSIDE_OPTION
        yield Quantity(str(address), option, "options of the health check", Decimal(number), "month")


def _load_balancer(address: Address, balancer: LoadBalancer, billed: Billed) -> Iterator[Quantity]:
    hours = f"{balancer.type}-hour"
    yield Quantity(str(address), hours, f"{balancer.type} load balancer", Decimal(1))
    if number := public_addresses(balancer, billed):
        zones = f"public IPv4 of its {number} zones" if number > 1 else "public IPv4 of its zone"
        yield Quantity(str(address), PUBLIC_IPV4, zones, Decimal(number))
    if units := balancer.minimum_capacity_units:
        why = "AWS bills them whether requests need them or not"
        price = RESERVED.get(balancer.type, RESERVED["application"])
        yield Quantity(str(address), price, "reserved capacity units", Decimal(units), assumed=why)


def public_addresses(balancer: LoadBalancer, billed: Billed) -> int:
    """The public IPv4 addresses of a load balancer's nodes: one for each zone.

    Elastic IPs of the stack are counted as resources of their own. AWS does not bill addresses from a range that the
    account brought (BYOIP), which elbplan cannot see.
    """
    public = balancer.scheme == "internet-facing" and balancer.type != "gateway"
    if not public or balancer.ip_address_type == "dualstack-without-public-ipv4":
        return 0
    elastic_ips = [pin.allocation for pin in balancer.pins]
    own = [ref for ref in elastic_ips if billed.address_of(ref) in billed.resources]
    return len(balancer.subnets) - len(own)


def _instance(address: Address, instance: Instance, billed: Billed) -> Iterator[Quantity]:
    running = instance.state == "running"
    if running:
        yield _instance_hours(address, instance)
        if instance.monitoring:
            yield Quantity(str(address), MONITORING, "metrics for each minute", Decimal(1), "month")
    yield from volume_quantities(address, instance)
    if running and not _has_elastic_ip(address, billed):
        yield from _public_address(address, instance, billed)


def _public_address(address: Address, instance: Instance, billed: Billed) -> Iterator[Quantity]:
    live = billed.lives.get(address)
    known = live.facts.get("address") if live else None
    wanted = instance.associate_public_ip_address
    if wanted is None and known is None:
        why = "its subnet gives it a public address, as default subnets do"
        yield Quantity(str(address), PUBLIC_IPV4, "public IPv4", Decimal(1), assumed=why)
    elif known if wanted is None else wanted:
        yield Quantity(str(address), PUBLIC_IPV4, "public IPv4", Decimal(1))


def _external_instance(address: Address, instance: ExternalInstance, billed: Billed) -> Iterator[Quantity]:
    """What ends when a destroy ends an instance that elbplan did not create. The size of its volumes is not read."""
    if instance.state == "running":
        yield _instance_hours(address, instance)
        if billed.lives[address].facts.get("address"):
            yield Quantity(str(address), PUBLIC_IPV4, "public IPv4", Decimal(1))
    yield Quantity(str(address), "gp3-gb-month", "volumes", None, "GB-month")


def _instance_hours(address: Address, instance: Instance) -> Quantity:
    """The price of a spot server changes from hour to hour, so nobody knows its quantity in dollars."""
    if instance.market == "spot":
        return Quantity(str(address), f"{SPOT}{instance.type}", f"{instance.type} spot instance (Linux)", None)
    return Quantity(str(address), f"{INSTANCE}{instance.type}", f"{instance.type} instance (Linux)", Decimal(1))


def _has_elastic_ip(address: Address, billed: Billed) -> bool:
    addresses = [resource for resource in billed.resources.values() if isinstance(resource, ElasticIp)]
    return any(billed.address_of(elastic_ip.instance) == address for elastic_ip in addresses)


def _listener(address: Address, listener: Listener, _: Billed) -> Iterator[Quantity]:
    """A trust store is billed for each load balancer that uses it."""
    if listener.mutual_authentication and listener.mutual_authentication.trust_store:
        yield Quantity(str(address), TRUST_STORE, "trust store for client certificates", Decimal(1))


def _certificate(address: Address, certificate: Certificate, _: Billed) -> Iterator[Quantity]:
    """AWS bills the names of an exportable public certificate when it issues it, and again with each renewal.

    https://aws.amazon.com/certificate-manager/pricing/
    """
    if not certificate.export:
        return
    wildcards = sum(name.startswith("*.") for name in certificate.domains)
    for key, what, number in (
        (EXPORTABLE, "exportable certificate, names", len(certificate.domains) - wildcards),
        (EXPORTABLE_WILDCARD, "exportable certificate, wildcards", wildcards),
    ):
        if number:
            yield Quantity(str(address), key, what, Decimal(number), "issue")


def _elastic_ip(address: Address, *_: object) -> Iterator[Quantity]:
    yield Quantity(str(address), PUBLIC_IPV4, "Elastic IP", Decimal(1))


def _log_bucket(address: Address, *_: object) -> Iterator[Quantity]:
    yield Quantity(str(address), LOG_STORAGE, "logs in S3", None, "GB-month")


def _hosted_zone(address: Address, zone: HostedZone, _: Billed) -> Iterator[Quantity]:
    yield Quantity(str(address), HOSTED_ZONE, f"hosted zone {zone.name}", Decimal(1), "month", FIRST_ZONES)


BILLED_KINDS: Mapping[type[Resource], Callable[[Address, Any, Billed], Iterator[Quantity]]] = {
    LoadBalancer: _load_balancer,
    ExternalInstance: _external_instance,
    Instance: _instance,
    ElasticIp: _elastic_ip,
    Listener: _listener,
    LogBucket: _log_bucket,
    Certificate: _certificate,
    HostedZone: _hosted_zone,
    Route53HealthCheck: _health_check,
}
"""What AWS bills of a resource, by its model. A model without its own entry has that of its parent."""

FREE_KINDS: Mapping[type[Resource], str] = {
    SecurityGroup: "AWS bills no security group",
    IngressRules: "AWS bills no rule of a security group",
    TargetGroup: "AWS bills the load balancer and its capacity units",
    Targets: "AWS bills the servers; a function by its requests, and elbplan creates none",
    AutoScalingAttachment: "AWS bills the instances, which belong to the Auto Scaling group",
    Rule: "the evaluations of rules are a dimension of the capacity units",
    TrustStore: "AWS bills it for each listener that uses it, so the listener has the line",
    Record: "AWS bills no query for an alias of a load balancer; those for others follow the traffic",
    WebAclAssociation: "AWS bills the web ACL, which elbplan does not create: a line of what the stack uses",
    ShieldProtection: "AWS bills the subscription, which elbplan does not create: a line of what the stack uses",
}
"""Kinds that AWS does not bill, and why."""
