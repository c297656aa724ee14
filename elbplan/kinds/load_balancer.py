"""A load balancer: application, network or gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Address, AwsId, Points, Ref
from ..core.call import ReadProgram
from ..core.hidden import FREE
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, fill_unset
from ..core.resource import IDENTITY, IMMUTABLE, LEARNED, WRITE_ONLY, Resource, from_live, rebuilt
from .aws.alias_tags import RECORDS, with_other_zones
from .aws.candidates import BALANCER
from .aws.capacity_reservation import PROVISIONED, RESERVED, is_ours, reservation_of, reserved_units
from .aws.default_names import balancer_name_of
from .aws.elb_reader import read_elb
from .aws.fixed_addresses import FixedAddress, fixed_addresses_of, settled_pins
from .aws.load_balancer_attributes import (
    attribute_defaults,
    new_defaults,
    settled_attributes,
    without_protection,
)
from .aws.load_balancer_facts import FAILED, facts_of, lasting_state
from .aws.load_balancer_gates import GATES
from .aws.load_balancer_paths import coexistence_conflict, irreversible, wider_addresses, zones_of
from .aws.load_balancer_writes import create, delete, update
from .aws.log_delivery import in_own_bucket, own_bucket_of, without_own_bucket
from .aws.ownership import owners_by_id, unpack, user_tags
from .aws.queries import attribute_values, balancer_attributes
from .aws.zone_exchange import Zones, exchanges, widened
from .permissions.load_balancer import PERMISSIONS
from .record import Record, record_mark
from .references import LogBucketRef, SecurityGroupRef, SubnetRef, VpcRef

Switch = Literal["on", "off"]
SUBNET = Points("subnet", ours=False)


class LoadBalancer(Resource):
    """A load balancer.

    `records` lists the records that point at it (`ZONE/name/TYPE`). It is a tag of the load balancer, since Route 53
    records have no tags: so elbplan finds a record that is no longer in the spec. The stack's security groups have the
    same list, under the load balancer's DNS name, in case somebody deletes the load balancer by hand.
    """

    kind: ClassVar[str] = "load_balancer"
    name: Annotated[
        str | None,
        IMMUTABLE,
        Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$", description="the name in AWS"),
    ] = None
    type: Annotated[Literal["application", "network", "gateway"], IMMUTABLE] = "application"
    scheme: Annotated[Literal["internet-facing", "internal"], IMMUTABLE] = "internet-facing"
    ip_address_type: Literal["ipv4", "dualstack", "dualstack-without-public-ipv4"] = "ipv4"
    subnets: Annotated[tuple[SubnetRef, ...], Field(min_length=1)]
    vpc: Annotated[
        VpcRef | None, WRITE_ONLY, LEARNED, Field(description="the VPC of its subnets; elbplan fills it in")
    ] = None
    security_groups: tuple[SecurityGroupRef, ...] | None = None
    enforce_security_group_inbound_rules_on_private_link_traffic: Annotated[
        Switch, LEARNED, Field(description="network: whether traffic of PrivateLink must pass the security groups")
    ] = "on"
    pins: Annotated[tuple[FixedAddress, ...], IDENTITY, Field(description="network: the addresses in each subnet")] = ()
    enable_prefix_for_ipv6_source_nat: Annotated[
        Switch, LEARNED, Field(description="network, dualstack: source NAT with an IPv6 prefix, which UDP needs")
    ] = "off"
    ipv4_ipam_pool: Annotated[
        str | None,
        LEARNED,
        Field(
            pattern=r"^ipam-pool-[a-zA-Z0-9]{1,990}$", description="application: the IPAM pool of its public addresses"
        ),
    ] = None
    customer_owned_ipv4_pool: Annotated[
        str | None,
        LEARNED,
        Field(pattern=r"^ipv4pool-coip-[a-zA-Z0-9]{1,242}$", description="application on an Outpost: its address pool"),
    ] = None
    minimum_capacity_units: Annotated[
        int, LEARNED, Field(ge=0, description="the capacity units that AWS reserves for it; 0 reserves none")
    ] = 0
    attributes: Annotated[Mapping[str, str], FREE, Field(description="load balancer attributes by AWS's own keys")] = {}
    log_bucket: Annotated[
        LogBucketRef | None, LEARNED, Field(description="the stack's bucket, for logs that are on and name no bucket")
    ] = None
    records: Annotated[tuple[str, ...], Field(description="records that point at it; elbplan fills it in")] = ()
    state: Annotated[Literal["active"], LEARNED, Field(description="elbplan replaces a failed load balancer")] = (
        "active"
    )

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Subnets, security groups and records are sets."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        if isinstance(data.get("pins"), list | tuple):
            pins = sorted(map(FixedAddress.model_validate, data["pins"]), key=lambda pin: str(pin.subnet))
            used = tuple(pin for pin in pins if not pin.is_empty)
            named = [SUBNET.parse(entry) if isinstance(entry, str) else entry for entry in data.get("subnets", ())]
            data |= {"pins": used, "subnets": [*named, *(pin.subnet for pin in pins)]}
        for field in ("subnets", "security_groups", "records"):
            if isinstance(data.get(field), list | tuple):
                data[field] = tuple(sorted(set(data[field]), key=str))
        return data

    @property
    def fixed_at_creation(self) -> dict[str, str]:
        """A network load balancer neither gets its first security group nor loses its last one, and `failed` stays.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
        """
        fixed = {"security_groups": "none"} if self.type == "network" and not self.security_groups else {}
        fixed |= {"state": self.state} if self.state == FAILED else {}
        pool = self.customer_owned_ipv4_pool
        return fixed | ({"customer_owned_ipv4_pool": pool} if pool else {})

    @property
    def source_nat(self) -> bool:
        """True if the load balancer uses an IPv6 prefix of each subnet for source NAT."""
        return self.enable_prefix_for_ipv6_source_nat == "on"


def read(scope: Scope) -> ReadProgram[Found[LoadBalancer]]:
    """The stacks' load balancers. The names of others that the specs give are in use."""
    ours: dict[str, list[LiveResource[LoadBalancer]]] = {}
    state = yield from read_elb(scope)
    owned = state.own(BALANCER, scope.stacks)
    asks = [balancer_attributes(raw["LoadBalancerArn"]) for _, _, raw, _ in owned]
    reserving = [raw["LoadBalancerArn"] for s, a, raw, t in owned if RESERVED in t or _wants_capacity(scope, s, a)]
    answers = (yield [*asks, *map(reservation_of, reserving)]) if asks else []
    units = {arn: reserved_units(answer) for arn, answer in zip(reserving, answers[len(asks) :], strict=True)}
    for (stack, address, raw, tags), answer in zip(owned, answers[: len(asks)], strict=True):
        arn = raw["LoadBalancerArn"]
        attributes = answer.get("Attributes", [])
        own = is_ours(units.get(arn, 0), tags, wanted=_wants_capacity(scope, stack, address))
        live = _live(address, raw, tags, attributes, own_bucket_of(stack, arn), units.get(arn, 0) if own else 0)
        ours.setdefault(stack, []).append(live)
    names_in_use = {raw["LoadBalancerName"]: arn for arn, raw in state.balancers.items()}
    owners = owners_by_id({arn: state.tags.get(arn, {}) for arn in state.balancers})
    return Found(ours, names_in_use, owners, adopting=state.adopting)


