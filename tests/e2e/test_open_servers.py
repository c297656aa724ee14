"""`open: true`: elbplan opens the security groups of servers that it did not create, one rule for each port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.plan import Plan
from elbplan.errors import AwsProblem, SpecProblem
from elbplan.kinds import KINDS
from elbplan.migrations.migration import MigrationStep
from elbplan.migrations.simulate import InvalidStep, state_after
from elbplan.run import workflow
from elbplan.sandbox.box import Box
from elbplan.spec.export.text import expand_text

from . import specs
from .crashing_aws import CrashingAws
from .migration_shell import MigrationShell
from .stage import REGION, Stage
from .test_external_servers import HAZARD, SSH, cidrs, hazards, security_group, server, subnets, target_states, tcp

OPEN = "targets: {{instances: [{}], port: {}, health: {{path: /health, port: {}}}, open: true}}\n"
RULES = "ingress_rules.servers"


def opened(*ids: str, port: int = 80, check: Any = None, head: str = specs.HEAD) -> str:
    """A spec that opens these servers."""
    return head + OPEN.format(", ".join(ids), port, check or port)


def rules_of(stage: Stage, group: str) -> list[dict[str, Any]]:
    """The inbound rules of a security group, without SSH."""
    answer = stage.client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    return [rule for rule in answer["SecurityGroupRules"] if not rule["IsEgress"] and rule["FromPort"] != 22]


def ports_of(stage: Stage, group: str) -> list[int]:
    return sorted(rule["FromPort"] for rule in rules_of(stage, group))


def lb_group(stage: Stage) -> str:
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return str(balancer["SecurityGroups"][0])


def steps(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps]


def test_one_tagged_rule_opens_the_servers_and_leaves_with_the_stack(stage: Stage) -> None:
    group = security_group(stage, SSH)
    before = stage.box.snapshot()[group]
    spec = opened(*(server(stage, group, zone=zone) for zone in "ac"))
    plan = stage.plan(spec)
    assert hazards(plan) == []
    ordered = steps(plan)
    assert ordered.index("create security_group.lb") < ordered.index(f"create {RULES}")
    assert f"create {RULES}" in plan.steps[ordered.index("create targets.web")].needs
    stage.apply(spec)
    (rule,) = rules_of(stage, group)
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 80, 80)
    assert rule["ReferencedGroupInfo"]["GroupId"] == lb_group(stage)
    assert {tag["Key"]: tag["Value"] for tag in rule["Tags"]} == {"elbplan:stack": "my-web", "elbplan:address": RULES}
    (raw,) = stage.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    pairs = [pair for permission in raw["IpPermissions"] for pair in permission["UserIdGroupPairs"]]
    assert [pair["Description"] for pair in pairs] == ["elbplan my-web"]
    assert target_states(stage) == ["healthy", "healthy"]
    (end,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    assert hazards(end) == []
    ended = steps(stage.destroy(spec))
    assert ended.index("delete targets.web") < ended.index(f"delete {RULES}") < ended.index("delete security_group.lb")
    assert stage.box.snapshot()[group] == before


def test_another_port_of_the_health_check_gets_a_rule_of_its_own(stage: Stage) -> None:
    group = security_group(stage, SSH)
    spec = opened(server(stage, group), port=8080, check=9000)
    stage.apply(spec)
    assert ports_of(stage, group) == [8080, 9000]
    stage.destroy(spec)


def test_another_port_is_opened_first_and_the_old_one_revoked_after_the_old_targets_are_drained(stage: Stage) -> None:
    group = security_group(stage, SSH)
    id = server(stage, group)
    stage.apply(opened(id))
    plan = stage.apply(opened(id, port=8080), watch=[("my-web", 80, "x", "/")])
    ordered = steps(plan)
    assert f"update {RULES}" in plan.steps[ordered.index("create targets.web")].needs
    assert ordered.index("wait targets.web@old drained") < ordered.index(f"update {RULES} 2")
    assert ports_of(stage, group) == [8080]
    stage.destroy(opened(id, port=8080))


def test_without_open_the_rule_is_revoked_unless_the_servers_would_be_unreachable(stage: Stage) -> None:
    group = security_group(stage, SSH)
    id = server(stage, group)
    stage.apply(opened(id))
    closed = opened(id).replace(", open: true", "")
    (hazard,) = stage.plan(closed).hazards
    assert (hazard.name, str(hazard.address)) == (HAZARD, RULES)
    assert f"port 80 of server-a ({id})" in hazard.text
    own = tcp(80, IpRanges=cidrs("172.31.0.0/16"))
    stage.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[own])
    assert hazards(stage.plan(closed)) == []
    stage.apply(closed)
    assert [rule["CidrIpv4"] for rule in rules_of(stage, group)] == ["172.31.0.0/16"]
    stage.destroy(closed)


def test_an_equal_rule_of_others_is_neither_doubled_nor_revoked(stage: Stage) -> None:
    group = security_group(stage, SSH)
    id = server(stage, group)
    stage.apply(opened(id, port=81))
    equal = tcp(80, UserIdGroupPairs=[{"GroupId": lb_group(stage)}])
    stage.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[equal])
    stage.apply(opened(id))
    (rule,) = rules_of(stage, group)
    assert (rule["FromPort"], rule["Tags"]) == (80, [])
    stage.apply(opened(id, port=81))
    assert ports_of(stage, group) == [80, 81]


def test_a_rule_that_somebody_adds_during_the_run_is_no_failure(stage: Stage) -> None:
    group = security_group(stage, SSH)
    spec = opened(server(stage, group))

    def add_equal_rule() -> None:
        filters = [{"Name": "tag:elbplan:stack", "Values": ["my-web"]}]
        (lb,) = stage.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
        equal = tcp(80, UserIdGroupPairs=[{"GroupId": lb["GroupId"]}])
        stage.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[equal])

    assert stage.run(stage.plan(spec), when_made={"create security_group.lb": add_equal_rule}).complete
    assert stage.plan(spec).empty
    (rule,) = rules_of(stage, group)
    assert rule["Tags"] == []


def test_one_group_is_opened_if_it_is_enough_for_all_servers(stage: Stage) -> None:
    shared, first, second = (security_group(stage, SSH) for _ in range(3))
    ids = [server(stage, first), server(stage, second, zone="c")]
    for id, own in zip(ids, (first, second), strict=True):
        stage.client("ec2").modify_instance_attribute(InstanceId=id, Groups=[own, shared])
    spec = opened(*ids)
    stage.apply(spec)
    assert [ports_of(stage, group) for group in (shared, first, second)] == [[80], [], []]
    stage.destroy(spec)


def default_group(stage: Stage) -> str:
    filters = [{"Name": "vpc-id", "Values": [stage.ids["vpc"]]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = stage.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    return str(group["GroupId"])


def test_the_default_group_is_opened_last(stage: Stage) -> None:
    group, default = security_group(stage, SSH), default_group(stage)
    id = server(stage, group)
    stage.client("ec2").modify_instance_attribute(InstanceId=id, Groups=[default, group])
    stage.apply(opened(id))
    assert (ports_of(stage, group), ports_of(stage, default)) == ([80], [])


def test_a_server_with_only_the_default_group_is_opened_there(stage: Stage) -> None:
    default = default_group(stage)
    spec = opened(server(stage, default))
    stage.apply(spec)
    assert 80 in ports_of(stage, default)
    stage.destroy(spec)
    assert 80 not in ports_of(stage, default)


def test_a_group_of_an_elbplan_stack_is_left_alone(stage: Stage) -> None:
    other = "name: other\nregion: ap-northeast-2\nzones: [a, c]\nservers: {count: 1}\ntargets: {port: 8080}\n"
    stage.apply(other)
    filters = [{"Name": "tag:elbplan:stack", "Values": ["other"]}]
    (reservation,) = stage.client("ec2").describe_instances(Filters=filters)["Reservations"]
    id = reservation["Instances"][0]["InstanceId"]
    plan = stage.plan(opened(id))
    assert hazards(plan) == [HAZARD]
    assert plan.hazards[0].remedy.startswith("open the ports, then run elbplan again:\naws ec2 authorize")
    assert f"create {RULES}" not in steps(plan)


def test_the_default_is_to_open_nothing(stage: Stage) -> None:
    id = server(stage, security_group(stage, SSH))
    plan = stage.plan(opened(id).replace(", open: true", ""))
    assert hazards(plan) == [HAZARD]
    assert f"create {RULES}" not in steps(plan)


NETWORK = """
name: my-web
region: ap-northeast-2
load_balancer: {{main: {{type: network, subnets: [a, c], security_groups: []}}}}
target_group: {{web: {{port: 80, protocol: TCP, vpc: default, balancer: main}}}}
targets: {{web: {{group: web, open: true, members: [{{instance: {}}}]}}}}
listener:
  "80": {{load_balancer: main, port: 80, protocol: TCP, action: {{type: forward, groups: [{{group: web}}]}}}}
