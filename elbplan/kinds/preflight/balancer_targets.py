"""Application load balancers as targets: they exist, in the group's VPC, with a listener on the group's port.

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...core.address import Address
from ...core.call import Answer, ReadProgram
from ...core.plan import Plan, Refusal
from ..target_group import TargetGroup
from .asking import asked, is_known, new_targets

GONE = ("LoadBalancerNotFound",)


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal for each load balancer that AWS would not register."""
    wanted = [
        (address, group, member.address)
        for address, group, targets in new_targets(plan, "alb")
        for member in targets.members
        if member.address
    ]
    arns = list(dict.fromkeys(arn for _, _, arn in wanted))
    if not arns:
        return ()
    asks = [asked("elbv2", "DescribeLoadBalancers", {"LoadBalancerArns": [arn]}, GONE) for arn in arns]
    asks += [asked("elbv2", "DescribeListeners", {"LoadBalancerArn": arn}, GONE) for arn in arns]
    answers = yield asks
    described = dict(zip(arns, zip(answers, answers[len(arns) :], strict=False), strict=True))
    return [refusal for address, group, arn in wanted for refusal in _problems(address, group, arn, *described[arn])]


def _problems(
    address: Address, group: TargetGroup, arn: str, balancers: Answer, listeners: Answer
) -> Iterator[Refusal]:
    if not is_known(balancers):
        return
    found: Mapping[str, Any] | None = next(iter(balancers.get("LoadBalancers", ())), None)
    if found is None:
        yield Refusal(f"{address}: there is no load balancer {arn}", "write the name or ARN of one that exists")
        return
    name = found["LoadBalancerName"]
    if found["Type"] != "application":
        what = f"{address}: {name} is a load balancer of the type {found['Type']}"
        yield Refusal(what, "write an application load balancer")
    elif found.get("VpcId") != str(group.vpc):
        what = f"{address}: {name} is in {found.get('VpcId')}, but the stack is in {group.vpc}"
        yield Refusal(what, f"write `network: {{vpc: {found.get('VpcId')}}}`, or a load balancer of {group.vpc}")
    elif (found.get("State") or {}).get("Code") == "failed":
        yield Refusal(f"{address}: {name} has failed, so it answers nobody", "write another load balancer, or mend it")
    elif is_known(listeners):
        ports = sorted(listener["Port"] for listener in listeners.get("Listeners", ()))
        if group.port not in ports:
            listed = ", ".join(map(str, ports)) or "none"
            what = f"{address}: {name} has no listener on port {group.port} (listeners: {listed})"
            yield Refusal(what, "write port: with the port of a listener, or create that listener first")
