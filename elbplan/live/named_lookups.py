"""Look-ups by a name or a tag: the call for each, and the ids in its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.address import Lookup
from ..core.call import Call
from ..kinds.aws.queries import existing_instances
from .filters import filter_by, literal
from .scaling_groups import found_ids, scaling_call


def is_by_name(lookup: Lookup) -> bool:
    """True if the lookup names a Name tag or another tag, not a place in the network."""
    return lookup.query.startswith(("name:", "tag:"))


def _by_name(text: str) -> dict[str, Any]:
    """The filter for `tag:KEY=VALUE`, or for a Name tag."""
    if text.startswith("tag:"):
        key, _, value = text.removeprefix("tag:").partition("=")
        return filter_by(f"tag:{key}", [literal(value)])
    return filter_by("tag:Name", [literal(text.removeprefix("name:"))])


def lookup_call(lookup: Lookup) -> Call | None:
    """The call that answers a lookup by itself; None for lookups that other answers contain."""
    if lookup.what == "instance":
        return Call("ec2", "DescribeInstances", _by_name(lookup.query))
    if lookup.what == "security_group":
        return Call("ec2", "DescribeSecurityGroups", _by_name(lookup.query))
    if lookup.what == "load_balancer":
        names = {"Names": [lookup.query.removeprefix("name:")]}
        return Call("elbv2", "DescribeLoadBalancers", names, done_if=("LoadBalancerNotFound",))
    if lookup.what == "trust_store":
        names = {"Names": [lookup.query.removeprefix("name:")]}
        return Call("elbv2", "DescribeTrustStores", names, done_if=("TrustStoreNotFound",))
    if lookup.what == "vpc" and lookup.query != "default":
        return Call("ec2", "DescribeVpcs", _by_name(lookup.query))
    if lookup.what == "subnet" and is_by_name(lookup):
        return Call("ec2", "DescribeSubnets", _by_name(lookup.query))
    return scaling_call(lookup)


def results_of(lookup: Lookup, answer: Mapping[str, Any]) -> list[str]:
    """The ids that the answer to a look-up has."""
    if scaling_call(lookup):
        return found_ids(answer)
    if lookup.what == "instance":
        return sorted(instance["InstanceId"] for instance in existing_instances(answer))
    if lookup.what == "security_group":
        return sorted(group["GroupId"] for group in answer.get("SecurityGroups", []))
    if lookup.what == "load_balancer":
        return [balancer["LoadBalancerArn"] for balancer in answer.get("LoadBalancers", [])]
    if lookup.what == "trust_store":
        return [store["TrustStoreArn"] for store in answer.get("TrustStores", [])]
    if lookup.what == "vpc":
        return [vpc["VpcId"] for vpc in answer.get("Vpcs", [])]
    return sorted(subnet["SubnetId"] for subnet in answer.get("Subnets", []))
