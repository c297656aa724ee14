"""Instances of Classic Load Balancers, and their health."""

import re

from ..account import CallContext
from ..ec2 import facts
from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule
from ..state.classic import StoredClassicBalancer
from . import find

TARGET = re.compile(r"(?:(?:TCP|SSL):(\d+)|(?:HTTP|HTTPS):(\d+)(/.{0,1023}))", re.DOTALL)
RANGES = {"Interval": (5, 300), "Timeout": (2, 60), "UnhealthyThreshold": (2, 10), "HealthyThreshold": (2, 10)}


@rule(34)
def default_health(balancer: StoredClassicBalancer) -> Params:
    """Until ConfigureHealthCheck: TCP on the instance port of the first listener, every 30 s.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-healthchecks.html (Response timeout 5,
    interval 30, unhealthy threshold 2, healthy threshold 10); API_HealthCheck ("TCP is the default, specified as a TCP:
    port pair")
    """
    port = next(iter(balancer.listeners.values()))["InstancePort"]
    return {"Target": f"TCP:{port}", "Interval": 30, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 10}


@rule(34)
def configure_health_check(context: CallContext, params: Params) -> Params:
    """TCP:port, SSL:port, HTTP:port/path or HTTPS:port/path; the timeout is shorter than the interval: API_HealthCheck.

    Ranges: interval 5-300, timeout 2-60, thresholds 2-10.
    """
    balancer, check = find.of(context, params), params["HealthCheck"]
    match = TARGET.fullmatch(check["Target"])
    if not match or not 1 <= int(match[1] or match[2]) <= 65535:
        raise validation(f"HealthCheck Target '{check['Target']}' must be PROTOCOL:PORT[/PATH]")
    fields = {name: int(check[name]) for name in RANGES}
    for name, (low, high) in RANGES.items():
        if not low <= fields[name] <= high:
            raise validation(f"HealthCheck {name} must be between {low} and {high}")
    if fields["Timeout"] >= fields["Interval"]:
        raise validation("HealthCheck timeout must be less than interval")
    balancer.health = {"Target": check["Target"], **fields}
    return {"HealthCheck": dict(balancer.health)}


def _ids(params: Params) -> list[str]:
    return [instance["InstanceId"] for instance in params.get("Instances") or []]


@rule(34)
def register(context: CallContext, params: Params) -> Params:
    """Instances must exist in the VPC of the load balancer: API_RegisterInstancesWithLoadBalancer (InvalidInstance)."""
    balancer = find.of(context, params)
    for id in _ids(params):
        instance = facts.instance(context, id)
        if instance is None or instance.state == "terminated":
            raise AwsError("InvalidInstance", f"Could not find EC2 instance {id}.")
        if instance.vpc_id != balancer.vpc:
            raise AwsError("InvalidInstance", f"EC2 instance {id} is not in the same VPC as load balancer.")
    for id in _ids(params):
        balancer.instances.setdefault(id, context.now)
    return _all(balancer)


def deregister(context: CallContext, params: Params) -> Params:
    balancer = find.of(context, params)
    for id in _ids(params):
        balancer.instances.pop(id, None)
    return _all(balancer)


def _all(balancer: StoredClassicBalancer) -> Params:
    return {"Instances": [{"InstanceId": id} for id in balancer.instances]}


def describe_health(context: CallContext, params: Params) -> Params:
    balancer = find.of(context, params)
    wanted = _ids(params) or list(balancer.instances)
    return {"InstanceStates": [_state(context, balancer, id) for id in wanted]}


@rule(34)
def _state(context: CallContext, balancer: StoredClassicBalancer, id: str) -> Params:
    """The state with its reason: API_InstanceState.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/ts-elb-healthcheck.html and, for the descriptions,
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-backend-instances.html
    """
    if id not in balancer.instances:
        raise AwsError("InvalidInstance", f"Could not find EC2 instance {id}.")
    if context.now < balancer.instances[id] + context.timing.first_health:
        return _answer(id, "OutOfService", "ELB", "Instance registration is still in progress.")
    instance = facts.instance(context, id)
    if instance is None or instance.state != "running":
        state = instance.state if instance is not None else "terminated"
        return _answer(id, "OutOfService", "Instance", f"Instance is in {state} state.")
    if not _reachable(context, balancer, facts.instance_groups(instance)):
        text = "Instance has failed at least the UnhealthyThreshold number of health checks consecutively."
        return _answer(id, "OutOfService", "Instance", text)
    return _answer(id, "InService", "N/A", "N/A")


def _reachable(context: CallContext, balancer: StoredClassicBalancer, groups: set[str]) -> bool:
    port = re.findall(r":(\d+)", balancer.health["Target"])[0]
    addresses = {facts.known_subnet(context, zone.subnet).cidr_block for zone in balancer.zones}
    return facts.allows_port(context, groups, int(port), set(balancer.security_groups), addresses)


def _answer(id: str, state: str, code: str, text: str) -> Params:
    return {"InstanceId": id, "State": state, "ReasonCode": code, "Description": text}
