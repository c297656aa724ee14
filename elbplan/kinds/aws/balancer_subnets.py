"""The calls that change the subnets of a load balancer.

A load balancer has one subnet in each zone. An application load balancer exchanges the subnet of a zone in one call.
A network load balancer must first leave the zone:
https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4171
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...core.call import Call, WriteProgram


def change_subnets(arn: str, subnets: Sequence[str], *, wider: bool) -> WriteProgram:
    """Sets the subnets of an application or gateway load balancer.

    AWS refuses two subnets of one zone. If the subnet of a zone changes, AWS refuses the wider set of the first step,
    and the set of the last step replaces the subnet.
    """
    refused = ("InvalidConfigurationRequest",) if wider else ()
    yield Call("elbv2", "SetSubnets", {"LoadBalancerArn": arn, "Subnets": list(subnets)}, done_if=refused)
    return {}


def change_network_subnets(arn: str, subnets: Sequence[str], *, wider: bool) -> WriteProgram:
    """Sets the subnets of a network load balancer. The wider set leaves out a second subnet of a zone."""
    current = yield from _current_subnets(arn)
    wanted = yield from _by_zone([subnet for subnet in subnets if subnet not in current.values()])
    if wider:
        free = {zone: subnet for zone, subnet in wanted.items() if zone not in current}
        if free:
            yield _set_subnets(arn, {**current, **free})
        return {}
    for zone in sorted(current.keys() & wanted.keys()):
        rest = {other: subnet for other, subnet in current.items() if other != zone}
        if rest:
            yield _set_subnets(arn, rest)
        current = {**rest, zone: wanted[zone]}
        yield _set_subnets(arn, current, retry_on=STILL_LEAVING if rest else ())
    if set(current.values()) != set(subnets):
        yield Call("elbv2", "SetSubnets", {"LoadBalancerArn": arn, "Subnets": list(subnets)})
    return {}


STILL_LEAVING = ("InvalidConfigurationRequest", "ValidationError")
"""Errors while a network load balancer still leaves the zone of its new subnet. No page names the code."""


def _current_subnets(arn: str) -> WriteProgram:
    """The subnets that the load balancer has now, by zone."""
    answer = yield Call("elbv2", "DescribeLoadBalancers", {"LoadBalancerArns": [arn]})
    return {zone["ZoneName"]: zone["SubnetId"] for zone in answer["LoadBalancers"][0].get("AvailabilityZones") or ()}


def _by_zone(subnets: Sequence[str]) -> WriteProgram:
    """The subnets by zone."""
    if not subnets:
        return {}
    answer = yield Call("ec2", "DescribeSubnets", {"SubnetIds": list(subnets)})
    return {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in answer["Subnets"]}


def _set_subnets(arn: str, subnets: Mapping[str, str], retry_on: tuple[str, ...] = ()) -> Call:
    params = {"LoadBalancerArn": arn, "Subnets": [subnets[zone] for zone in sorted(subnets)]}
    return Call("elbv2", "SetSubnets", params, retry_on=retry_on, timeout=120)
