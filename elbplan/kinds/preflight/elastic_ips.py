"""Elastic IPs: enough of them are left, and those of others are free.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html#using-instance-addressing-limit
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...core.address import Address, AwsId
from ...core.call import Answer, ReadProgram
from ...core.permission import reads
from ...core.plan import Plan, Refusal
from ...core.resource import Resource
from ..aws.service_quota import ServiceQuota
from ..elastic_ip import ElasticIp
from ..load_balancer import LoadBalancer
from .asking import LATER, asked, asked_quota, is_known, quota_of, written

QUOTA = ServiceQuota("ec2", "L-0263D0A3")
"""EC2-VPC Elastic IPs."""
USERS = {"nat_gateway": "a NAT gateway", "network_load_balancer": "another load balancer"}
"""By type of a network interface: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html"""

NOT_SEEN = "does not see before the first write who has an Elastic IP of others"


def _new(resource: Resource) -> Iterable[str]:
    """A value for an Elastic IP that elbplan allocates."""
    return ["*"] if resource.kind == ElasticIp.kind else []


def _given(balancer: LoadBalancer | None) -> list[str]:
    refs = [pin.allocation for pin in balancer.pins] if balancer else []
    return [ref.value for ref in refs if isinstance(ref, AwsId)]


def _named(resource: Resource) -> Iterable[str]:
    """A value for a load balancer with an Elastic IP of others."""
    return ["*"] if isinstance(resource, LoadBalancer) and _given(resource) else []


PERMISSIONS = (
    *reads("servicequotas:GetServiceQuota", verbs=("compare",), each=_new, without_it=LATER),
    *reads("ec2:DescribeNetworkInterfaces", verbs=("compare",), each=_named, without_it=NOT_SEEN),
)


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal if the quota is too low, and for each address that something else has.

    An address that a load balancer of the stack has is free in time: it leaves its zone first, or is deleted first.
    """
    own = {id for live in plan.lives.values() if isinstance(live.model, LoadBalancer) for id in _given(live.model)}
    new = sum(step.do == "create" and step.address.kind == ElasticIp.kind for step in plan.steps)
    named = [
        (address, id)
        for address, before, after in written(plan, LoadBalancer)
        for id in _given(after)
        if id not in own and id not in _given(before)
    ]
    if not new and not named:
        return ()
    asks = [asked("ec2", "DescribeAddresses", {}), *([asked_quota(QUOTA)] if new else [])]
    addresses, *quotas = yield asks
    refusals = [refusal for quota in quotas for refusal in _too_many(new, addresses, quota)]
    if named and is_known(addresses):
        refusals += yield from _held(named, {raw.get("AllocationId", ""): raw for raw in addresses["Addresses"]})
    return refusals


def _too_many(new: int, addresses: Answer, quota: Answer) -> Iterator[Refusal]:
    most = quota_of(quota)
    if most is None or not is_known(addresses):
        return
    used = len(addresses["Addresses"])
    if used + new > most:
        what = f"the plan allocates {new} Elastic IPs, this region has {used}, and its quota is {int(most)}"
        yield Refusal(what, f"release addresses that nobody uses, or ask AWS for more: {QUOTA.increase(used + new)}")


def _held(
    named: Sequence[tuple[Address, str]], addresses: Mapping[str, Mapping[str, Any]]
) -> ReadProgram[list[Refusal]]:
    """Refusals for addresses at network interfaces. Those of a load balancer that is gone can be there for a while."""
    at = {id: addresses[id]["NetworkInterfaceId"] for _, id in named if addresses.get(id, {}).get("NetworkInterfaceId")}
    if not at:
        return []
    values = sorted(set(at.values()))
    filters = {"Filters": [{"Name": "network-interface-id", "Values": values}]}
    (answer,) = yield [asked("ec2", "DescribeNetworkInterfaces", filters)]
    found = {raw["NetworkInterfaceId"]: raw for raw in answer.get("NetworkInterfaces", ())}
    return [
        Refusal(
            f"{address}: the Elastic IP {addresses[id].get('PublicIp', '')} ({id}) is in use by {USERS[kind]} "
            f"({raw.get('Description') or at[id]})",
            "write another address, or elastic_ip: true for a new one",
        )
        for address, id in named
        if (raw := found.get(at.get(id, ""))) and (kind := raw.get("InterfaceType", "")) in USERS
    ]
