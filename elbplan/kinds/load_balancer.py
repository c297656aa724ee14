"""A load balancer: application, network or gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Address, AwsId, Ref
from ..core.call import Call, ReadProgram, WriteProgram
from ..core.hidden import FREE
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext, fill_unset
from ..core.resource import IMMUTABLE, LEARNED, Resource, from_live, rebuilt
from .aws.alias_tags import RECORDS, record_tags, remember_records, update_record_tags, with_other_zones
from .aws.balancer_subnets import change_network_subnets, change_subnets
from .aws.candidates import BALANCER
from .aws.default_names import balancer_name_of
from .aws.elb_reader import read_elb
from .aws.fixed_addresses import FixedAddress, fixed_addresses_of, subnet_params
from .aws.load_balancer_attributes import (
    PROTECTION,
    attribute_defaults,
    change_attributes,
    new_defaults,
    settled_attributes,
)
from .aws.load_balancer_facts import FAILED, facts_of, lasting_state
from .aws.load_balancer_gates import GATES
from .aws.log_delivery import in_own_bucket, own_bucket_of, with_own_bucket, without_own_bucket
from .aws.ownership import owners_by_id, retag, tag_list, unpack, user_tags
from .aws.queries import balancer_attributes
from .permissions.load_balancer import PERMISSIONS
from .record import Record, record_mark
from .references import LogBucketRef, SecurityGroupRef, SubnetRef


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
    security_groups: tuple[SecurityGroupRef, ...] | None = None
    pins: Annotated[
        tuple[FixedAddress, ...], IMMUTABLE, Field(description="network: fixed addresses, one for each subnet")
    ] = ()
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
            data |= {"pins": tuple(pins), "subnets": [*data.get("subnets", ()), *(pin.subnet for pin in pins)]}
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
        return fixed | ({"state": self.state} if self.state == FAILED else {})


def read(scope: Scope) -> ReadProgram[Found[LoadBalancer]]:
    """The stacks' load balancers. The names of others that the specs give are in use."""
    ours: dict[str, list[LiveResource[LoadBalancer]]] = {}
    state = yield from read_elb(scope)
    owned = state.own(BALANCER, scope.stacks)
    asks = [balancer_attributes(raw["LoadBalancerArn"]) for _, _, raw, _ in owned]
    answers = (yield asks) if asks else []
    for (stack, address, raw, tags), answer in zip(owned, answers, strict=True):
        bucket = own_bucket_of(stack, raw["LoadBalancerArn"])
        ours.setdefault(stack, []).append(_live(address, raw, tags, answer.get("Attributes", []), bucket))
    names_in_use = {raw["LoadBalancerName"]: arn for arn, raw in state.balancers.items()}
    owners = owners_by_id({arn: state.tags.get(arn, {}) for arn in state.balancers})
    return Found(ours, names_in_use, owners, adopting=state.adopting)


def _live(
    address: Address,
    raw: Mapping[str, Any],
    tags: Mapping[str, str],
    attributes: Sequence[Mapping[str, str]],
    own_bucket: str,
) -> LiveResource[LoadBalancer]:
    zones = [zone for zone in raw.get("AvailabilityZones") or () if zone.get("SubnetId")]
    scheme = raw.get("Scheme") or "internet-facing"
    known = without_own_bucket({a["Key"]: a.get("Value") or "" for a in attributes}, own_bucket)
    fields = {
        "tags": user_tags(tags),
        "name": raw["LoadBalancerName"],
        "type": raw["Type"],
        "scheme": scheme,
        "ip_address_type": raw.get("IpAddressType") or "ipv4",
        "subnets": tuple(AwsId(zone["SubnetId"]) for zone in zones),
        "security_groups": tuple(AwsId(group) for group in raw.get("SecurityGroups") or ()),
        "attributes": attribute_defaults(raw["Type"], scheme) | known,
        "pins": tuple(fixed_addresses_of(zones)),
        "log_bucket": AwsId(own_bucket) if in_own_bucket(known) else None,
        "records": unpack(RECORDS, tags),
        "state": lasting_state(raw),
    }
    return LiveResource(address, raw["LoadBalancerArn"], from_live(LoadBalancer, fields), facts_of(raw))


def with_live_defaults(desired: LoadBalancer, live: LoadBalancer) -> LoadBalancer:
    """An attribute that the spec leaves out has AWS's default. elbplan leaves unknown attributes alone."""
    defaults = attribute_defaults(desired.type, desired.scheme)
    attributes = settled_attributes(desired.attributes, live.attributes, defaults)
    return fill_unset(desired, live, ("log_bucket",)).model_copy(update={"attributes": attributes})


def with_records(address: Address, balancer: LoadBalancer, desired: Mapping[Address, Resource]) -> LoadBalancer:
    """The load balancer with the records of its stack that point at it, which its tags list."""
    pointing = [record_mark(r) for r in desired.values() if isinstance(r, Record) and r.load_balancer == address]
    return LoadBalancer.model_validate({**dict(balancer), "records": pointing})


def with_other_zone_ids(balancer: LoadBalancer, zones: Mapping[str, str]) -> LoadBalancer:
    """The load balancer with other words for the hosted zones in `records`."""
    return rebuilt(balancer, records=with_other_zones(balancer.records, zones))