def _wants_capacity(scope: Scope, stack: str, address: Address) -> bool:
    wanted = scope.desired.get(stack, {}).get(address)
    return isinstance(wanted, LoadBalancer) and wanted.minimum_capacity_units > 0


def _live(
    address: Address,
    raw: Mapping[str, Any],
    tags: Mapping[str, str],
    attributes: Sequence[Mapping[str, str]],
    own_bucket: str,
    units: int,
) -> LiveResource[LoadBalancer]:
    zones = [zone for zone in raw.get("AvailabilityZones") or () if zone.get("SubnetId")]
    scheme = raw.get("Scheme") or "internet-facing"
    known = without_own_bucket(attribute_values(attributes), own_bucket)
    fields = {
        "tags": user_tags(tags),
        "name": raw["LoadBalancerName"],
        "type": raw["Type"],
        "scheme": scheme,
        "ip_address_type": raw.get("IpAddressType") or "ipv4",
        "subnets": tuple(AwsId(zone["SubnetId"]) for zone in zones),
        "vpc": AwsId(raw["VpcId"]) if raw.get("VpcId") else None,
        "security_groups": tuple(AwsId(group) for group in raw.get("SecurityGroups") or ()),
        "attributes": attribute_defaults(raw["Type"], scheme) | known,
        "pins": tuple(fixed_addresses_of(zones)),
        "enable_prefix_for_ipv6_source_nat": raw.get("EnablePrefixForIpv6SourceNat") or "off",
        "enforce_security_group_inbound_rules_on_private_link_traffic": (
            raw.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") or "on"
        ),
        "ipv4_ipam_pool": (raw.get("IpamPools") or {}).get("Ipv4IpamPoolId"),
        "customer_owned_ipv4_pool": raw.get("CustomerOwnedIpv4Pool"),
        "minimum_capacity_units": units,
        "log_bucket": AwsId(own_bucket) if in_own_bucket(known) else None,
        "records": unpack(RECORDS, tags),
        "state": lasting_state(raw),
    }
    return LiveResource(address, raw["LoadBalancerArn"], from_live(LoadBalancer, fields), facts_of(raw))


