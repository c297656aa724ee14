"""The way of a request through a load balancer: connection, rule, target groups, targets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from ..account import CallContext
from ..ec2 import facts
from ..elbv2.health import health_of
from ..elbv2.targets import current_targets
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, StoredGroup, StoredListener, StoredRule, StoredTarget
from .matching import matches
from .request import VisitorRequest

ANYWHERE = "0.0.0.0/0"
WELL = ("healthy", "unavailable")


@dataclass(frozen=True)
class Connection:
    """Whether a port accepts a connection. A refused one is closed at once, a dropped one gets no answer."""

    result: Literal["open", "refused", "dropped"]
    why: str = ""
    listener: StoredListener | None = None


@rule(31)
def connection_to(
    context: CallContext, balancer: StoredBalancer, port: int, source: str = "", behind: AbstractSet[str] = frozenset()
) -> Connection:
    """An active balancer whose security groups allow the source, and that has a listener on the port.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    ("Clients cannot connect to an internet-facing load balancer"), API_LoadBalancerState ("After the load balancer is
    fully set up and ready to route traffic, its state is active"). What a security group does not allow gets no answer:
    https://docs.aws.amazon.com/vpc/latest/userguide/security-groups.html. A network load balancer drops what no
    listener expects: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
    ("Network traffic that does not match a configured listener is classified as unintended traffic"; "Network Load
    Balancers drop unintended traffic without forwarding it to any targets"). No page says what an application load
    balancer does with a port without a listener. Here it refuses the connection. `behind` are the security groups of a
    network load balancer that has this one as its target, and keeps the addresses of its clients:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html
    """
    state = balancer.state(context.now)
    if state != "active":
        return Connection("dropped", f"load balancer {balancer.name} is {state}")
    protocols = ("tcp", "6", "udp", "17") if balancer.type == "network" else ("tcp", "6")
    addresses = {source or ANYWHERE}
    if balancer.security_groups and not facts.allows_port(
        context, set(balancer.security_groups), port, set(behind), addresses, protocols
    ):
        return Connection("dropped", f"security groups of {balancer.name} do not let port {port} in")
    for listener in context.elb.listeners_of(balancer.arn):
        if listener.port == port:
            return Connection("open", listener=listener)
    why = f"load balancer {balancer.name} does not listen on port {port}"
    return Connection("dropped" if balancer.type == "network" else "refused", why)


def rule_for(listener: StoredListener, request: VisitorRequest) -> StoredRule:
    """Returns the first rule whose conditions all match; the default rule has none."""
    return next(found for found in listener.all_rules() if found.default or matches(found.conditions, request))


def weights_of(action: Params) -> dict[str, int]:
    """Returns the target groups of a forward that get requests, with their weights."""
    pairs = action["ForwardConfig"]["TargetGroups"]
    weights = {str(pair["TargetGroupArn"]): int(pair.get("Weight", 1)) for pair in pairs}
    return {arn: weight for arn, weight in weights.items() if weight > 0}


@dataclass(frozen=True)
class ServingTargets:
    """The targets that get requests. `healthy` is False if the group fails open or has none."""

    targets: list[StoredTarget]
    healthy: bool
    states: str


@rule(31)
def serving_targets(context: CallContext, group: StoredGroup) -> ServingTargets:
    """Healthy targets; without any, all that are registered and in use get requests (the group fails open).

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html ("If a target
    group contains only unhealthy registered targets, the load balancer routes requests to all those targets, regardless
    of their health status"). An unused target gets none:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    ("The target groups for the load balancer have no registered targets, or all of the registered targets are in an
    unused state"), nor does a draining one:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
    ("ELB stops sending requests to targets that are deregistering"). No page says whether a group also fails open to
    targets that are initial. Here it does. Without health checks, every target counts as healthy: API_TargetHealth
    (State: unavailable).
    """
    states = [(target, health_of(context, group, target).state) for target in current_targets(context, group)]
    text = ", ".join(sorted({state for _, state in states})) or "none"
    healthy = [target for target, state in states if state in WELL]
    if healthy:
        return ServingTargets(healthy, True, text)
    return ServingTargets([target for target, state in states if state not in ("draining", "unused")], False, text)
