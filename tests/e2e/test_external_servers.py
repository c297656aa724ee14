"""Servers that elbplan did not create: the plan names what AWS would refuse or not reach, with the fix."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.live.observe import observe
from elbplan.live.resolve import NotFound
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.style import Style
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from . import specs
from .migration_shell import MigrationShell
from .stage import REGION, Stage

HAZARD = "targets-unreachable"
PORT = "targets: {{instances: [{}], port: {}, health: {{path: /health, port: {}}}}}\n"


def spec_of(*ids: str, head: str = specs.HEAD, port: int = 80, check: Any = None) -> str:
    """A spec with these servers."""
    return head + PORT.format(", ".join(ids), port, check or port)


def security_group(stage: Stage, *permissions: dict[str, Any]) -> str:
    """A security group with these inbound rules, in the default VPC."""
    ec2 = stage.client("ec2")
    name = f"servers-{len(ec2.describe_security_groups()['SecurityGroups'])}"
    id = ec2.create_security_group(GroupName=name, Description="servers", VpcId=stage.ids["vpc"])["GroupId"]
    for permission in permissions:
        ec2.authorize_security_group_ingress(GroupId=id, IpPermissions=[permission])
    return str(id)


def tcp(first: int, last: int = 0, **source: Any) -> dict[str, Any]:
    """A rule for tcp ports."""
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last or first, **source}


def cidrs(*networks: str) -> Any:
    return [{"CidrIp": network} for network in networks]


SSH = tcp(22, IpRanges=cidrs("0.0.0.0/0"))


def server(stage: Stage, group: str = "", zone: str = "a", name: str = "server-a", **place: str) -> str:
    place = {"zone": zone, **place}
    return stage.box.create_fixture("instance", region=REGION, tags={"Name": name}, security_group=group, **place)


def subnets(stage: Stage) -> dict[str, str]:
    """The CIDR of each subnet of the default VPC, by the letter of its zone."""
    answer = stage.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [stage.ids["vpc"]]}])
    return {subnet["AvailabilityZone"][-1]: subnet["CidrBlock"] for subnet in answer["Subnets"]}


def hazards(plan: Plan) -> list[str]:
    return [hazard.name for hazard in plan.hazards]


def refusal(stage: Stage, spec: str) -> Refused:
    """The refusal of a plan, which wrote nothing."""
    with pytest.raises(Refused) as refused:
        stage.plan(spec)
    assert stage.box.writes() == []
    return refused.value


def test_a_stopped_server_is_refused_with_the_command_that_starts_it(stage: Stage) -> None:
    running, stopped = server(stage), server(stage, zone="c", name="server-c")
    stage.client("ec2").stop_instances(InstanceIds=[stopped])
    stage.box.clear_calls()
    refused = refusal(stage, spec_of(running, stopped))
    assert refused.what == f"targets.web: server-c ({stopped}) is stopped, and AWS registers only running instances"
    assert refused.hint == f"run: aws ec2 start-instances --region {REGION} --instance-ids {stopped}"
    stage.client("ec2").start_instances(InstanceIds=[stopped])
    assert hazards(stage.plan(spec_of(running, stopped))) == []


def test_a_server_that_stops_later_does_not_stop_other_changes(stage: Stage) -> None:
    ids = [server(stage, zone=zone) for zone in "ac"]
    stage.apply(spec_of(*ids))
    stage.client("ec2").stop_instances(InstanceIds=ids[:1])
    assert stage.plan(spec_of(*ids)).empty
    assert not stage.plan(spec_of(*ids) + "tags: {team: web}\n").empty
    stage.destroy(spec_of(*ids))


def test_a_server_of_another_vpc_is_refused_with_the_line_to_write(stage: Stage) -> None:
    vpc = stage.box.create_fixture("vpc", region=REGION)
    places = {zone: stage.box.create_fixture("subnet", region=REGION, zone=zone, vpc=vpc) for zone in "ac"}
    ids = [server(stage, subnet=subnet) for subnet in places.values()]
    stage.box.clear_calls()
    refused = refusal(stage, spec_of(*ids))
    assert f"({ids[0]}) is in {vpc}, but the stack is in {stage.ids['vpc']}" in refused.what
    assert refused.hint == f"write `network: {{vpc: {vpc}}}`"
    stage.apply(spec_of(*ids) + f"network: {{vpc: {vpc}}}\n")


def test_without_subnets_of_the_default_vpc_the_hint_names_the_vpc_of_the_servers(stage: Stage) -> None:
    ec2 = stage.client("ec2")
    for zone in "bd":
        ec2.delete_subnet(SubnetId=stage.ids["subnets"][zone])
    vpc = stage.box.create_fixture("vpc", region=REGION)
    places = {zone: stage.box.create_fixture("subnet", region=REGION, zone=zone, vpc=vpc) for zone in "bd"}
    ids = [server(stage, subnet=subnet) for subnet in places.values()]
    head = specs.HEAD.replace("[a, c]", "[b, d]")
    with pytest.raises(NotFound) as missing:
        stage.plan(spec_of(*ids, head=head))
    assert f"there is no public subnet in zone {REGION}b" in missing.value.what
    hint = f"the servers are in {vpc}: write `network: {{vpc: {vpc}}}`"
    assert missing.value.hint == f"{hint}; nothing was changed"
    stage.apply(spec_of(*ids, head=head) + f"network: {{vpc: {vpc}}}\n")
    elsewhere = spec_of(*ids, head=head) + "network: {vpc: prod}\n"
    with pytest.raises(NotFound) as missing:
        stage.plan(elsewhere)
    assert missing.value.hint == "check the region, the account and the spelling; nothing was changed"


def test_servers_of_two_vpcs_cannot_be_targets_of_one_load_balancer(stage: Stage) -> None:
    vpc = stage.box.create_fixture("vpc", region=REGION)
    ids = [server(stage), server(stage, subnet=stage.box.create_fixture("subnet", region=REGION, zone="c", vpc=vpc))]
    stage.box.clear_calls()
    refused = refusal(stage, spec_of(*ids))
    assert ids[1] in refused.what
    assert refused.hint.startswith("a load balancer has targets in one VPC: leave these instances out")


def test_a_server_in_a_zone_without_the_load_balancer_is_refused_with_the_zones_to_write(stage: Stage) -> None:
    ids = [server(stage), server(stage, zone="d", name="server-d")]
    stage.box.clear_calls()
    refused = refusal(stage, spec_of(*ids))
    assert refused.what == (
        f"targets.web: server-d ({ids[1]}) is in {REGION}d, where the load balancer is not "
        f"(only in {REGION}a, {REGION}c): AWS sends it no requests"
    )
    assert refused.hint == "write `zones: [a, c, d]`"
    stage.apply(spec_of(*ids, head=specs.HEAD.replace("[a, c]", "[a, c, d]")))


def test_a_later_server_is_checked_against_the_zones_of_the_existing_load_balancer(stage: Stage) -> None:
    ids = [server(stage), server(stage, zone="d")]
    stage.apply(spec_of(ids[0]))
    stage.box.clear_calls()
    assert refusal(stage, spec_of(*ids)).hint == "write `zones: [a, c, d]`"


def test_every_refusal_has_its_fix(stage: Stage) -> None:
    stopped, outside = server(stage), server(stage, zone="d")
    stage.client("ec2").stop_instances(InstanceIds=[stopped])
    stage.box.clear_calls()
    refused = refusal(stage, spec_of(stopped, outside))
    assert len(refused.what.splitlines()) == 2
    assert "start-instances" in refused.hint
    assert "zones: [a, c, d]" in refused.hint


def test_a_closed_server_is_a_hazard_and_the_command_opens_it(stage: Stage) -> None:
    group = security_group(stage, SSH)
    id = server(stage, group)
    plan = stage.plan(spec_of(id, port=8080, check=9000))
    (hazard,) = plan.hazards
    assert (hazard.name, str(hazard.address)) == (HAZARD, "targets.web")
    assert hazard.text == (
        f"the load balancer cannot reach port 8080 of server-a ({id}): no inbound rule of {group} allows it; the load "
        f"balancer cannot reach port 9000 (health checks) of server-a ({id}): no inbound rule of {group} allows it"
    )
    run_command(stage, hazard.remedy.splitlines()[-1])
    assert hazards(stage.plan(spec_of(id, port=8080, check=9000))) == []
    stage.apply(spec_of(id, port=8080, check=9000))
    assert "healthy" in target_states(stage)
    stage.destroy(spec_of(id, port=8080, check=9000))


def run_command(stage: Stage, command: str) -> None:
    """Does what the AWS CLI does with the command."""
    words = shlex.split(command)
    assert words[:3] == ["aws", "ec2", "authorize-security-group-ingress"]
    options = words.index("--ip-permissions")
    given = dict(zip(words[3:options:2], words[4:options:2], strict=True))
    assert given["--region"] == REGION
    for permission in words[options + 1 :]:
        protocol, first, last = re.findall(r"(?:IpProtocol|FromPort|ToPort)=(\w+)", permission)
        sources = re.findall(r"CidrIp=([\d./]+)", permission)
        rule = {"IpProtocol": protocol, "FromPort": int(first), "ToPort": int(last), "IpRanges": cidrs(*sources)}
        stage.client("ec2").authorize_security_group_ingress(GroupId=given["--group-id"], IpPermissions=[rule])


def target_states(stage: Stage) -> list[str]:
    elb = stage.client("elbv2")
    (arn,) = [g["TargetGroupArn"] for g in elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"]]
    return [
        d["TargetHealth"]["State"] for d in elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    ]


def test_the_screen_shows_the_command_in_one_line(stage: Stage) -> None:
    id = server(stage, security_group(stage, SSH))
    plan = stage.plan(spec_of(id))
    lines = [line.plain for line in plan_screen(plan, KINDS, Style(width=80), PlanView())]
    (command,) = [line.strip() for line in lines if "authorize-security-group-ingress" in line]
    assert command == plan.hazards[0].remedy.splitlines()[-1]
    assert "safe form: write `open: true` at the targets;" in "\n".join(lines)


@pytest.mark.parametrize("networks", [("0.0.0.0/0",), ("172.31.0.0/16",), "subnets"], ids=["all", "vpc", "subnets"])
def test_a_rule_for_all_subnets_of_the_load_balancer_is_enough(stage: Stage, networks: Any) -> None:
    blocks = subnets(stage)
    wanted = (blocks["a"], blocks["c"]) if networks == "subnets" else networks
    id = server(stage, security_group(stage, tcp(1, 100, IpRanges=cidrs(*wanted))))
    stage.apply(spec_of(id))
    assert target_states(stage) == ["healthy"]


def test_a_rule_for_one_of_two_subnets_is_not_enough_and_the_command_opens_the_other(stage: Stage) -> None:
    blocks = subnets(stage)
    id = server(stage, security_group(stage, tcp(80, IpRanges=cidrs(blocks["a"]))))
    (hazard,) = stage.plan(spec_of(id)).hazards
    assert blocks["c"] in hazard.remedy
    assert blocks["a"] not in hazard.remedy
    run_command(stage, hazard.remedy.splitlines()[-1])
    assert hazards(stage.plan(spec_of(id))) == []


def test_a_rule_of_another_protocol_or_port_is_not_enough(stage: Stage) -> None:
    everybody = cidrs("0.0.0.0/0")
    udp = {**tcp(80, IpRanges=everybody), "IpProtocol": "udp"}
    id = server(stage, security_group(stage, tcp(81, IpRanges=everybody), udp))
    assert hazards(stage.plan(spec_of(id))) == [HAZARD]


def test_nobody_knows_what_a_prefix_list_contains(stage: Stage) -> None:
    lists = stage.client("ec2").create_managed_prefix_list(
        PrefixListName="offices", MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": "192.0.2.0/24"}]
    )
    prefix_list = [{"PrefixListId": lists["PrefixList"]["PrefixListId"]}]
    id = server(stage, security_group(stage, tcp(80, PrefixListIds=prefix_list)))
    assert hazards(stage.plan(spec_of(id))) == []


def test_the_group_of_an_existing_load_balancer_opens_a_server(stage: Stage) -> None:
    first = server(stage)
    stage.apply(spec_of(first))
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    (lb,) = balancer["SecurityGroups"]
    known = server(stage, security_group(stage, tcp(80, UserIdGroupPairs=[{"GroupId": lb}])), zone="c")
    assert hazards(stage.plan(spec_of(first, known))) == []
    other = server(stage, security_group(stage, SSH), zone="c", name="server-c")
    (hazard,) = stage.plan(spec_of(first, known, other)).hazards
    assert f"port 80 of server-c ({other})" in hazard.text
    assert known not in hazard.text


def test_another_port_of_the_health_check_must_be_open_too(stage: Stage) -> None:
    id = server(stage, security_group(stage, tcp(80, IpRanges=cidrs("0.0.0.0/0"))))
    stage.apply(spec_of(id))
    assert HAZARD in hazards(stage.plan(spec_of(id, check=9000)))


def test_a_rollback_is_never_refused_because_of_a_server(stage: Stage) -> None:
    id = server(stage, security_group(stage, SSH))
    spec = spec_of(id)
    stage.run(stage.plan(spec))
    stage.client("ec2").stop_instances(InstanceIds=[id])
    (plan,) = workflow.plan_back(stage.aws, stage.stacks(spec), KINDS)
    assert plan.hazards == ()


def test_servers_by_tag_are_checked_too(stage: Stage) -> None:
    id = server(stage, security_group(stage, SSH), name="server-t")
    spec = specs.HEAD + "targets: {tag: Name=server-t, port: 80, health: /health}\n"
    (hazard,) = stage.plan(spec).hazards
    assert f"server-t ({id})" in hazard.text


def test_the_look_costs_one_call_and_no_round(stage: Stage) -> None:
    ids = [server(stage, zone=zone) for zone in "ac"]
    stage.box.clear_calls()
    stage.plan(spec_of(*ids))
    asked = [call.action for call in stage.box.calls]
    assert asked.count("DescribeInstances") == 2  # the stack's own by tag, and these
    groups = [call for call in stage.box.calls if "group-id" in str(call.params)]
    assert len(groups) == 1
    without = specs.HEAD + "groups: {web: {port: 80, health: /health}}\n"
    assert rounds(stage, spec_of(*ids)) == rounds(stage, without)
    stage.apply(spec_of(*ids))
    assert rounds(stage, spec_of(*ids)) == rounds(stage, without)


def rounds(stage: Stage, spec: str) -> int:
    return observe(stage.aws.send, REGION, stage.stacks(spec), KINDS)["my-web"].rounds


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


def saved(shell: MigrationShell, group: str = "") -> str:
    """Saves a migration that registers a server. Returns the id of the server."""
    id = shell.box.create_fixture("instance", region=REGION, tags={"Name": "server-a"}, security_group=group)
    shell.write("web.yaml", spec_of(id))
    shell.save("first")
    shell.box.clear_calls()
    return id


def written(shell: MigrationShell) -> list[str]:
    return [call.action for call in shell.box.writes() if call.service != "ssm"]


def test_a_migration_with_a_stopped_server_is_refused_before_the_first_write(shell: MigrationShell) -> None:
    id = saved(shell)
    ec2: Any = shell.box.client("ec2", REGION)
    ec2.stop_instances(InstanceIds=[id])
    shell.box.clear_calls()
    refused = shell.apply()
    assert refused.code == 5
    assert f"server-a ({id}) is stopped" in refused.err
    assert f"aws ec2 start-instances --region {REGION} --instance-ids {id}" in refused.err
    assert written(shell) == []
    ec2.start_instances(InstanceIds=[id])
    assert shell.apply().code == 0


def test_a_migration_with_a_closed_server_is_a_hazard_that_ends_when_the_port_is_open(shell: MigrationShell) -> None:
    ec2: Any = shell.box.client("ec2", REGION)
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName="servers", Description="servers", VpcId=vpc)["GroupId"]
    id = saved(shell, group)
    refused = shell.apply()
    assert refused.code == 5
    assert f"{HAZARD}: targets.web: the load balancer cannot reach port 80 of server-a ({id})" in refused.err
    assert f"aws ec2 authorize-security-group-ingress --region {REGION} --group-id {group}" in refused.err
    assert written(shell) == []
    live = shell.run("lint", shell.spec, "--live", "--migrations", str(shell.base))
    assert (live.code, HAZARD in live.out) == (5, True)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(80, IpRanges=cidrs("172.31.0.0/16"))])
    assert shell.apply().code == 0
