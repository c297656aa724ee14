"""What is waited for at a load balancer: that it is active, and that its network interfaces are gone."""

from __future__ import annotations

from ...core.call import Call, GateStatus, ProbeProgram
from ...core.kind import Gate, StepContext
from ...core.resource import Resource
from .load_balancer_attributes import UNSEEN


def active(_: Resource, context: StepContext) -> ProbeProgram:
    """`active_impaired` serves too; `failed` never recovers."""
    asked = {"LoadBalancerArns": [context.id(context.address)]}
    answer = yield Call("elbv2", "DescribeLoadBalancers", asked, retry_on=UNSEEN, timeout=60)
    if not answer["LoadBalancers"]:
        return GateStatus("waiting", "not visible yet")
    state = answer["LoadBalancers"][0].get("State", {"Code": "active"})
    if state["Code"] in ("active", "active_impaired"):
        return GateStatus("ready", state["Code"], state.get("Reason") or "")
    failed = state["Code"] == "failed"
    return GateStatus("failed" if failed else "waiting", state["Code"], state.get("Reason") or "")


def interfaces_gone(_: Resource, context: StepContext) -> ProbeProgram:
    """The balancer's network interfaces hold its security groups and subnets until AWS takes them away."""
    assert context.live is not None
    description = "ELB " + context.live.id.split(":loadbalancer/", 1)[-1]
    asked = {"Filters": [{"Name": "description", "Values": [description]}]}
    answer = yield Call("ec2", "DescribeNetworkInterfaces", asked)
    left = len(answer["NetworkInterfaces"])
    return GateStatus("waiting", f"{left} network interfaces left") if left else GateStatus("ready", "none left")


GATES = (
    Gate("active", "the load balancer is active", 900, active),
    Gate("interfaces", "the load balancer's network interfaces are gone", 900, interfaces_gone, ("delete",)),
)
