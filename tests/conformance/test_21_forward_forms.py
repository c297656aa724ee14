"""Forward forms.

A target group by ARN and a single weighted group are the same; weights and stickiness are one ModifyRule; ignored
weights are no step.
"""

from __future__ import annotations

from typing import Any

from .kit import Case

GROUPS = "".join(f"  g{n}: {{ips: [172.31.0.{n + 5}], port: 80}}\n" for n in range(5))
HEAD = f"""
name: my-web
region: ap-northeast-2
zones: [a, c]
groups:
{GROUPS}listeners:
  - listen: 80/http
    forward: {{g0: 1, g1: 1, g2: 1, g3: 1, g4: 1}}
    rules:
"""
NETWORK = """
name: my-net
region: ap-northeast-2
type: network
zones: [a, c]
groups:
  a: {ips: [172.31.0.5], port: 80}
  b: {ips: [172.31.0.6], port: 80}
listeners:
  - listen: 80/tcp
    forward: {a: 90, b: 10}
"""


def spec(forward: str, more: str = "") -> str:
    return f"{HEAD}      - {{name: a, path: /a, forward: {forward}}}\n{more}"


def rule_of(case: Case) -> tuple[str, dict[str, Any]]:
    elb = case.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    (found,) = [rule for rule in rules if not rule["IsDefault"]]
    return found["RuleArn"], found["Actions"][0]


def test_one_group_has_one_form(case: Case) -> None:
    sent = case.apply(spec("g0"))
    assert list(sent.only("CreateRule")["Actions"][0]) == ["Type", "TargetGroupArn"]
    arn, action = rule_of(case)
    group = {"TargetGroupArn": action["TargetGroupArn"], "Weight": 7}
    block = [{"Type": "forward", "ForwardConfig": {"TargetGroups": [group]}}]
    case.client("elbv2").modify_rule(RuleArn=arn, Actions=block)
    case.stage.assert_settled(spec("g0"))
    case.stage.assert_settled(spec("{groups: {g0: 7}}"))
    case.destroy(spec("g0"))


def test_weights_and_stickiness_are_one_call(case: Case) -> None:
    case.apply(spec("{g0: 1, g1: 1}"))
    changed = spec("{groups: {g0: 90, g1: 10}, sticky: 1h}")
    sent = case.apply(changed)
    assert sent.actions == ["ModifyRule"]
    config = sent.only("ModifyRule")["Actions"][0]["ForwardConfig"]
    assert [int(group["Weight"]) for group in config["TargetGroups"]] == [90, 10]
    assert int(config["TargetGroupStickinessConfig"]["DurationSeconds"]) == 3600
    case.apply(spec("{g0: 90, g1: 10}"))
    assert rule_of(case)[1]["ForwardConfig"]["TargetGroupStickinessConfig"]["Enabled"] is False
    case.destroy(changed)


def test_a_group_is_added_by_one_call_and_leaves_with_weight_0(case: Case) -> None:
    case.apply(spec("g0"))
    assert case.apply(spec("{g0: 1, g1: 1}")).actions == ["ModifyRule"]
    first, last = case.apply(spec("g0")).of("ModifyRule")
    assert [int(g["Weight"]) for g in first["Actions"][0]["ForwardConfig"]["TargetGroups"]] == [1, 0]
    assert "ForwardConfig" not in last["Actions"][0]
    case.destroy(spec("g0"))


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(spec("g0"), spec("{groups: {g0: 90, g1: 10}, sticky: 1h}"))


def test_five_groups_are_one_action(case: Case) -> None:
    five = spec("{g0: 1, g1: 2, g2: 3, g3: 4, g4: 0}")
    groups = case.apply(five).only("CreateRule")["Actions"][0]["ForwardConfig"]["TargetGroups"]
    assert sorted(int(group["Weight"]) for group in groups) == [0, 1, 2, 3, 4]
    case.destroy(five)


def test_ignored_weights_are_no_step(case: Case) -> None:
    ignoring = spec("{g0: 1, g1: 1}", "ignore: [rule.80-a.action]\n")
    case.apply(ignoring)
    arn, action = rule_of(case)
    groups = [{**group, "Weight": 5} for group in action["ForwardConfig"]["TargetGroups"]]
    moved = [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]
    case.client("elbv2").modify_rule(RuleArn=arn, Actions=moved)
    case.stage.assert_settled(ignoring)
    case.destroy(ignoring)


def test_a_network_load_balancer_forwards_by_weight(case: Case) -> None:
    sent = case.apply(NETWORK).only("CreateListener")["DefaultActions"][0]["ForwardConfig"]
    assert [int(group["Weight"]) for group in sent["TargetGroups"]] == [90, 10]
    assert case.apply(NETWORK.replace("a: 90, b: 10", "a: 0, b: 100")).actions == ["ModifyListener"]
    case.destroy(NETWORK)
