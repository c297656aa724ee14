"""Rule moves listener.

The rule is created on its new listener, then the old one is deleted; a rule that somebody deleted is created again with
the same priority.
"""

from __future__ import annotations

from typing import Any

from .kit import Case

SPEC = """
name: my-web
region: ap-northeast-2
load_balancer: {main: {subnets: [a, c]}}
target_group: {web: {target_type: ip, protocol: HTTP, port: 80, vpc: default, balancer: main}}
targets: {web: {group: web, members: [{address: 172.31.0.5}]}}
listener:
  "80": {load_balancer: main, port: 80, protocol: HTTP, action: {type: forward, groups: [{group: web}]}}
  "8080": {load_balancer: main, port: 8080, protocol: HTTP, action: {type: forward, groups: [{group: web}]}}
rule:
  a:
    listener: "80"
    priority: 7
    conditions: [{field: path-pattern, values: [/a]}]
    action: {type: fixed-response, status: 404}
"""
MOVED = SPEC.replace('listener: "80"', 'listener: "8080"')


def rules_on(case: Case, port: int) -> list[dict[str, Any]]:
    elb = case.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (arn,) = [listener["ListenerArn"] for listener in listeners if listener["Port"] == port]
    return [rule for rule in elb.describe_rules(ListenerArn=arn)["Rules"] if not rule["IsDefault"]]


def test_the_new_rule_is_there_before_the_old_one_goes(case: Case) -> None:
    case.apply(SPEC)
    assert case.apply(MOVED).actions == ["CreateRule", "DeleteRule"]
    assert [rules_on(case, port) == [] for port in (80, 8080)] == [True, False]
    case.destroy(MOVED)


def test_a_rule_that_was_deleted_comes_back_with_its_priority(case: Case) -> None:
    case.apply(SPEC)
    (rule,) = rules_on(case, 80)
    case.client("elbv2").delete_rule(RuleArn=rule["RuleArn"])
    sent = case.apply(SPEC)
    assert sent.actions == ["CreateRule"]
    assert int(sent.only("CreateRule")["Priority"]) == 7
    case.destroy(SPEC)


def test_a_move_that_is_killed_is_continued(case: Case) -> None:
    case.crash_sweep(SPEC, MOVED)
