"""Attributes that the spec no longer sets return to AWS's default, for every documented attribute."""

from __future__ import annotations

import json
from typing import Any

import pytest

from elbplan.sandbox.elbv2.attribute_tables import CHOICES, RANGES

from . import specs
from .stage import Stage

ALONE = {"load_balancing.cross_zone.enabled", "secondary_ips.auto_assigned.per_subnet"}
"""AWS cannot reset these attributes of an application or network load balancer."""
KEPT = ("_logs.s3.bucket", "_logs.s3.prefix")
"""AWS keeps the bucket of a disabled log, and refuses an empty value."""
RESETS = {"send_tcp_reset.on_deregistration.enabled", "send_tcp_reset.on_unhealthy.enabled"}
MOVES_FLOWS = {
    "target_failover.on_deregistration",
    "target_failover.on_unhealthy",
    "stickiness.enabled",
    "stickiness.type",
}
"""A gateway's resets exclude these, so one spec sets the resets and another one sets these."""
DRAINING = "target_health_state.unhealthy.draining_interval_seconds"

APPLICATION = specs.HTTP
NETWORK = specs.HEAD + "type: network\ngroups: {web: {ips: [172.31.0.9], port: 80}}\nlisteners: [{listen: 80/tcp}]\n"
GATEWAY = specs.HEAD + "type: gateway\ntargets: {ips: [172.31.0.9], port: 6081, protocol: geneve}\n"


def other(key: str, usual: str) -> str:
    """Returns a value that is not the default."""
    if usual in ("true", "false"):
        return "false" if usual == "true" else "true"
    if key in CHOICES and key != "load_balancing.algorithm.type":
        return next(word for word in CHOICES[key] if word != usual)
    if key in RANGES:
        return str(next(number for number in RANGES[key] if str(number) != usual))
    sticky = {"lb_cookie": "app_cookie", "source_ip_dest_ip_proto": "source_ip_dest_ip"}
    words = {
        "stickiness.type": sticky.get(usual, usual),
        "slow_start.duration_seconds": usual,
        "stickiness.app_cookie.cookie_name": "session",
        "load_balancing.algorithm.type": "weighted_random",
    }
    if key.endswith(("percentage", "count")):
        return "50"
    return words.get(key, "some-place")


def attributes(stage: Stage) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the attributes of the load balancer and of the target group."""
    elb = stage.client("elbv2")
    ours = next(one for one in elb.describe_load_balancers()["LoadBalancers"] if one["LoadBalancerName"] == "my-web")
    group = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]
    balancer = elb.describe_load_balancer_attributes(LoadBalancerArn=ours["LoadBalancerArn"])["Attributes"]
    of_group = elb.describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])["Attributes"]
    return _map(balancer), _map(of_group)


def _map(pairs: list[dict[str, Any]]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs}


@pytest.mark.parametrize(
    ("spec", "unset"),
    [(APPLICATION, set()), (NETWORK, set()), (GATEWAY, RESETS), (GATEWAY, MOVES_FLOWS)],
    ids=["application", "network", "gateway", "gateway-resets"],
)
def test_every_attribute_that_the_spec_drops_goes_back_to_the_default(stage: Stage, spec: str, unset: set[str]) -> None:
    stage.apply(spec)
    usual = attributes(stage)
    balancer = {k: other(k, v) for k, v in usual[0].items() if k not in ALONE and k != "deletion_protection.enabled"}
    group = {k: other(k, v) for k, v in usual[1].items() if k not in unset}
    overrides = {"load_balancer": {"attributes": balancer}, "target_group.web": {"attributes": group}}
    stage.apply(spec + f"overrides: {json.dumps(overrides)}\n")
    now = attributes(stage)
    assert balancer.items() <= now[0].items()
    assert group.items() <= now[1].items()
    changed = sum(now[i][k] != v for i in (0, 1) for k, v in usual[i].items())
    assert changed >= len(usual[0]) + len(usual[1]) - len(unset) - 6, now
    stage.apply(spec)
    back = attributes(stage)
    for index in (0, 1):
        differing = {k: v for k, v in back[index].items() if v != usual[index][k] and not k.endswith(KEPT)}
        assert differing == {}
    stage.destroy(spec)


def test_a_network_groups_health_check_changes_between_http_and_tcp(stage: Stage) -> None:
    http = NETWORK.replace("port: 80}", "port: 80, health: /health}")
    for spec in (http, NETWORK, http):
        stage.apply(spec)


COUNT = "target_group_health.dns_failover.minimum_healthy_targets.count"


@pytest.mark.parametrize("off", [True, False])
@pytest.mark.parametrize("given", ["", "1", "off", "3"])
def test_both_defaults_of_the_dns_failover_count_are_right(stage: Stage, off: bool, given: str) -> None:
    stage.box.switch("dns_failover_off", off)
    overrides = {"target_group.web": {"attributes": {COUNT: given}}}
    spec = specs.HTTP + (f"overrides: {json.dumps(overrides)}\n" if given else "")
    stage.box.clear_calls()
    assert stage.run(stage.plan(spec)).complete
    assert stage.box.counts()["ModifyTargetGroupAttributes"] == (1 if given else 0)
    assert attributes(stage)[1][COUNT] == (given or ("off" if off else "1"))
    stage.assert_settled(spec)
    stage.apply(specs.HTTP)
    stage.destroy(specs.HTTP)
