"""A delete of a load balancer or listener also deletes foreign listeners and rules: elbplan names them and refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.hazards import refuse_unless_allowed
from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from . import specs
from .migration_shell import MigrationShell
from .stage import Stage
from .test_strangers import FIXED, foreign_rule, listener, our_balancer

NAME = "deletes-foreign-children"


def foreign_listener(stage: Stage, port: int = 8443) -> str:
    listener = stage.client("elbv2").create_listener(
        LoadBalancerArn=our_balancer(stage), Protocol="HTTP", Port=port, DefaultActions=FIXED
    )
    return str(listener["Listeners"][0]["ListenerArn"])


def ending(stage: Stage, spec: str) -> Plan:
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    return plan


def told(plan: Plan) -> str:
    """Returns the text of the only hazard with this name."""
    (hazard,) = [hazard for hazard in plan.hazards if hazard.name == NAME]
    with pytest.raises(Refused, match=NAME):
        refuse_unless_allowed([hazard], ())
    return f"{plan.steps[hazard.step].id}: {hazard.text}"


def test_destroy_names_a_strangers_listener_that_dies_with_the_balancer(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    arn = foreign_listener(stage)
    text = told(ending(stage, specs.HTTP))
    assert text.startswith("delete load_balancer.main: ")
    assert f"listener 8443/HTTP ({arn})" in text


def test_the_rules_of_a_strangers_listener_are_named_too(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    foreign_listener(stage)
    rule = foreign_rule(stage, 8443, 5)
    assert f"rule 5 of listener 8443 ({rule})" in told(ending(stage, specs.HTTP))


def test_a_listener_that_another_stack_put_on_our_balancer_is_named_with_the_stack(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    arn = foreign_listener(stage)
    tags = [{"Key": "elbplan:stack", "Value": "other"}, {"Key": "elbplan:address", "Value": "listener.8443"}]
    stage.client("elbv2").add_tags(ResourceArns=[arn], Tags=tags)
    assert "stack `other`, listener.8443" in told(ending(stage, specs.HTTP))


def test_a_strangers_rule_dies_with_the_listener_it_hangs_on_however_the_listener_goes(stage: Stage) -> None:
    both = specs.HTTP + "listeners: [{listen: 80/http}, {listen: 8080/http}]\n"
    stage.apply(both)
    rule = foreign_rule(stage, 8080, 400)
    text = told(stage.plan(specs.HTTP))
    assert text.startswith("delete listener.8080: AWS also deletes what elbplan did not create: ")
    assert f"rule 400 of listener 8080 ({rule})" in text
    assert f"rule 400 of listener 8080 ({rule})" in told(ending(stage, both))


def test_a_replaced_balancer_takes_strangers_with_it(stage: Stage) -> None:
    stage.apply(specs.HTTP + "access: internal\n")
    arn = foreign_listener(stage)
    text = told(stage.plan(specs.HTTP))
    assert text.startswith("delete load_balancer.main@"), "the old one, not the new"
    assert arn in text


def test_where_nothing_goes_nothing_is_told(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    foreign_listener(stage)
    foreign_rule(stage, 80, 400)
    plan = stage.plan(specs.HTTP.replace("/health", "/ready"))
    assert not [hazard for hazard in plan.hazards if hazard.name == NAME]
    assert listener(stage, 8443)


LEFT_TO_OTHERS = specs.HEAD + "groups: {web: {port: 80, health: /health}}\n"
OTHER_PORT = LEFT_TO_OTHERS.replace("port: 80", "port: 8080")


def registered(stage: Stage) -> str:
    """Registers an instance in the group, as another tool does."""
    instance = stage.box.create_fixture("instance", region="ap-northeast-2")
    elb = stage.client("elbv2")
    group = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    return instance


def test_a_group_left_to_others_that_is_replaced_goes_only_when_they_took_their_targets_out(stage: Stage) -> None:
    stage.apply(LEFT_TO_OTHERS)
    registered(stage)
    plan = stage.plan(OTHER_PORT)
    old = [step for step in plan.steps if step.address.kind == "target_group" and step.address.deposed]
    steps = [(step.do, step.until) for step in old]
    assert steps == [("wait", "empty"), ("delete", "")]
    assert NAME not in {hazard.name for hazard in plan.hazards}


def test_the_end_of_a_stack_lists_targets_of_others_without_asking_for_a_word(stage: Stage) -> None:
    """A registration is not a resource: the servers stay, and a destroyed stack is expected to stop their requests."""
    stage.apply(LEFT_TO_OTHERS)
    target = registered(stage)
    plan = ending(stage, LEFT_TO_OTHERS)
    assert plan.hazards == ()
    (targets,) = [change.before for change in plan.changes if change.address.kind == "targets"]
    assert targets is not None
    assert target in KINDS["targets"].summary(targets)
    assert stage.run(plan).complete


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


def by_hand(shell: MigrationShell) -> str:
    """Adds a listener to the stack's load balancer, outside elbplan."""
    elb: Any = shell.box.client("elbv2", "ap-northeast-2")
    arn = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=8443, DefaultActions=FIXED)
    return str(listener["Listeners"][0]["ListenerArn"])


def test_the_destroy_command_refuses_until_the_hazard_is_allowed_by_name(shell: MigrationShell) -> None:
    shell.write("web.yaml", specs.HTTP)
    assert shell.run("apply", shell.spec, "--yes").code == 0
    arn = by_hand(shell)
    shell.box.clear_calls()
    refused = shell.run("destroy", shell.spec, "--confirm", "my-web")
    assert refused.code == 5
    assert arn in refused.err
    assert f"--allow {NAME}" in refused.err
    assert "permanent: the stack is deleted" in refused.err
    assert shell.box.writes() == []
    done = shell.run("destroy", shell.spec, "--confirm", "my-web", "--allow", NAME)
    assert done.code == 0, done.err


def test_a_migration_that_deletes_the_parent_is_refused_until_its_step_or_a_flag_allows_it(
    shell: MigrationShell,
) -> None:
    shell.write("web.yaml", specs.HTTP + "access: internal\n")
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", specs.HTTP)
    shell.save("public")
    arn = by_hand(shell)
    shell.box.clear_calls()
    flags = ("--allow", "dns-name-changes,public-exposure,route-interrupted,route-removed,targets-unverified")
    shown = shell.plan()
    assert NAME in shown.out
    refused = shell.apply(*flags)
    assert refused.code == 5
    assert arn in refused.err
    assert [call for call in shell.box.writes() if call.service != "ssm"] == []
    assert shell.apply("--allow", f"dns-name-changes,public-exposure,{NAME}").code == 0


def test_a_migration_that_deletes_a_group_with_targets_of_others_names_them(shell: MigrationShell) -> None:
    shell.write("web.yaml", LEFT_TO_OTHERS)
    shell.save("first")
    assert shell.apply().code == 0
    target = shell.box.create_fixture("instance", region="ap-northeast-2")
    elb: Any = shell.box.client("elbv2", "ap-northeast-2")
    elb.register_targets(TargetGroupArn=shell.group()["TargetGroupArn"], Targets=[{"Id": target}])
    shell.write("web.yaml", OTHER_PORT)
    shell.save("other_port")
    file = shell.file("0002_other_port.yaml")
    waits = r"  - do: wait\n    what: target_group\.web@old\n    until: empty\n(    .*\n)*"
    without, number = re.subn(waits, "", file.read_text())
    assert number == 1
    file.write_text(without)
    shell.refresh()
    refused = shell.apply()
    assert refused.code == 5
    assert NAME in refused.err
    assert f"target {target}:80 (deregistered)" in refused.err
