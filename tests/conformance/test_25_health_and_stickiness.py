"""Health check and stickiness: which call changes what, defaults by protocol, removed means AWS's default."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import SpecProblem

from .kit import Case

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\n"
SERVERS = "servers: {count: 1}\n"
SPEC = HEAD + SERVERS + "targets: {port: 80}\n"
NETWORK = HEAD + "type: network\n" + SERVERS + "targets: {port: 80}\n"


def group(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = case.client("elbv2").describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]
    return found


def attributes(case: Case) -> dict[str, str]:
    answer = case.client("elbv2").describe_target_group_attributes(TargetGroupArn=group(case)["TargetGroupArn"])
    return {pair["Key"]: pair["Value"] for pair in answer["Attributes"]}


def test_a_changed_check_is_one_call_and_changes_no_attribute(case: Case) -> None:
    case.apply(SPEC)
    health = "{path: /health, every: 15s, timeout: 4s, healthy: 3, unhealthy: 4, codes: 200-204, port: 80}"
    sent = case.apply(SPEC.replace("port: 80", f"port: 80, health: {health}"))
    assert sent.actions == ["ModifyTargetGroup"]
    params = sent.only("ModifyTargetGroup")
    assert (params["HealthCheckIntervalSeconds"], params["HealthCheckTimeoutSeconds"]) == (15, 4)
    assert (params["HealthyThresholdCount"], params["UnhealthyThresholdCount"]) == (3, 4)
    assert (params["HealthCheckPath"], params["Matcher"]) == ("/health", {"HttpCode": "200-204"})
    assert case.apply(SPEC).actions == ["ModifyTargetGroup"]
    assert group(case)["HealthCheckIntervalSeconds"] == 30
    case.destroy(SPEC)


@pytest.mark.parametrize(
    ("spec", "sticky"),
    [
        (SPEC, {"stickiness.type": "lb_cookie", "stickiness.lb_cookie.duration_seconds": "3600"}),
        (SPEC.replace("1h", "{for: 1h, cookie: session}"), {"stickiness.type": "app_cookie"}),
        (NETWORK, {"stickiness.type": "source_ip"}),
    ],
    ids=["cookie", "own cookie", "address"],
)
def test_stickiness_is_on_and_off_again_when_the_spec_no_longer_has_it(
    case: Case, spec: str, sticky: dict[str, str]
) -> None:
    cookie = {"app_cookie": "{for: 1h, cookie: session}", "source_ip": "true"}.get(sticky["stickiness.type"], "1h")
    case.apply(spec)
    sent = case.apply(spec.replace("port: 80", f"port: 80, sticky: {cookie}"))
    assert "ModifyTargetGroup" not in sent.actions
    assert sticky.items() <= attributes(case).items()
    assert attributes(case)["stickiness.enabled"] == "true"
    case.apply(spec)
    assert attributes(case)["stickiness.enabled"] == "false"
    case.destroy(spec)


def test_a_check_of_a_grpc_group_asks_a_method(case: Case) -> None:
    spec = HEAD + "domain: api.example.com\n" + SERVERS + "targets: {port: 80, version: grpc}\n"
    case.apply(spec)
    assert (group(case)["HealthCheckPath"], group(case)["Matcher"]) == ("/AWS.ALB/healthcheck", {"GrpcCode": "12"})
    asked = spec.replace("version: grpc", "version: grpc, health: /grpc.health.v1.Health/Check")
    assert case.apply(asked).only("ModifyTargetGroup")["Matcher"] == {"GrpcCode": "0"}
    case.destroy(asked)


def test_every_attribute_of_the_spec_goes_back_to_the_default_of_aws(case: Case) -> None:
    words = "cross_zone: true, algorithm: weighted_random, anomaly_mitigation: true, dns_failover_count: 2"
    more = "dns_failover_percentage: 50, all_targets_count: 2, all_targets_percentage: 10"
    case.apply(SPEC)
    before = attributes(case)
    case.apply(SPEC.replace("port: 80", f"port: 80, drain: 10s, attributes: {{{words}, {more}}}"))
    changed = {key for key, value in attributes(case).items() if value != before[key]}
    assert len(changed) == 8
    case.apply(SPEC)
    assert attributes(case) == before
    case.destroy(SPEC)


def test_killed_after_each_write_the_check_and_the_attributes_arrive(case: Case) -> None:
    after = SPEC.replace("port: 80", "port: 80, health: /health, sticky: 1h, drain: 10s")
    case.crash_sweep(SPEC, after, allow=("health-check-changes", "requests-cut-off"))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (SPEC, "health: {codes: 199}"),
        (SPEC, "health: {every: 4s}"),
        (SPEC, "health: {every: 10s, timeout: 10s}"),
        (SPEC, "attributes: {stickiness.enabled: true, stickiness.type: source_ip}"),
        (SPEC, "sticky: {for: 1h, cookie: AWSALBTG}"),
        (NETWORK, "sticky: 1h"),
        (NETWORK, "sticky: {cookie: session}"),
        (NETWORK, "attributes: {stickiness.enabled: true, stickiness.type: lb_cookie}"),
    ],
)
def test_what_aws_refuses_is_refused_before_aws_is_asked(case: Case, spec: str, words: str) -> None:
    case.box.clear_calls()
    with pytest.raises(SpecProblem):
        case.plan(spec.replace("port: 80", f"port: 80, {words}"))
    assert list(case.box.calls) == []


def test_another_cookie_and_another_kind_of_stickiness_change_in_place(case: Case) -> None:
    case.apply(SPEC.replace("port: 80", "port: 80, sticky: 1h"))
    for cookie in ("session", "basket"):
        sent = case.apply(SPEC.replace("port: 80", f"port: 80, sticky: {{for: 1h, cookie: {cookie}}}"))
        assert sent.actions == ["ModifyTargetGroupAttributes"]
        assert attributes(case)["stickiness.app_cookie.cookie_name"] == cookie
    case.destroy(SPEC)


@pytest.mark.parametrize(("spec", "protocol", "healthy"), [(SPEC, "HTTP", 5), (NETWORK, "TCP", 5)])
def test_a_group_without_words_has_the_defaults_of_its_protocol(
    case: Case, spec: str, protocol: str, healthy: int
) -> None:
    case.apply(spec)
    live = group(case)
    found = live["HealthCheckProtocol"], live["HealthyThresholdCount"], live["UnhealthyThresholdCount"]
    assert found == (protocol, healthy, 2)
    case.destroy(spec)
