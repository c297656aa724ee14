"""Logs: enable, clear the prefix, disable; a bucket error after the create leaves the load balancer managed."""

from __future__ import annotations

from .kit import NOTHING, Case

SPEC = """
name: my-web
region: ap-northeast-2
logs: s3://shop-logs/alb
listeners: [{listen: 80, respond: 200}]
"""
WITHOUT = SPEC.replace("logs: s3://shop-logs/alb\n", "")
OWN = SPEC.replace("s3://shop-logs/alb", "true")
ALL = SPEC.replace("s3://shop-logs/alb", "{access: true, connection: true, health_checks: s3://shop-logs, keep: 30d}")
NETWORK = """
name: my-web
region: ap-northeast-2
type: network
logs: s3://shop-logs/nlb
targets: {ips: [172.31.0.9], port: 80, protocol: TCP}
"""


def sent(params: dict[str, object]) -> dict[str, str]:
    pairs = params["Attributes"]
    assert isinstance(pairs, list)
    return {pair["Key"]: pair["Value"] for pair in pairs}


def test_a_log_is_switched_on_and_its_prefix_cleared_and_off(case: Case) -> None:
    created = case.apply(SPEC)
    assert sent(created.only("ModifyLoadBalancerAttributes")) == {
        "access_logs.s3.bucket": "shop-logs",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.prefix": "alb",
    }
    cleared = case.apply(SPEC.replace("/alb", ""))
    assert sent(cleared.only("ModifyLoadBalancerAttributes")) == {"access_logs.s3.prefix": ""}
    off = case.apply(WITHOUT)
    assert sent(off.only("ModifyLoadBalancerAttributes")) == {"access_logs.s3.enabled": "false"}
    case.destroy(WITHOUT)


def test_access_logs_of_a_network_load_balancer(case: Case) -> None:
    created = case.apply(NETWORK)
    assert sent(created.only("ModifyLoadBalancerAttributes"))["access_logs.s3.prefix"] == "nlb"
    cleared = case.apply(NETWORK.replace("/nlb", ""))
    assert sent(cleared.only("ModifyLoadBalancerAttributes")) == {"access_logs.s3.prefix": ""}
    case.destroy(NETWORK)


def test_after_an_error_of_the_bucket_only_the_attributes_are_sent_again(case: Case) -> None:
    case.box.fault("error", action="ModifyLoadBalancerAttributes", code="InvalidConfigurationRequest")
    outcome = case.stage.run(case.plan(SPEC))
    assert not outcome.complete
    case.box.clear_faults()
    again = case.apply(SPEC)
    assert "CreateLoadBalancer" not in again.actions
    assert sent(again.only("ModifyLoadBalancerAttributes"))["access_logs.s3.bucket"] == "shop-logs"
    case.destroy(SPEC)


def test_the_bucket_that_elbplan_makes_comes_before_the_logs(case: Case) -> None:
    created = case.apply(OWN)
    bucket = [
        "CreateBucket",
        "PutPublicAccessBlock",
        "PutBucketEncryption",
        "PutBucketPolicy",
        "ModifyLoadBalancerAttributes",
    ]
    assert [action for action in created.actions if action in bucket] == bucket
    changed = case.apply(ALL)
    assert changed.actions == ["PutBucketLifecycleConfiguration", "ModifyLoadBalancerAttributes"]
    case.destroy(ALL)


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(NOTHING, ALL)
    case.crash_sweep(OWN, ALL, allow=["protection-removed"])
    case.crash_sweep(ALL, WITHOUT, allow=["protection-removed"])
