"""Listeners and rules of a stack on a load balancer or listener that the spec names by ARN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.errors import Refused

from .migration_shell import MigrationShell
from .stage import Stage
from .test_strangers import FIXED

HEAD = "name: api\nregion: ap-northeast-2\n"
GROUP = """\
target_group: {api: {port: 80, vpc: default, target_type: ip}}
targets: {api: {group: api, members: [{address: 172.31.0.9}]}}
"""
OK = "{type: fixed-response, status: '200'}"


def balancer(stage: Stage) -> str:
    """The ARN of the load balancer of others."""
    found = stage.client("elbv2").describe_load_balancers(Names=["my-web-2"])
    return str(found["LoadBalancers"][0]["LoadBalancerArn"])


@pytest.fixture
def foreign(stage: Stage) -> str:
    """The ARN of a listener of others, on port 80."""
    listener = stage.client("elbv2").create_listener(
        LoadBalancerArn=balancer(stage), Protocol="HTTP", Port=80, DefaultActions=FIXED
    )
    return str(listener["Listeners"][0]["ListenerArn"])


def listeners(stage: Stage) -> list[Any]:
    found = stage.client("elbv2").describe_listeners(LoadBalancerArn=balancer(stage))["Listeners"]
    return sorted((listener["Port"], listener["Protocol"]) for listener in found)


def priorities(stage: Stage, listener: str) -> list[str]:
    found = stage.client("elbv2").describe_rules(ListenerArn=listener)["Rules"]
    return sorted(rule["Priority"] for rule in found)


def listener_on(arn: str, action: str = OK) -> str:
    return HEAD + f"listener: {{extra: {{load_balancer: '{arn}', port: 81, protocol: HTTP, action: {action}}}}}\n"


def rule_on(arn: str, action: str = "{type: forward, groups: [{group: api}]}", priority: int = 7) -> str:
    condition = "{field: path-pattern, values: [/api/*]}"
    rule = f"{{listener: '{arn}', priority: {priority}, conditions: [{condition}], action: {action}}}"
    return HEAD + f"rule: {{api: {rule}}}\n"


def test_a_listener_on_a_load_balancer_of_others_is_created_once_changed_and_deleted(
    stage: Stage, foreign: str
) -> None:
    arn = balancer(stage)
    stage.apply(listener_on(arn))
    assert listeners(stage) == [(80, "HTTP"), (81, "HTTP")]
    changed = stage.apply(listener_on(arn, "{type: fixed-response, status: '503'}"))
    assert {(step.do, step.address.kind) for step in changed.steps} == {("update", "listener")}
    stage.destroy(listener_on(arn))
    assert listeners(stage) == [(80, "HTTP")]


def test_a_rule_on_a_listener_of_others_is_created_once_changed_and_deleted(stage: Stage, foreign: str) -> None:
    spec = rule_on(foreign) + GROUP
    stage.apply(spec)
    assert priorities(stage, foreign) == ["7", "default"]
    stage.apply(rule_on(foreign, priority=8) + GROUP)
    assert priorities(stage, foreign) == ["8", "default"]
    stage.destroy(rule_on(foreign, priority=8) + GROUP)
    assert priorities(stage, foreign) == ["default"]
    assert listeners(stage) == [(80, "HTTP")]


def test_a_rule_that_left_the_spec_is_found_by_the_group_to_which_it_forwards(stage: Stage, foreign: str) -> None:
    stage.apply(rule_on(foreign) + GROUP)
    unused = listener_on(balancer(stage))
    stage.apply(unused)
    assert priorities(stage, foreign) == ["default"]
    assert listeners(stage) == [(80, "HTTP"), (81, "HTTP")]


def test_a_rule_of_others_on_our_listener_is_named_before_it_dies(stage: Stage, foreign: str) -> None:
    spec = listener_on(balancer(stage))
    stage.apply(spec)
    elb = stage.client("elbv2")
    (ours,) = [x for x in elb.describe_listeners(LoadBalancerArn=balancer(stage))["Listeners"] if x["Port"] == 81]
    rule = elb.create_rule(
        ListenerArn=ours["ListenerArn"],
        Priority=5,
        Conditions=[{"Field": "path-pattern", "Values": ["/x"]}],
        Actions=FIXED,
    )
    plan = stage.plan(spec.replace("port: 81", "port: 82"))
    (hazard,) = [hazard for hazard in plan.hazards if hazard.name == "deletes-foreign-children"]
    assert rule["Rules"][0]["RuleArn"] in hazard.text


def test_a_priority_of_others_on_the_named_listener_is_refused_before_any_write(stage: Stage, foreign: str) -> None:
    stage.client("elbv2").create_rule(
        ListenerArn=foreign,
        Priority=7,
        Conditions=[{"Field": "path-pattern", "Values": ["/x"]}],
        Actions=FIXED,
    )
    with pytest.raises(Refused, match="priority 7"):
        stage.plan(rule_on(foreign) + GROUP)


def test_a_port_of_others_on_the_named_load_balancer_is_refused_before_any_write(stage: Stage, foreign: str) -> None:
    with pytest.raises(Refused, match="port 80"):
        stage.plan(listener_on(balancer(stage)).replace("port: 81", "port: 80"))


def test_the_group_of_a_rule_on_a_listener_of_others_can_be_replaced(stage: Stage, foreign: str) -> None:
    stage.apply(rule_on(foreign) + GROUP)
    plan = stage.plan(rule_on(foreign) + GROUP.replace("port: 80", "port: 8080"))
    assert Address("target_group", "api", "old") in {step.address for step in plan.steps}
    assert "create rule.api" not in {step.id for step in plan.steps}


def test_a_listener_that_left_the_spec_is_found_by_the_migration_that_created_it(stage: Stage, tmp_path: Path) -> None:
    shell = MigrationShell(stage.box, tmp_path)
    rest = "security_group: {lb: {vpc: default, ingress: [{port: 80, cidr: 10.0.0.0/8}]}}\n"
    shell.write("web.yaml", listener_on(balancer(stage)).replace("name: api", "name: my-web") + rest)
    assert shell.save("first").code == 0
    assert shell.apply().code == 0
    assert listeners(stage) == [(81, "HTTP")]
    shell.write("web.yaml", f"name: my-web\nregion: ap-northeast-2\n{rest}")
    assert shell.save("without_the_listener").code == 0
    assert shell.apply("--allow", "route-removed").code == 0
    assert listeners(stage) == []