"""


def test_a_network_load_balancer_without_groups_is_let_in_from_its_subnets(stage: Stage) -> None:
    group = security_group(stage, SSH)
    spec = NETWORK.format(server(stage, group))
    assert hazards(stage.plan(spec)) == []
    stage.apply(spec)
    blocks = subnets(stage)
    assert sorted(rule["CidrIpv4"] for rule in rules_of(stage, group)) == sorted((blocks["a"], blocks["c"]))
    closed = spec.replace("open: true, ", "")
    plan = stage.plan(closed)
    assert [hazard.name for hazard in plan.hazards] == [HAZARD]
    assert steps(plan) == [f"delete {RULES}"]
    stage.destroy(spec)
    assert rules_of(stage, group) == []


def test_a_rule_that_was_changed_by_hand_is_put_right(stage: Stage) -> None:
    group = security_group(stage, SSH)
    spec = opened(server(stage, group))
    stage.apply(spec)
    (rule,) = rules_of(stage, group)
    new = {"IpProtocol": "tcp", "FromPort": 90, "ToPort": 95, "ReferencedGroupId": lb_group(stage)}
    stage.client("ec2").modify_security_group_rules(
        GroupId=group,
        SecurityGroupRules=[{"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": new}],
    )
    stage.apply(spec)
    assert ports_of(stage, group) == [80]


def test_another_security_group_of_the_load_balancer_is_let_in_before_the_old_one_goes(stage: Stage) -> None:
    group = security_group(stage, SSH)
    spec = opened(server(stage, group))
    stage.apply(spec)
    other = spec + "overrides: {security_group.lb: {description: the front door}}\n"
    ordered = steps(plan := stage.plan(other))
    assert hazards(plan) == []
    assert ordered.index(f"update {RULES}") < ordered.index(f"update {RULES} 2")
    assert ordered.index(f"update {RULES} 2") < ordered.index("delete security_group.lb@old")
    stage.apply(other, watch=[("my-web", 80, "x", "/")])
    (rule,) = rules_of(stage, group)
    assert rule["ReferencedGroupInfo"]["GroupId"] == lb_group(stage)
    stage.destroy(other)


CHANGES = {"create": (0, 80), "another port": (80, 8080), "removed": (80, None), "destroy": (80, 0)}


@pytest.mark.parametrize("change", CHANGES)
def test_killed_after_each_write_it_converges(box: Box, change: str) -> None:
    before, after = CHANGES[change]
    for writes in range(40):
        stage = Stage(box)
        group = security_group(stage, SSH)
        untouched = stage.box.snapshot()[group]
        id = server(stage, group)

        def spec_of(port: int | None, id: str = id) -> str:
            spec = opened(id, port=port or 80, check=9000)
            return spec.replace(", open: true", "") if port is None else spec

        if before:
            assert stage.run(stage.plan(spec_of(before))).complete
        end = spec_of(after) if after != 0 else ""
        plan = planned(stage, spec_of(before), end)
        outcome = workflow.apply(CrashingAws(stage.aws, writes), plan, KINDS, lambda event: None, stage.clock)
        again = planned(stage, spec_of(before), end)
        assert again.empty or not outcome.complete
        assert stage.run(again).complete
        assert planned(stage, spec_of(before), end).empty
        if end:
            stage.destroy(end)
        stage.assert_nothing_left("my-web")
        assert stage.box.snapshot()[group] == untouched
        if outcome.complete:
            assert writes
            return
    raise AssertionError("the change never ends")


def planned(stage: Stage, before: str, after: str) -> Plan:
    if after:
        return stage.plan(after)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(before), KINDS)
    return plan


def test_a_lost_answer_adds_no_second_rule(stage: Stage) -> None:
    group = security_group(stage, SSH)
    spec = opened(server(stage, group))
    stage.box.fault("lost", action="AuthorizeSecurityGroupIngress", nth=2)
    stage.apply(spec)
    assert ports_of(stage, group) == [80]
    stage.destroy(spec)


def test_an_interrupted_change_is_rolled_back(stage: Stage) -> None:
    group = security_group(stage, SSH)
    id = server(stage, group)
    stage.apply(opened(id))
    plan = stage.plan(opened(id, port=8080))
    workflow.apply(CrashingAws(stage.aws, 2), plan, KINDS, lambda event: None, stage.clock)
    (back,) = workflow.plan_back(stage.aws, stage.stacks(opened(id)), KINDS)
    assert stage.run(back).complete
    stage.apply(opened(id))
    assert ports_of(stage, group) == [80]


def test_the_rollback_of_another_security_group_keeps_the_rule_of_the_old_one(stage: Stage) -> None:
    group = security_group(stage, SSH)
    spec = opened(server(stage, group))
    stage.apply(spec)
    before = lb_group(stage)
    other = stage.plan(spec + "overrides: {security_group.lb: {description: the front door}}\n")
    workflow.apply(CrashingAws(stage.aws, 3), other, KINDS, lambda event: None, stage.clock, parallel=1)
    assert len(rules_of(stage, group)) == 2
    (back,) = workflow.plan_back(stage.aws, stage.stacks(spec), KINDS)
    assert stage.run(back).complete
    (rule,) = rules_of(stage, group)
    assert rule["ReferencedGroupInfo"]["GroupId"] == before
    stage.assert_settled(spec)


def test_a_denied_rule_names_the_permission(stage: Stage) -> None:
    spec = opened(server(stage, security_group(stage, SSH)))
    message = "You are not authorized to perform this operation. User: arn:aws:iam::1:user/me is not authorized to "
    message += "perform: ec2:CreateTags on resource: arn:aws:ec2:ap-northeast-2:1:security-group-rule/*"
    stage.box.fault("error", action="AuthorizeSecurityGroupIngress", nth=2, code="UnauthorizedOperation",
                    message=message)  # fmt: skip
    outcome = stage.run(stage.plan(spec))
    (failed,) = outcome.failed
    assert failed.step.id == f"create {RULES}"
    assert failed.hint == "the credentials need the permission ec2:CreateTags"


def test_a_stack_without_open_needs_no_permission_to_read_rules(stage: Stage) -> None:
    spec = specs.HTTP
    stage.apply(spec)
    stage.box.fault("error", action="DescribeSecurityGroupRules", code="UnauthorizedOperation")
    assert stage.plan(spec).empty
    stage.destroy(spec)
    opening = opened(server(stage, security_group(stage, SSH)))
    with pytest.raises(AwsProblem) as problem:
        stage.plan(opening)
    assert problem.value.hint == "the credentials need the permission ec2:DescribeSecurityGroupRules"
    stage.box.clear_faults()


@pytest.mark.parametrize("spec", [
    "targets: {ips: [10.0.0.1], port: 80, open: true}\n",
    "type: gateway\ntargets: {instances: [i-0abc1234def567890], open: true}\n",
])  # fmt: skip
def test_only_instances_can_be_opened(stage: Stage, spec: str) -> None:
    with pytest.raises(SpecProblem) as problem:
        stage.stacks(specs.HEAD + spec)
    assert "elbplan opens only instances" in str(problem.value.problems[0])


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


def test_migrations_have_the_rules(shell: MigrationShell) -> None:
    ec2: Any = shell.box.client("ec2", REGION)
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName="servers", Description="servers", VpcId=vpc)["GroupId"]
    id = shell.box.create_fixture("instance", region=REGION, tags={"Name": "server-a"}, security_group=group)
    shell.write("web.yaml", opened(id))
    assert shell.save("first").code == 0
    rules = f"[{{from_port: 80, to_port: 80, group: lb, security_group: {group}}}]"
    assert f"what: {RULES}\n    set: {{rules: {rules}}}" in shell.file("0001_first.yaml").read_text()
    rehearsed = shell.run("rehearse", shell.spec, "--migrations", str(shell.base))
    assert rehearsed.code == 0, rehearsed.out + rehearsed.err
    assert shell.apply().code == 0
    assert "Nothing to do" in shell.plan().out
    shell.write("web.yaml", opened(id, port=8080))
    assert shell.save("app_on_8080").code == 0
    assert shell.apply().code == 0
    (raw,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert [permission["FromPort"] for permission in raw["IpPermissions"]] == [8080]
    assert shell.run("apply", shell.spec, "--yes", "--to", "0001", "--migrations", str(shell.base)).code == 0
    (raw,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert [permission["FromPort"] for permission in raw["IpPermissions"]] == [80]


def test_the_long_form_can_name_the_rules_and_reads_back_what_expand_prints(stage: Stage) -> None:
    group = security_group(stage, SSH)
    rules = f"ingress_rules: {{servers: {{rules: [{{security_group: {group}, port: 9100, group: lb}}]}}}}\n"
    spec = opened(server(stage, group)) + rules
    (stack,) = stage.stacks(spec)
    (again,) = stage.stacks(expand_text([stack]))
    assert again.resources == stack.resources
    stage.apply(spec)
    assert ports_of(stage, group) == [80, 9100]
    stage.destroy(spec)


@pytest.mark.parametrize("do", ["adopt", "moved", "release"])
def test_a_migration_does_not_give_rules_another_owner(do: Any) -> None:
    rules = Address.parse(RULES)
    step = MigrationStep(do, rules, old=rules, id="sgr-1")
    with pytest.raises(InvalidStep, match="elbplan finds its rules only by the tags of this stack"):
        state_after({}, step)