def with_live_defaults(desired: LoadBalancer, live: LoadBalancer) -> LoadBalancer:
    """An attribute that the spec leaves out has AWS's default. elbplan leaves unknown attributes alone."""
    defaults = attribute_defaults(desired.type, desired.scheme)
    attributes = settled_attributes(desired.attributes, live.attributes, defaults)
    families = {"dualstack": desired.ip_address_type != "ipv4", "source_nat": desired.source_nat}
    pins = settled_pins(desired.pins, live.pins, desired.subnets, **families)
    filled = fill_unset(desired, live, keep=("ipv4_ipam_pool", "customer_owned_ipv4_pool", "log_bucket"))
    return _with_named_bucket(filled.model_copy(update={"attributes": attributes, "pins": pins}), live)


def _with_named_bucket(desired: LoadBalancer, live: LoadBalancer) -> LoadBalancer:
    """A bucket of others that has the name of the stack's own bucket is the same by its name."""
    if desired.log_bucket is not None or not isinstance(live.log_bucket, AwsId):
        return desired
    attributes = without_own_bucket(desired.attributes, live.log_bucket.value)
    bucket = live.log_bucket if in_own_bucket(attributes) else None
    return desired.model_copy(update={"attributes": attributes, "log_bucket": bucket})


def with_records(address: Address, balancer: LoadBalancer, desired: Mapping[Address, Resource]) -> LoadBalancer:
    """The load balancer with the records of its stack that point at it, which its tags list."""
    pointing = [record_mark(r) for r in desired.values() if isinstance(r, Record) and r.load_balancer == address]
    return LoadBalancer.model_validate({**dict(balancer), "records": pointing})


def with_other_zone_ids(balancer: LoadBalancer, zones: Mapping[str, str]) -> LoadBalancer:
    """The load balancer with other words for the hosted zones in `records`."""
    return rebuilt(balancer, records=with_other_zones(balancer.records, zones))


AFTER_CREATE = ("enforce_security_group_inbound_rules_on_private_link_traffic", "minimum_capacity_units")
"""The fields that CreateLoadBalancer does not take, and that wait until the load balancer is active."""


def create_path(new: LoadBalancer, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, LoadBalancer]]:
    """Deletion protection comes last: after an interrupted run it would prevent a rollback."""
    unlocked = without_deletion_protection(new)
    later = {name: LoadBalancer.model_fields[name].default for name in AFTER_CREATE}
    first = unlocked.model_copy(update=later)
    return [("expand", first), ("expand", unlocked), ("protect", new)]


def update_path(
    before: LoadBalancer, after: LoadBalancer, *_: AbstractSet[Ref]
) -> Sequence[tuple[Phase, LoadBalancer]]:
    """Adds the new subnets, groups and records, and later removes the old ones. Deletion protection comes last.

    The zones of a network load balancer that get other addresses are left and entered one after the other.
    """
    protecting = without_deletion_protection(after) is not after and without_deletion_protection(before) is before
    last, after = after, without_deletion_protection(after) if protecting else after
    old, new = zones_of(before), zones_of(after)
    both = {"records": (*before.records, *after.records), **wider_addresses(before, after)}
    if after.security_groups is not None:
        both["security_groups"] = (*(before.security_groups or ()), *after.security_groups)
    if after.type == "network":
        wide = _with_zones(rebuilt(after, **both), widened(old, new))
        between = [_with_zones(after, zones) for zones in exchanges(widened(old, new), new)]
    else:
        wide, between = rebuilt(after, **both, subnets=(*before.subnets, *after.subnets)), []
    steps: list[tuple[Phase, LoadBalancer]] = [("expand", wide), *(("contract", step) for step in between)]
    steps.append(("contract", after))
    return [*steps, ("protect", last)] if protecting else steps


def _with_zones(balancer: LoadBalancer, zones: Zones) -> LoadBalancer:
    return rebuilt(balancer, subnets=tuple(zones), pins=tuple(zones.values()))


def without_deletion_protection(balancer: LoadBalancer) -> LoadBalancer:
    """The same load balancer without deletion protection."""
    attributes = without_protection(balancer.attributes)
    return balancer if attributes is balancer.attributes else balancer.model_copy(update={"attributes": attributes})


def summary(balancer: LoadBalancer) -> str:
    """`application, internet-facing, 2 subnets`"""
    return f"{balancer.type}, {balancer.scheme}, {len(balancer.subnets)} zones"


KIND = Kind(
    model=LoadBalancer,
    read=read,
    create=create,
    update=update,
    delete=delete,
    create_path=create_path,
    update_path=update_path,
    unlocked=without_deletion_protection,
    with_live_defaults=with_live_defaults,
    summary=summary,
    default_name=lambda stack, address, _: balancer_name_of(stack, address),
    coexistence_conflict=coexistence_conflict,
    irreversible=irreversible,
    learned=lambda balancer: new_defaults(balancer.type, balancer.scheme),
    with_derived_fields=with_records,
    with_other_ids=with_other_zone_ids,
    pending_gate=lambda live: "" if live.facts.get("state") in ("active", "active_impaired") else "active",
    gates=(*GATES, PROVISIONED),
    permissions=PERMISSIONS,
)
