"""The calls that create, change and delete a load balancer."""

from __future__ import annotations

from typing import Any, cast

from ...core.address import Address
from ...core.call import Call, WriteProgram
from ...core.kind import StepContext
from ...core.resource import Resource
from .alias_tags import record_tags, remember_records, update_record_tags
from .balancer_subnets import change_network_subnets, change_subnets
from .capacity_reservation import change_reservation
from .fixed_addresses import subnet_params, subnets_or_mappings
from .ip_pools import change_pool
from .load_balancer_attributes import attribute_defaults, change_attributes
from .load_balancer_facts import facts_of
from .load_balancer_fields import BalancerFields
from .log_delivery import own_bucket_of, with_own_bucket
from .ownership import retag, tag_list


def create(new: BalancerFields, context: StepContext) -> WriteProgram:
    """One call with the tags, then the attributes that differ from AWS's defaults."""
    params = _create_params(new, context)
    answer = yield Call("elbv2", "CreateLoadBalancer", params, retry_on=NOT_YET, timeout=300)
    raw = answer["LoadBalancers"][0]
    yield from remember_records(_own_groups(new, context), raw.get("DNSName") or "", new.records)
    defaults = attribute_defaults(new.type, new.scheme)
    before, after = with_own_bucket(defaults, new.attributes, _own_bucket(new, context))
    yield from change_attributes(raw["LoadBalancerArn"], before, after)
    return {"id": raw["LoadBalancerArn"], **facts_of(raw)}


def _create_params(new: BalancerFields, context: StepContext) -> dict[str, Any]:
    params: dict[str, Any] = {
        "Name": context.name,
        "Type": new.type,
        **subnets_or_mappings(_mappings(new, context).values()),
        "IpAddressType": new.ip_address_type,
        "Tags": tag_list(context.tags(cast(Resource, new)) | record_tags(new.records)),
    }
    if new.type != "gateway":
        params["Scheme"] = new.scheme
        params |= {"SecurityGroups": _group_ids(new, context)} if new.security_groups else {}
    params |= {"EnablePrefixForIpv6SourceNat": "on"} if new.source_nat else {}
    params |= {"IpamPools": {"Ipv4IpamPoolId": new.ipv4_ipam_pool}} if new.ipv4_ipam_pool else {}
    params |= {"CustomerOwnedIpv4Pool": new.customer_owned_ipv4_pool} if new.customer_owned_ipv4_pool else {}
    return params


def _mappings(balancer: BalancerFields, context: StepContext) -> dict[str, dict[str, str]]:
    return subnet_params(balancer.subnets, balancer.pins, context, source_nat=balancer.source_nat)


def _group_ids(balancer: BalancerFields, context: StepContext) -> list[str]:
    return [context.id(group) for group in balancer.security_groups or ()]


NOT_YET = ("InvalidSecurityGroup", "ResourceInUse")
"""Errors for a new security group, and for an Elastic IP that an older load balancer still has."""


def update(before: BalancerFields, after: BalancerFields, context: StepContext) -> WriteProgram:
    """Changes attributes, security groups, subnets, addresses, reserved capacity and tags."""
    assert context.live is not None
    arn = context.live.id
    bucket = own_bucket_of(context.stack, arn)
    # A migration file names only some attributes of a load balancer that it creates; the others have their default.
    known = attribute_defaults(before.type, before.scheme) | dict(before.attributes)
    yield from change_attributes(arn, *with_own_bucket(known, after.attributes, bucket))
    yield from _change_groups(arn, before, after, context)
    yield from _change_subnets(arn, before, after, context)
    yield from change_pool(arn, before.ipv4_ipam_pool, after.ipv4_ipam_pool)
    if before.minimum_capacity_units != after.minimum_capacity_units:
        yield from change_reservation(arn, before.minimum_capacity_units, after.minimum_capacity_units)
    yield from retag("elbv2", arn, before.tags, after.tags)
    yield from update_record_tags(arn, record_tags(before.records), record_tags(after.records))
    groups = _own_groups(after, context)
    if before.records != after.records or groups != _own_groups(before, context):
        yield from remember_records(groups, context.fact(context.address, "dns_name"), after.records, before.records)
    return {}


def _change_groups(arn: str, before: BalancerFields, after: BalancerFields, context: StepContext) -> WriteProgram:
    """One call sets the security groups, and whether traffic of PrivateLink must pass their rules."""
    switch = after.enforce_security_group_inbound_rules_on_private_link_traffic
    params: dict[str, Any] = {"LoadBalancerArn": arn}
    if before.enforce_security_group_inbound_rules_on_private_link_traffic != switch:
        params["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = switch
    if len(params) > 1 or (after.security_groups is not None and before.security_groups != after.security_groups):
        groups = _group_ids(after, context) if after.security_groups is not None else _group_ids(before, context)
        yield Call("elbv2", "SetSecurityGroups", {**params, "SecurityGroups": groups})
    return {}


def _change_subnets(arn: str, before: BalancerFields, after: BalancerFields, context: StepContext) -> WriteProgram:
    """Changes the subnets, the addresses in them, and the address type.

    UDP listeners need dualstack and source NAT together, or neither. So one call changes both.
    """
    settings: dict[str, str] = {}
    if before.source_nat != after.source_nat:
        settings["EnablePrefixForIpv6SourceNat"] = after.enable_prefix_for_ipv6_source_nat
        settings |= {"IpAddressType": after.ip_address_type} if before.ip_address_type != after.ip_address_type else {}
    old, new = _mappings(before, context), _mappings(after, context)
    if settings or old != new:
        wider = set(before.subnets) < set(after.subnets)
        if after.type == "network":
            yield from change_network_subnets(arn, new, old, wider=wider, settings=settings)
        else:
            yield from change_subnets(arn, new, wider=wider)
    if before.ip_address_type != after.ip_address_type and "IpAddressType" not in settings:
        kind = {"LoadBalancerArn": arn, "IpAddressType": after.ip_address_type}
        yield Call("elbv2", "SetIpAddressType", kind)
    return {}


def _own_bucket(balancer: BalancerFields, context: StepContext) -> str:
    """The stack's own bucket, if logs go there."""
    return context.id(balancer.log_bucket) if balancer.log_bucket else ""


def _own_groups(balancer: BalancerFields, context: StepContext) -> list[str]:
    """The ids of the security groups that are the stack's own."""
    return [context.id(group) for group in balancer.security_groups or () if isinstance(group, Address)]


def delete(old: BalancerFields, context: StepContext) -> WriteProgram:
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
