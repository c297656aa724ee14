"""Target health: unused, initial, healthy or unhealthy, and finally draining.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
"""

from ..account import CallContext
from ..ec2 import facts
from ..ec2.network_acls import let_pass
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, StoredGroup, StoredTarget
from . import find
from .health_reasons import AFTER_A_CHECK, OUTSIDE_ZONES, StoredHealth, health_for
from .targets import current_targets, port_of

HEALTHY = StoredHealth("healthy")


@rule(14)
def health_of(context: CallContext, group: StoredGroup, target: StoredTarget) -> StoredHealth:
    """The state, and its reason: API_TargetHealth. A group with weight 0 is checked as well.

    AWS does not document which reason comes first if several apply.
    """
    if target.drained_at is not None:
        return health_for("Target.DeregistrationInProgress")
    if group.unhealthy_reason and group.unhealthy_reason not in AFTER_A_CHECK:
        return health_for(group.unhealthy_reason, group.unhealthy_code)
    balancers = [context.elb.balancers[arn] for arn in context.elb.balancers_using(group.arn)]
    if not balancers:
        return health_for("Target.NotInUse")
    return _without_check(context, group, target, balancers) or _check_result(context, group, target, balancers[0])


def _without_check(
    context: CallContext, group: StoredGroup, target: StoredTarget, balancers: list[StoredBalancer]
) -> StoredHealth | None:
    if not group.fields["HealthCheckEnabled"]:
        return health_for("Target.HealthCheckDisabled")
    if group.fields["TargetType"] != "instance":
        return health_for("Target.IpUnusable") if belongs_to_balancer(context, target) else None
    instance = facts.instance(context, target.id)
    if instance is None or instance.state != "running":
        state = instance.state if instance is not None else "terminated"
        return health_for("Target.InvalidState", state)
    zones = {zone.name for balancer in balancers for zone in balancer.zones}
    if instance.availability_zone not in zones:
        return StoredHealth("unused", "Target.NotInUse", OUTSIDE_ZONES)
    return None


def _check_result(
    context: CallContext, group: StoredGroup, target: StoredTarget, balancer: StoredBalancer
) -> StoredHealth:
    start = max(target.registered, group.attached or 0.0, balancer.active_at)
    if context.now <= balancer.active_at:
        return health_for("Elb.RegistrationInProgress")
    waiting = context.timing.first_health
    if waiting and context.now < start + waiting:
        if context.now < start + waiting / 2:
            return health_for("Elb.RegistrationInProgress")
        return health_for("Elb.InitialHealthChecking")
    if group.unhealthy_reason:
        return health_for(group.unhealthy_reason, group.unhealthy_code)
    if group.fields["TargetType"] == "instance" and not reachable(context, group, target, balancer):
        return health_for("Target.Timeout")
    if not _expects_unimplemented(group):
        return health_for("Target.ResponseCodeMismatch", UNIMPLEMENTED)
    return HEALTHY


UNIMPLEMENTED = 12


@rule(14)
def _expects_unimplemented(group: StoredGroup) -> bool:
    """A gRPC server does not have AWS's default method, so it answers 12, UNIMPLEMENTED, which is AWS's default code.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    ("The default is /AWS.ALB/healthcheck", "The default value is 12"),
    https://github.com/grpc/grpc/blob/master/doc/statuscodes.md ("Method not found at server").
    """
    codes = (group.fields.get("Matcher") or {}).get("GrpcCode")
    if not codes or group.fields.get("HealthCheckPath") != "/AWS.ALB/healthcheck":
        return True
    ranges = [part.partition("-") for part in codes.split(",")]
    return any(int(low) <= UNIMPLEMENTED <= int(high or low) for low, _, high in ranges)


@rule(14)
def reachable(context: CallContext, group: StoredGroup, target: StoredTarget, balancer: StoredBalancer) -> bool:
    """The security groups of the instance must allow the balancer on the traffic port and the health check port.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html#target-security-groups
    The network ACLs must let both ports pass from each of its subnets.
    """
    ports = {target.port, check_port(group, target)}
    instance = facts.instance(context, target.id)
    place = instance.subnet_id if instance is not None else ""
    if place and not all(let_pass(context, zone.subnet, place, port) for zone in balancer.zones for port in ports):
        return False
    groups = facts.instance_groups(facts.instance(context, target.id))
    subnets = {facts.known_subnet(context, zone.subnet).cidr_block for zone in balancer.zones}
    protocols = ("udp", "17", "tcp", "6") if group.fields["Protocol"] in ("UDP", "TCP_UDP", "QUIC") else ("tcp", "6")
    sources = set(balancer.security_groups)
    return all(facts.allows_port(context, groups, port, sources, subnets, protocols) for port in ports)


@rule(14)
def belongs_to_balancer(context: CallContext, target: StoredTarget) -> bool:
    """An address of a load balancer's own interface cannot be a target: API_TargetHealth (Target.IpUnusable)."""
    interfaces = facts.interfaces(context)
    return any(nic.requester_managed and target.id == nic.private_ip_address for nic in interfaces)


def check_port(group: StoredGroup, target: StoredTarget) -> int:
    port = str(group.fields.get("HealthCheckPort", "traffic-port"))
    return int(port) if port.isdigit() else target.port


def describe_target_health(context: CallContext, params: Params) -> Params:
    group = find.group(context, params["TargetGroupArn"])
    registered = {target.key: target for target in current_targets(context, group)}
    if not params.get("Targets"):
        return {"TargetHealthDescriptions": [_description(context, group, target) for target in registered.values()]}
    descriptions = []
    for wanted in params["Targets"]:
        port = port_of(group, wanted)
        target = registered.get((wanted["Id"], port))
        descriptions.append(_description(context, group, target) if target else _not_registered(wanted["Id"], port))
    return {"TargetHealthDescriptions": descriptions}


def _description(context: CallContext, group: StoredGroup, target: StoredTarget) -> Params:
    health = health_of(context, group, target)
    state: Params = {"State": health.state}
    if health.reason:
        state.update(Reason=health.reason, Description=health.description)
    answer: Params = {"Target": {"Id": target.id, "Port": target.port or None}, "TargetHealth": state}
    if target.server_id:
        answer["Target"]["QuicServerId"] = target.server_id
    if target.zone:
        answer["Target"]["AvailabilityZone"] = target.zone
    if target.port:
        answer["HealthCheckPort"] = str(check_port(group, target))
    return answer


def _not_registered(target_id: str, port: int) -> Params:
    state, reason, words = health_for("Target.NotRegistered")
    return {
        "Target": {"Id": target_id, "Port": port or None},
        "HealthCheckPort": str(port),
        "TargetHealth": {"State": state, "Reason": reason, "Description": words},
    }
