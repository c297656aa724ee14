"""`on_destroy:` keeps, stops or terminates the instances that the spec names, and releases their Elastic IPs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.kinds.aws.release_mark import RELEASED_BY
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from . import specs
from .crashing_aws import CrashingAws
from .migration_shell import MigrationShell
from .stage import REGION, Stage
from .test_external_servers import server, spec_of


def ending(stage: Stage, spec: str) -> Plan:
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    return plan


def elastic_ip(stage: Stage, instance: str) -> tuple[str, str]:
    """A new address of this instance: its allocation id, and the address."""
    ec2 = stage.client("ec2")
    answer = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=answer["AllocationId"], InstanceId=instance)
    return answer["AllocationId"], answer["PublicIp"]


def addresses(stage: Stage) -> list[str]:
    """The allocation ids of all Elastic IPs."""
    return [raw["AllocationId"] for raw in stage.client("ec2").describe_addresses()["Addresses"]]


def state(stage: Stage, id: str) -> str:
    (reservation,) = stage.client("ec2").describe_instances(InstanceIds=[id])["Reservations"]
    return str(reservation["Instances"][0]["State"]["Name"])


def rows(plan: Plan) -> list[tuple[str, str]]:
    """The changes of resources that elbplan did not create."""
    changes = [change for change in plan.changes if change.address.kind in ("instance", "elastic_ip")]
    return [(change.action, str(change.address)) for change in changes]


def needed(plan: Plan, step: str) -> set[str]:
    """All steps that come before a step."""
    by_id = {step.id: step for step in plan.steps}
    before: set[str] = set()
    waiting = [step]
    while waiting:
        for need in by_id[waiting.pop()].needs:
            if need not in before:
                before.add(need)
                waiting.append(need)
    return before


def test_by_default_the_servers_stay_and_destroy_says_what_they_bill(stage: Stage) -> None:
    id = server(stage)
    allocation, address = elastic_ip(stage, id)
    spec = spec_of(id, head=specs.HEAD + specs.DOMAIN)
    stage.apply(spec)
    plan = ending(stage, spec)
    assert rows(plan) == []
    assert [(left.text, left.command) for left in plan.remaining] == [
        (
            f"instance server-a ({id}), t3.micro, running: AWS bills it",
            f"aws ec2 terminate-instances --region {REGION} --instance-ids {id}",
        ),
        (
            f"Elastic IP {address} of server-a ({id}): AWS bills it",
            f"aws ec2 release-address --region {REGION} --allocation-id {allocation}",
        ),
        (
            f"hosted zone example.com ({stage.zone}): AWS bills it; delete it only if nothing else uses it",
            f"aws route53 delete-hosted-zone --id {stage.zone}",
        ),
    ]
    stage.destroy(spec)
    assert state(stage, id) == "running"
    assert addresses(stage) == [allocation]
    assert [left.kind for left in ending(stage, spec).remaining] == ["instance", "elastic_ip", "hosted_zone"]


def test_terminate_ends_the_servers_and_releases_their_addresses(stage: Stage) -> None:
    first, second = server(stage), server(stage, zone="c", name="")
    _, address = elastic_ip(stage, first)
    spec = spec_of(first, second) + "on_destroy: terminate\n"
    stage.apply(spec)
    other = stage.client("ec2").allocate_address(Domain="vpc")["AllocationId"]
    plan = stage.destroy(spec)
    assert sorted(rows(plan)) == sorted(
        [("delete", f"instance.{first}"), ("delete", f"instance.{second}"), ("delete", f"elastic_ip.{address}")]
    )
    assert plan.remaining == ()
    assert (state(stage, first), state(stage, second)) == ("terminated", "terminated")
    assert addresses(stage) == [other]


def test_a_server_ends_only_after_its_targets_are_deregistered_and_the_listeners_are_gone(stage: Stage) -> None:
    id = server(stage)
    _, address = elastic_ip(stage, id)
    spec = spec_of(id) + "on_destroy: terminate\n"
    stage.apply(spec)
    plan = ending(stage, spec)
    assert {"delete targets.web", "delete listener.80"} <= needed(plan, f"delete instance.{id}")
    assert f"wait instance.{id} terminated" in needed(plan, f"delete elastic_ip.{address}")


def test_stop_stops_the_servers_and_says_that_their_volumes_and_addresses_are_billed(stage: Stage) -> None:
    running, stopped = server(stage), server(stage, zone="c", name="server-c")
    allocation, _ = elastic_ip(stage, running)
    spec = spec_of(running, stopped) + "on_destroy: stop\n"
    stage.apply(spec)
    stage.client("ec2").stop_instances(InstanceIds=[stopped])
    plan = ending(stage, spec)
    assert {"delete targets.web", "delete listener.80"} <= needed(plan, f"stop instance.{running}")
    plan = stage.destroy(spec)
    assert rows(plan) == [("stop", f"instance.{running}")]
    assert (plan.summary["stop"], state(stage, running), state(stage, stopped)) == (1, "stopped", "stopped")
    assert addresses(stage) == [allocation]
    texts = [left.text for left in plan.remaining]
    assert f"instance server-a ({running}), t3.micro, stopped: AWS bills its volumes" in texts
    assert f"instance server-c ({stopped}), t3.micro, stopped: AWS bills its volumes" in texts


def test_an_address_in_a_vpc_of_its_own_is_released_too(stage: Stage) -> None:
    vpc = stage.box.create_fixture("vpc", region=REGION)
    subnets = {zone: stage.box.create_fixture("subnet", region=REGION, zone=zone, vpc=vpc) for zone in "ac"}
    id = server(stage, subnet=subnets["a"])
    elastic_ip(stage, id)
    spec = spec_of(id) + f"network: {{vpc: {vpc}}}\non_destroy: terminate\n"
    stage.apply(spec)
    stage.destroy(spec)
    assert (state(stage, id), addresses(stage)) == ("terminated", [])


def test_each_group_can_end_its_servers_in_its_own_way_and_the_gentlest_counts(stage: Stage) -> None:
    ids = [server(stage, zone=zone, name=zone) for zone in "acac"]
    groups = [
        f"  web: {{instances: [{ids[0]}, {ids[3]}], port: 80}}",
        f"  api: {{instances: [{ids[1]}, {ids[3]}], port: 80, on_destroy: keep}}",
        f"  old: {{instances: [{ids[2]}], port: 80, on_destroy: stop}}",
    ]
    routes = "listeners: [{listen: 80/http, forward: {web: 1, api: 1, old: 1}}]\n"
    spec = specs.HEAD + "on_destroy: terminate\ngroups:\n" + "\n".join(groups) + "\n" + routes
    stage.apply(spec)
    assert sorted(rows(ending(stage, spec))) == [("delete", f"instance.{ids[0]}"), ("stop", f"instance.{ids[2]}")]
    stage.destroy(spec)
    assert [state(stage, id) for id in ids] == ["terminated", "running", "stopped", "running"]


def test_a_tag_ends_only_servers_of_the_stacks_vpc(stage: Stage) -> None:
    vpc = stage.box.create_fixture("vpc", region=REGION)
    subnet = stage.box.create_fixture("subnet", region=REGION, zone="a", vpc=vpc)
    inside, outside = server(stage, name="web"), server(stage, name="web", subnet=subnet)
    spec = specs.HEAD + "targets: {tag: Name=web, port: 80, health: /health, on_destroy: terminate}\n"
    stage.run(stage.plan(spec.replace("tag: Name=web", f"instances: [{inside}]")))
    plan = ending(stage, spec)
    assert rows(plan) == [("delete", f"instance.{inside}")]
    assert [left.id for left in plan.remaining] == [outside]
    stage.destroy(spec)
    assert (state(stage, inside), state(stage, outside)) == ("terminated", "running")


def test_servers_that_elbplan_creates_are_deleted_as_before(stage: Stage) -> None:
    spec = specs.HTTP + "tags: {team: web}\n"
    stage.apply(spec)
    named = "targets: {servers: web, tag: team=web, on_destroy: stop, "
    plan = ending(stage, spec.replace("targets: {", named))
    assert sorted(rows(plan)) == [("delete", "instance.web-1"), ("delete", "instance.web-2")]
    assert plan.remaining == ()


def refused_ending(stage: Stage, spec: str) -> Refused:
    """The refusal of a destroy, which wrote nothing."""
    stage.box.clear_calls()
    with pytest.raises(Refused) as refused:
        ending(stage, spec)
    assert stage.box.writes() == []
    return refused.value


@pytest.mark.parametrize(
    ("verb", "attribute", "option", "what"),
    [
        ("terminate", "DisableApiTermination", "--no-disable-api-termination", "termination protection"),
        ("stop", "DisableApiStop", "--no-disable-api-stop", "stop protection"),
    ],
)
def test_protection_is_refused_before_the_first_write_with_the_command(
    stage: Stage, verb: str, attribute: str, option: str, what: str
) -> None:
    id = server(stage)
    spec = spec_of(id) + f"on_destroy: {verb}\n"
    stage.apply(spec)
    ec2 = stage.client("ec2")
    ec2.modify_instance_attribute(InstanceId=id, **{attribute: {"Value": True}})
    refused = refused_ending(stage, spec)
    assert refused.what == f"cannot {verb} server-a ({id}): it has {what}"
    command = f"aws ec2 modify-instance-attribute --region {REGION} --instance-id {id} {option}"
    assert refused.hint == f"run {command}; or write `on_destroy: keep`"
    assert rows(ending(stage, spec.replace(f"on_destroy: {verb}", "on_destroy: keep"))) == []
    ec2.modify_instance_attribute(InstanceId=id, **{attribute: {"Value": False}})
    stage.destroy(spec)


def test_a_server_with_an_instance_store_cannot_stop(stage: Stage) -> None:
    id = stage.box.create_fixture("instance", region=REGION, root_device="instance-store")
    spec = spec_of(id)
    stage.apply(spec)
    refused = refused_ending(stage, spec + "on_destroy: stop\n")
    assert refused.what.startswith(f"cannot stop {id}: its root volume is an instance store")
    stage.destroy(spec + "on_destroy: terminate\n")


@pytest.mark.parametrize("verb", ["stop", "terminate"])
def test_a_server_of_an_auto_scaling_group_is_refused(stage: Stage, verb: str) -> None:
    id = stage.box.create_fixture("instance", region=REGION, tags={"aws:autoscaling:groupName": "fleet"})
    spec = spec_of(id) + f"on_destroy: {verb}\n"
    stage.apply(spec)
    refused = refused_ending(stage, spec)
    assert refused.what == f"cannot {verb} {id}: the Auto Scaling group fleet would replace it by a new instance"
    assert f"delete-auto-scaling-group --region {REGION} --auto-scaling-group-name fleet" in refused.hint


def test_a_server_that_another_stack_created_is_refused(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    (own,) = [change.live for change in ending(stage, specs.HTTP).changes if change.address.name == "web-1"]
    assert own is not None
    other = spec_of(own.id).replace("name: my-web", "name: other") + "on_destroy: terminate\n"
    refused = refused_ending(stage, other)
    assert refused.what == f"cannot terminate my-web-web-1 ({own.id}): it belongs to stack `my-web`, instance.web-1"


@pytest.mark.parametrize("verb", ["stop", "terminate"])
def test_a_server_in_a_target_group_of_others_is_a_hazard(stage: Stage, verb: str) -> None:
    id = server(stage)
    spec = spec_of(id) + f"on_destroy: {verb}\n"
    stage.apply(spec)
    other = spec_of(id).replace("name: my-web", "name: other")
    assert stage.run(stage.plan(other)).complete
    elb: Any = stage.client("elbv2")
    by_hand = elb.create_target_group(Name="by-hand", Protocol="HTTP", Port=80, VpcId=stage.ids["vpc"])
    elb.register_targets(TargetGroupArn=by_hand["TargetGroups"][0]["TargetGroupArn"], Targets=[{"Id": id}])
    (hazard,) = ending(stage, spec).hazards
    assert (hazard.name, str(hazard.address)) == ("server-in-use", f"instance.{id}")
    assert hazard.text.startswith("it is also a target of target group ")
    assert "target group other-web of stack `other`, target_group.web" in hazard.text
    assert "target group by-hand" in hazard.text
    assert ending(stage, spec.replace(verb, "keep")).hazards == ()


def test_apply_and_a_rollback_end_no_server(stage: Stage) -> None:
    id = server(stage)
    elastic_ip(stage, id)
    spec = spec_of(id) + "on_destroy: terminate\n"
    stage.box.clear_calls()
    stage.apply(spec)
    (plan,) = workflow.plan_back(stage.aws, stage.stacks(spec), KINDS)
    assert rows(plan) == rows(stage.plan(specs.HEAD + "listeners: [{listen: 80/http, respond: 503}]\n")) == []
    asked = {call.action for call in stage.box.calls}
    assert asked.isdisjoint({"DescribeInstanceAttribute", "TerminateInstances", "StopInstances"})


def test_a_destroy_without_names_of_servers_asks_nothing_more(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    stage.box.clear_calls()
    ending(stage, specs.COURSE)
    actions = [call.action for call in stage.box.calls]
    assert (actions.count("DescribeInstances"), actions.count("DescribeAddresses")) == (1, 1)
    assert actions.count("ListHostedZones") == 1


@pytest.mark.parametrize("verb", ["stop", "terminate"])
def test_killed_after_each_write_the_next_destroy_ends_the_rest(box: Box, verb: str) -> None:
    """Only the last run shows that nothing is left, so a run that forgets an address fails it."""
    writes = 0
    while True:
        stage = Stage(box)
        id = server(stage)
        allocation, _ = elastic_ip(stage, id)
        spec = spec_of(id) + f"on_destroy: {verb}\n"
        assert stage.run(stage.plan(spec)).complete
        plan = ending(stage, spec)
        writes += 1
        crashing = CrashingAws(stage.aws, writes)
        complete = workflow.apply(crashing, plan, KINDS, lambda event: None, stage.clock).complete
        stage.destroy(spec)
        assert state(stage, id) == {"stop": "stopped", "terminate": "terminated"}[verb]
        assert addresses(stage) == {"stop": [allocation], "terminate": []}[verb]
        if complete:
            break
    assert writes > 3


def test_an_address_is_marked_before_its_server_ends_so_that_the_next_destroy_finds_it(stage: Stage) -> None:
    id = server(stage)
    allocation, address = elastic_ip(stage, id)
    spec = spec_of(id) + "on_destroy: terminate\n"
    stage.apply(spec)
    ec2: Any = stage.client("ec2")
    ec2.create_tags(Resources=[allocation], Tags=[{"Key": RELEASED_BY, "Value": "my-web"}])
    ec2.terminate_instances(InstanceIds=[id])
    stage.box.advance(4000)
    assert rows(ending(stage, spec)) == [("delete", f"elastic_ip.{address}")]
    assert "elastic_ip" not in {address.kind for address in stage.plan(specs.HTTP).lives}
    taken = server(stage, zone="c")
    ec2.associate_address(AllocationId=allocation, InstanceId=taken)
    assert rows(ending(stage, spec)) == []


def test_an_address_that_moves_to_another_server_meanwhile_stays(stage: Stage) -> None:
    id, other = server(stage), server(stage, zone="c")
    allocation, address = elastic_ip(stage, id)
    spec = spec_of(id) + "on_destroy: terminate\n"
    stage.apply(spec)
    plan = ending(stage, spec)
    ec2: Any = stage.client("ec2")
    ec2.associate_address(AllocationId=allocation, InstanceId=other)
    outcome = stage.run(plan)
    assert outcome.complete
    assert addresses(stage) == [allocation]
    kept = [facts["kept"] for facts in outcome.facts.values() if facts.get("kept")]
    assert kept == [f"Elastic IP {address}: it has been associated with {other} meanwhile"]


def test_a_volume_that_outlives_its_server_is_named(stage: Stage) -> None:
    id = server(stage)
    volume = stage.client("ec2").create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    stage.client("ec2").attach_volume(InstanceId=id, VolumeId=volume, Device="/dev/sdf")
    spec = spec_of(id) + "on_destroy: terminate\n"
    stage.apply(spec)
    (left,) = ending(stage, spec).remaining
    assert left.text == f"volume {volume} of server-a ({id}): AWS does not delete it with the instance, and bills it"
    assert left.command == f"aws ec2 delete-volume --region {REGION} --volume-id {volume}"


def test_another_on_destroy_needs_neither_an_apply_nor_a_migration(box: Box, tmp_path: Path) -> None:
    box.reset()
    shell = MigrationShell(box, tmp_path)
    id = box.create_fixture("instance", region=REGION)
    shell.write("web.yaml", spec_of(id) + "on_destroy: stop\n")
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", spec_of(id) + "on_destroy: terminate\n")
    ran = shell.run("plan", shell.spec, "--exit-code", "--migrations", str(shell.base))
    assert (ran.code, "every file is applied" in ran.out) == (0, True), ran.out