def create(new: LoadBalancer, context: StepContext) -> WriteProgram:
    """One call with the tags, then the attributes that differ from AWS's defaults."""
    params: dict[str, Any] = {
        "Name": context.name,
        "Type": new.type,
        **subnet_params(new.subnets, new.pins, context),
        "Tags": tag_list(context.tags(new) | record_tags(new.records)),
    }
    if new.type != "gateway":
        params |= {"Scheme": new.scheme, "IpAddressType": new.ip_address_type}
        if new.security_groups:
            params["SecurityGroups"] = [context.id(group) for group in new.security_groups]
    answer = yield Call("elbv2", "CreateLoadBalancer", params, retry_on=NOT_YET, timeout=300)
    raw = answer["LoadBalancers"][0]
    yield from remember_records(_own_groups(new, context), raw.get("DNSName") or "", new.records)
    defaults = attribute_defaults(new.type, new.scheme)
    before, after = with_own_bucket(defaults, new.attributes, _own_bucket(new, context))
    yield from change_attributes(raw["LoadBalancerArn"], before, after)
    return {"id": raw["LoadBalancerArn"], **facts_of(raw)}


NOT_YET = ("InvalidSecurityGroup", "ResourceInUse")
"""Errors for a new security group, and for an Elastic IP that an older load balancer still has."""


def coexistence_conflict(before: LoadBalancer, after: LoadBalancer) -> str:
    """Two load balancers cannot have the same fixed address."""
    shared = {pin.fixed for pin in before.pins} & {pin.fixed for pin in after.pins} - {None}
    return f"both need the fixed address {', '.join(sorted(map(str, shared)))}" if shared else ""


def update(before: LoadBalancer, after: LoadBalancer, context: StepContext) -> WriteProgram:
    """Changes attributes, security groups, subnets, the address type and tags."""
    assert context.live is not None
    arn = context.live.id
    bucket = own_bucket_of(context.stack, arn)
    yield from change_attributes(arn, *with_own_bucket(before.attributes, after.attributes, bucket))
    if after.security_groups is not None and before.security_groups != after.security_groups:
        groups = [context.id(group) for group in after.security_groups]
        yield Call("elbv2", "SetSecurityGroups", {"LoadBalancerArn": arn, "SecurityGroups": groups})
    if before.subnets != after.subnets:
        subnets = [context.id(subnet) for subnet in after.subnets]
        change = change_network_subnets if after.type == "network" else change_subnets
        yield from change(arn, subnets, wider=set(before.subnets) < set(after.subnets))
    if before.ip_address_type != after.ip_address_type:
        kind = {"LoadBalancerArn": arn, "IpAddressType": after.ip_address_type}
        yield Call("elbv2", "SetIpAddressType", kind)
    yield from retag("elbv2", arn, before.tags, after.tags)
    yield from update_record_tags(arn, record_tags(before.records), record_tags(after.records))
    groups = _own_groups(after, context)
    if before.records != after.records or groups != _own_groups(before, context):
        yield from remember_records(groups, context.fact(context.address, "dns_name"), after.records, before.records)
    return {}


def _own_bucket(balancer: LoadBalancer, context: StepContext) -> str:
    """The stack's own bucket, if logs go there."""
    return context.id(balancer.log_bucket) if balancer.log_bucket else ""


def _own_groups(balancer: LoadBalancer, context: StepContext) -> list[str]:
    """The ids of the security groups that are the stack's own."""
    return [context.id(group) for group in balancer.security_groups or () if isinstance(group, Address)]


def delete(old: LoadBalancer, context: StepContext) -> WriteProgram:
    """Deletes the load balancer. Its records are deleted already, so the security groups forget them."""
    assert context.live is not None
    yield Call(
        "elbv2",
        "DeleteLoadBalancer",
        {"LoadBalancerArn": context.live.id},
        done_if=("LoadBalancerNotFound",),
        retry_on=("ResourceInUse",),
        timeout=120,
    )
    yield from remember_records(_own_groups(old, context), context.live.facts.get("dns_name", ""), (), old.records)
    return {}


def update_path(
    before: LoadBalancer, after: LoadBalancer, *_: AbstractSet[Ref]
) -> Sequence[tuple[Phase, LoadBalancer]]:
    """Adds the new subnets, groups and records, and later removes the old ones. Deletion protection comes last."""
    protecting = without_deletion_protection(after) is not after and without_deletion_protection(before) is before
    last, after = after, without_deletion_protection(after) if protecting else after
    both = {
        "subnets": (*before.subnets, *after.subnets),
        "records": (*before.records, *after.records),
    }
    if after.security_groups is not None:
        both["security_groups"] = (*(before.security_groups or ()), *after.security_groups)
    wide = rebuilt(after, **both)
    steps: list[tuple[Phase, LoadBalancer]] = [("expand", wide), ("contract", after)]
    return [*steps, ("protect", last)] if protecting else steps


def create_path(new: LoadBalancer, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, LoadBalancer]]:
    """Deletion protection comes last: after an interrupted run it would prevent a rollback."""
    return [("expand", without_deletion_protection(new)), ("protect", new)]


def without_deletion_protection(balancer: LoadBalancer) -> LoadBalancer:
    """The same load balancer without deletion protection."""
    if balancer.attributes.get(PROTECTION) != "true":
        return balancer
    return balancer.model_copy(update={"attributes": {**balancer.attributes, PROTECTION: "false"}})


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
    learned=lambda balancer: new_defaults(balancer.type, balancer.scheme),
    with_derived_fields=with_records,
    with_other_ids=with_other_zone_ids,
    pending_gate=lambda live: "" if live.facts.get("state") in ("active", "active_impaired") else "active",
    gates=GATES,
    permissions=PERMISSIONS,
)
