"""The subnets in which load balancers of a stack already stand: a choice once made stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...core.call import ReadProgram
from ...core.kind import Scope
from ...core.resource import Resource
from ..load_balancer import LoadBalancer
from .elb_reader import owned_balancers


def subnets_in_use(scope: Scope, resources: Iterable[Resource]) -> ReadProgram[Sequence[Mapping[str, Any]]]:
    """The subnets of the stacks' load balancers, as DescribeSubnets would answer.

    Empty unless AWS has as many balancers as these resources, all of them in one VPC.
    """
    owned = yield from owned_balancers(scope)
    balancers = sum(isinstance(resource, LoadBalancer) for resource in resources)
    subnets = [
        {"VpcId": raw.get("VpcId"), "AvailabilityZone": zone["ZoneName"], "SubnetId": zone["SubnetId"]}
        for _, _, raw, _ in owned
        for zone in raw.get("AvailabilityZones", [])
    ]
    complete = len(owned) == balancers and len({subnet["VpcId"] for subnet in subnets}) == 1
    return subnets if complete else ()
