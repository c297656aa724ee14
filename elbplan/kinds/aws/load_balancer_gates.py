"""The gates of a load balancer: it is active; its network interfaces are gone."""

from __future__ import annotations

from ...core.call import Call, GateStatus, ProbeProgram
from ...core.cause import Cause, because
from ...core.kind import Gate, StepContext
from ...core.resource import Resource
from .load_balancer_attributes import UNSEEN
from .load_balancer_facts import FAILED


def active(_: Resource, context: StepContext) -> ProbeProgram:
    """`active_impaired` also serves requests. `failed` never recovers."""
    params = {"LoadBalancerArns": [context.id(context.address)]}
    answer = yield Call("elbv2", "DescribeLoadBalancers", params, retry_on=UNSEEN, timeout=60)
    if not answer["LoadBalancers"]:
        return GateStatus("waiting", "not visible yet")
    state = answer["LoadBalancers"][0].get("State", {"Code": "active"})
    if state["Code"] in ("active", "active_impaired"):
        return GateStatus("ready", state["Code"])
    reason = state.get("Reason") or ""
    if state["Code"] == FAILED:
        return GateStatus("failed", "AWS could not create it", (Cause(reason or "AWS names no reason", REPLACE),))
    text = "being created" if state["Code"] == "provisioning" else state["Code"]
    return GateStatus("waiting", text, because(reason))


def interfaces_gone(_: Resource, context: StepContext) -> ProbeProgram:
    """Security groups and subnets cannot be deleted until AWS has deleted the load balancer's network interfaces."""
    assert context.live is not None
    description = "ELB " + context.live.id.split(":loadbalancer/", 1)[-1]
    params = {"Filters": [{"Name": "description", "Values": [description]}]}
    answer = yield Call("ec2", "DescribeNetworkInterfaces", params)
    left = len(answer["NetworkInterfaces"])
    if left:
        return GateStatus("waiting", f"{left} network interfaces left")
    return GateStatus("ready", "its network interfaces are gone")


REPLACE = "the next elbplan apply replaces it (with migrations: apply --revert-drift)"
INTERFACES_TIMEOUT = 2100
"""AWS deletes the interfaces some minutes after the load balancer. Terraform waits up to 35 minutes for them."""

GATES = (
    Gate(
        "active",
        "the load balancer is active",
        900,
        active,
        ("create", "update"),
        usual="2-3 min",
        needed=lambda before, after: before is None or (before.subnets, before.pins) != (after.subnets, after.pins),
    ),
    Gate(
        "interfaces",
        "the load balancer's network interfaces are gone",
        INTERFACES_TIMEOUT,
        interfaces_gone,
        ("delete",),
    ),
)
