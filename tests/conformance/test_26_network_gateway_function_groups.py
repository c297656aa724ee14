"""Groups of network and gateway balancers, of functions and of load balancers: only keys that apply are sent."""

from __future__ import annotations

from typing import Any

from .kit import NOTHING, Case

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\n"
FUNCTION = "arn:aws:lambda:ap-northeast-2:123456789012:function:hello"
NETWORK = HEAD + "type: network\nservers: {count: 1}\ntargets: {port: 80}\n"
GATEWAY = HEAD + "type: gateway\ntargets: {ips: [172.31.0.9]}\n"
LAMBDA = HEAD + f"targets: {{lambda: {FUNCTION}}}\n"
BEHIND = HEAD.replace("my-web", "outer") + "type: network\ntargets: {load_balancer: my-web, port: 80}\n"
INNER = HEAD + "servers: {count: 1}\ntargets: {port: 80}\n"


def described(case: Case, name: str = "my-web-web") -> dict[str, Any]:
    found: dict[str, Any] = case.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"][0]
    return found


def attributes(case: Case) -> dict[str, str]:
    answer = case.client("elbv2").describe_target_group_attributes(TargetGroupArn=described(case)["TargetGroupArn"])
    return {pair["Key"]: pair["Value"] for pair in answer["Attributes"]}


def sent_keys(params: list[dict[str, Any]]) -> set[str]:
    return {pair["Key"] for each in params for pair in each["Attributes"]}


def test_a_network_group_gets_the_attributes_of_network_balancers(case: Case) -> None:
    case.apply(NETWORK)
    words = "proxy_protocol: true, end_connections: true, client_ip: false"
    more = "end_unhealthy_connections: false, unhealthy_drain: 2m"
    changed = NETWORK.replace("port: 80", f"port: 80, attributes: {{{words}, {more}}}")
    sent = case.apply(changed)
    assert sent_keys(sent.of("ModifyTargetGroupAttributes")) == {
        "proxy_protocol_v2.enabled",
        "deregistration_delay.connection_termination.enabled",
        "preserve_client_ip.enabled",
        "target_health_state.unhealthy.connection_termination.enabled",
        "target_health_state.unhealthy.draining_interval_seconds",
    }
    assert attributes(case)["target_health_state.unhealthy.draining_interval_seconds"] == "120"
    case.apply(NETWORK)
    assert attributes(case)["preserve_client_ip.enabled"] == "true"
    case.destroy(NETWORK)


def test_a_gateway_group_fails_over_and_is_sticky_by_addresses(case: Case) -> None:
    sent = case.apply(GATEWAY)
    assert "Tags" not in sent.only("CreateTargetGroup")
    assert sent.only("CreateTargetGroup")["HealthCheckPort"] == "80"
    changed = GATEWAY.replace("9]", "9], sticky: true, attributes: {failover: true}")
    case.apply(changed)
    assert attributes(case)["stickiness.type"] == "source_ip_dest_ip"
    assert attributes(case)["target_failover.on_deregistration"] == "rebalance"
    assert attributes(case)["target_failover.on_unhealthy"] == "rebalance"
    case.destroy(changed)


def test_a_function_has_no_port_protocol_or_vpc_and_is_checked_only_on_request(case: Case) -> None:
    sent = case.apply(LAMBDA)
    assert set(sent.only("CreateTargetGroup")) == {"Name", "TargetType", "Tags"}
    assert sent.only("RegisterTargets")["Targets"] == [{"Id": FUNCTION}]
    assert sent.position("AddPermission") < sent.position("RegisterTargets")
    assert described(case)["HealthCheckEnabled"] is False
    checked = LAMBDA.replace("hello}", "hello, health: {path: /ping, every: 60s}, multi_value_headers: true}")
    params = case.apply(checked).only("ModifyTargetGroup")
    assert (params["HealthCheckEnabled"], params["HealthCheckIntervalSeconds"]) == (True, 60)
    assert "HealthCheckPort" not in params
    assert "HealthCheckProtocol" not in params
    assert attributes(case)["lambda.multi_value_headers.enabled"] == "true"
    assert case.apply(LAMBDA).only("ModifyTargetGroup")["HealthCheckEnabled"] is False
    assert attributes(case)["lambda.multi_value_headers.enabled"] == "false"
    case.destroy(LAMBDA)


def test_killed_after_each_write_a_function_is_registered(case: Case) -> None:
    case.crash_sweep(NOTHING, LAMBDA)


def test_a_load_balancer_behind_a_network_balancer_is_found_by_its_name(case: Case) -> None:
    case.apply(INNER)
    sent = case.apply(BEHIND)
    params = sent.only("CreateTargetGroup")
    assert (params["TargetType"], params["Protocol"], params["HealthCheckProtocol"]) == ("alb", "TCP", "HTTP")
    (target,) = sent.only("RegisterTargets")["Targets"]
    assert ":loadbalancer/app/my-web/" in target["Id"]
    case.stage.run(case.stage.plan(BEHIND))
    case.destroy(BEHIND)
    case.destroy(INNER)
