"""Rules of others that refer to a security group of the stack: the plan that deletes the group names them."""

from __future__ import annotations

import shlex
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
from .stage import REGION, Stage
from .test_external_servers import hazards, security_group, tcp
from .test_open_servers import lb_group

NAME = "revokes-foreign-rules"


def ending(stage: Stage, spec: str) -> Plan:
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    return plan


def authorized(stage: Stage, group: str, side: str = "ingress", port: int = 5432) -> str:
    """Adds a rule for the load balancer's group, and returns its id."""
    authorize = getattr(stage.client("ec2"), f"authorize_security_group_{side}")
    rule = tcp(port, UserIdGroupPairs=[{"GroupId": lb_group(stage)}])
    return str(authorize(GroupId=group, IpPermissions=[rule])["SecurityGroupRules"][0]["SecurityGroupRuleId"])


def test_destroy_names_every_rule_with_the_command_that_revokes_it(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    group = security_group(stage)
    (raw,) = stage.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    rules = [authorized(stage, group), authorized(stage, group, "egress", 8080)]
    stage.box.clear_calls()
    plan = ending(stage, specs.HTTP)
    (hazard,) = plan.hazards
    assert (hazard.name, plan.steps[hazard.step].id) == (NAME, "delete security_group.lb")
    assert f"inbound rule {rules[0]} (port 5432) of {raw['GroupName']} ({group})" in hazard.text
    assert f"outbound rule {rules[1]} (port 8080) of {raw['GroupName']} ({group})" in hazard.text
    first, *commands = hazard.remedy.splitlines()
    assert first == "revoke them yourself, then run elbplan again:"
    with pytest.raises(Refused, match=f"--allow {NAME}"):
        refuse_unless_allowed(plan.hazards, ())
    assert stage.box.writes() == []
    for command in commands:
        revoke(stage, command)
    assert hazards(ending(stage, specs.HTTP)) == []
    stage.destroy(specs.HTTP)


def revoke(stage: Stage, command: str) -> None:
    """Does what the AWS CLI does with the command."""
    words = shlex.split(command)
    given = dict(zip(words[3::2], words[4::2], strict=True))
    assert words[:2] == ["aws", "ec2"]
    assert given["--region"] == REGION
    operation = getattr(stage.client("ec2"), words[2].replace("-", "_"))
    operation(GroupId=given["--group-id"], SecurityGroupRuleIds=[given["--security-group-rule-ids"]])


def test_allowed_destroy_revokes_exactly_these_rules(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    group = security_group(stage, tcp(22, IpRanges=[{"CidrIp": "0.0.0.0/0"}]))
    before = stage.box.snapshot()[group]
    rules = [authorized(stage, group), authorized(stage, group, "egress")]
    stage.box.clear_calls()
    assert stage.run(ending(stage, specs.HTTP)).complete
    assert stage.box.snapshot()[group] == before
    revoked = [call.params for call in stage.box.writes() if call.action.startswith("RevokeSecurityGroup")]
    assert [params["SecurityGroupRuleIds"] for params in revoked] == [[rule] for rule in rules]
    stage.destroy(specs.HTTP)


def test_without_the_guard_aws_refuses_the_delete(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    rule = authorized(stage, security_group(stage))
    with pytest.raises(Exception, match="DependencyViolation"):
        stage.client("ec2").delete_security_group(GroupId=lb_group(stage))
    assert rule in ending(stage, specs.HTTP).hazards[0].text
    stage.destroy(specs.HTTP)


def test_the_replacement_of_the_group_is_guarded_too(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    rule = authorized(stage, security_group(stage))
    other = specs.HTTP + "overrides: {security_group.lb: {description: the front door}}\n"
    plan = stage.plan(other)
    (hazard,) = [hazard for hazard in plan.hazards if hazard.name == NAME]
    assert plan.steps[hazard.step].id == "delete security_group.lb@old"
    assert rule in hazard.text
    assert stage.run(plan).complete
    stage.assert_settled(other)
    stage.destroy(other)


def test_the_rules_of_the_stack_itself_are_no_hazard(stage: Stage) -> None:
    stage.apply(specs.HTTP)  # the servers' own group refers to the load balancer's
    assert hazards(ending(stage, specs.HTTP)) == []


def test_a_rule_of_another_stack_is_named_with_its_owner(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    other = f"name: other\nregion: {REGION}\nzones: [a, c]\nallow: [{lb_group(stage)}]\ntargets: {{port: 80}}\n"
    stage.apply(other)
    assert "of stack `other`, security_group.lb" in ending(stage, specs.HTTP).hazards[0].text
    stage.destroy(other)
    stage.destroy(specs.HTTP)


def test_only_a_plan_that_deletes_a_group_asks(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    stage.box.clear_calls()
    stage.plan(specs.HTTP)
    assert not [call for call in stage.box.calls if "ip-permission.group-id" in str(call.params)]
    ending(stage, specs.HTTP)
    asked = [call.action for call in stage.box.calls if "ip-permission.group-id" in str(call.params)]
    assert asked == ["DescribeSecurityGroups", "DescribeSecurityGroups"]


def test_a_migration_that_deletes_the_group_is_refused_before_the_first_write(box: Box, tmp_path: Path) -> None:
    box.reset()
    shell = MigrationShell(box, tmp_path)
    shell.write("web.yaml", specs.HTTP)
    assert shell.save("first").code == 0
    assert shell.apply().code == 0
    shell.write("web.yaml", specs.HTTP + "overrides: {security_group.lb: {description: the front door}}\n")
    assert shell.save("door").code == 0
    ec2: Any = box.client("ec2", REGION)
    (balancer,) = box.client("elbv2", REGION).describe_load_balancers()["LoadBalancers"]
    vpc = balancer["VpcId"]
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    allowed = tcp(5432, UserIdGroupPairs=[{"GroupId": balancer["SecurityGroups"][0]}])
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[allowed])
    box.clear_calls()
    refused = shell.apply()
    assert refused.code == 5
    assert f"{NAME}: security_group.lb@old: AWS deletes a security group only when" in refused.err
    assert f"aws ec2 revoke-security-group-ingress --region {REGION} --group-id {group}" in refused.err
    assert [call.action for call in box.writes() if call.service != "ssm"] == []
    live = shell.run("lint", shell.spec, "--live", "--migrations", str(shell.base))
    assert (live.code, NAME in live.out) == (5, True)
    assert shell.apply("--allow", NAME).code == 0
    (raw,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert raw["IpPermissions"] == []
