"""Settings of servers: launched, changed in place, dropped from the spec, protected, and taken by AWS."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import Refused
from elbplan.hazards import refuse_unless_allowed
from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from . import specs
from .crashing_aws import CrashingAws
from .stage import Stage
from .test_simulation import watched

PLAIN = specs.HEAD + "servers: {count: 1}\n" + specs.WEB
RICH = (
    specs.HEAD
    + specs.WEB
    + """
servers:
  count: 1
  imdsv2: optional
  metadata: {hop_limit: 2, tags: true, ipv6: false}
  volumes: {root: 20, /dev/sdf: {size: 100, type: io2, iops: 500, encrypted: true}}
  public_address: false
  monitoring: true
  auto_recovery: false
  on_shutdown: terminate
  cpu_credits: standard
  cpu: {cores: 1, threads: 1}
  placement: {tenancy: dedicated}
  tags: {role: web}
"""
)
CHANGED = (
    RICH.replace("imdsv2: optional", "imdsv2: required")
    .replace("hop_limit: 2", "hop_limit: 3")
    .replace("root: 20", "root: {size: 30, throughput: 250}")
    .replace("public_address: false", "public_address: true")
    .replace("cpu_credits: standard", "cpu_credits: unlimited")
    .replace("  monitoring: true\n  auto_recovery: false\n  on_shutdown: terminate\n", "")
    .replace("role: web", "role: api")
)
PROTECTED = PLAIN.replace("{count: 1}", "{count: 1, termination_protection: true}")


def server(stage: Stage) -> dict[str, Any]:
    reservations = stage.client("ec2").describe_instances()["Reservations"]
    found = [i for r in reservations for i in r["Instances"] if i["State"]["Name"] not in ("terminated",)]
    (ours,) = [i for i in found if any(tag["Key"] == "elbplan:stack" for tag in i["Tags"])]
    return dict(ours)


def volumes(stage: Stage, id: str) -> dict[str, dict[str, Any]]:
    filters = [{"Name": "attachment.instance-id", "Values": [id]}]
    found = stage.client("ec2").describe_volumes(Filters=filters)["Volumes"]
    return {volume["Attachments"][0]["Device"]: volume for volume in found}


def test_a_new_server_needs_imdsv2_and_an_older_one_stays_as_it_is(stage: Stage) -> None:
    stage.apply(PLAIN)
    assert server(stage)["MetadataOptions"]["HttpTokens"] == "required"
    id = server(stage)["InstanceId"]
    stage.client("ec2").modify_instance_metadata_options(InstanceId=id, HttpTokens="optional")
    assert stage.plan(PLAIN).empty
    stage.apply(PLAIN.replace("{count: 1}", "{count: 1, imdsv2: required}"))
    assert server(stage)["MetadataOptions"]["HttpTokens"] == "required"
    assert server(stage)["InstanceId"] == id
    stage.destroy(PLAIN)


def test_a_launch_has_every_setting(stage: Stage) -> None:
    stage.apply(RICH)
    found = server(stage)
    metadata = found["MetadataOptions"]
    assert (metadata["HttpTokens"], metadata["HttpPutResponseHopLimit"]) == ("optional", 2)
    assert metadata["InstanceMetadataTags"] == "enabled"
    assert found["Monitoring"]["State"] == "enabled"
    assert found["MaintenanceOptions"] == {"AutoRecovery": "disabled"}
    assert found["CpuOptions"] == {"CoreCount": 1, "ThreadsPerCore": 1}
    assert found["Placement"]["Tenancy"] == "dedicated"
    assert "PublicIpAddress" not in found
    disks = volumes(stage, found["InstanceId"])
    assert disks[found["RootDeviceName"]]["Size"] == 20
    assert (disks["/dev/sdf"]["VolumeType"], disks["/dev/sdf"]["Iops"], disks["/dev/sdf"]["Encrypted"]) == (
        "io2", 500, True,
    )  # fmt: skip
    assert {"Key": "elbplan:stack", "Value": "my-web"} in disks["/dev/sdf"]["Tags"]
    stage.destroy(RICH)


def test_what_aws_changes_in_place_does_not_replace_the_server(stage: Stage) -> None:
    stage.apply(RICH)
    before = server(stage)
    plan = stage.apply(CHANGED)
    after = server(stage)
    assert after["InstanceId"] == before["InstanceId"]
    assert [step.id for step in plan.steps] == ["update instance.web-1", "wait instance.web-1 volumes"]
    assert after["MetadataOptions"]["HttpPutResponseHopLimit"] == 3
    assert (after["Monitoring"]["State"], after["MaintenanceOptions"]["AutoRecovery"]) == ("disabled", "default")
    assert after["PublicIpAddress"]
    root = volumes(stage, after["InstanceId"])[after["RootDeviceName"]]
    assert (root["Size"], root["Throughput"]) == (30, 250)
    stage.destroy(CHANGED)


def test_drift_of_a_setting_is_shown_and_mended(stage: Stage) -> None:
    stage.apply(RICH)
    found = server(stage)
    ec2 = stage.client("ec2")
    ec2.unmonitor_instances(InstanceIds=[found["InstanceId"]])
    disk = volumes(stage, found["InstanceId"])["/dev/sdf"]["VolumeId"]
    ec2.modify_volume(VolumeId=disk, Iops=600)
    (change,) = stage.plan(RICH).changes
    assert change.fields == ("monitoring", "volumes")
    stage.apply(RICH)
    stage.destroy(RICH)


def test_a_volume_that_would_become_smaller_is_refused_before_any_change(stage: Stage) -> None:
    stage.apply(RICH)
    stage.box.clear_calls()
    with pytest.raises(Refused, match="its volume root from 20 to 10 GiB: AWS never makes a volume smaller"):
        stage.plan(RICH.replace("root: 20", "root: 10"))
    assert stage.box.writes() == []
    stage.destroy(RICH)


def test_a_protected_server_is_refused_until_its_protection_goes(stage: Stage) -> None:
    plan = stage.apply(PROTECTED)
    assert plan.steps[-1].phase == "protect"
    for spec in (PROTECTED, PLAIN):
        with pytest.raises(Refused, match="has termination protection"):
            workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    removing = stage.plan(PLAIN)
    assert [hazard.name for hazard in removing.hazards] == ["protection-removed"]
    with pytest.raises(Refused):
        refuse_unless_allowed(removing.hazards, [])
    stage.apply(PLAIN)
    stage.destroy(PLAIN)


def test_a_spot_server_that_aws_took_is_created_again(stage: Stage) -> None:
    spot = PLAIN.replace("{count: 1}", '{count: 1, spot: {max_price: "0.05"}}')
    stage.apply(spot)
    first = server(stage)
    assert first["InstanceLifecycle"] == "spot"
    stage.client("ec2").terminate_instances(InstanceIds=[first["InstanceId"]])
    stage.box.advance(60)
    stage.apply(spot)
    assert server(stage)["InstanceId"] != first["InstanceId"]
    stage.destroy(spot)


def test_a_launch_template_gives_what_the_spec_leaves_open(stage: Stage) -> None:
    data = {"ImageId": "ami-12c6146b", "InstanceType": "t3.small"}
    stage.client("ec2").create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)
    spec = PLAIN.replace("{count: 1}", "{count: 1, launch_template: web}")
    stage.apply(spec)
    found = server(stage)
    assert (found["ImageId"], found["InstanceType"]) == ("ami-12c6146b", "t3.small")
    assert found["MetadataOptions"]["HttpTokens"] == "optional"
    larger = spec.replace("launch_template: web", "launch_template: web, type: t3.medium")
    stage.apply(larger)
    assert server(stage)["InstanceType"] == "t3.medium"
    stage.destroy(larger)


def test_a_stopped_server_is_started(stage: Stage) -> None:
    stage.apply(RICH)
    id = server(stage)["InstanceId"]
    stage.client("ec2").stop_instances(InstanceIds=[id])
    stage.box.advance(60)
    plan = stage.apply(RICH)
    assert plan.steps[0].id == "update instance.web-1"
    assert server(stage)["State"]["Name"] == "running"
    stage.destroy(RICH)


def test_after_each_step_aws_is_as_simulated(stage: Stage) -> None:
    watched(stage, RICH.replace("  tags:", "  termination_protection: true\n  tags:"))
    watched(stage, CHANGED)


def test_killed_after_any_write_the_next_apply_finishes(box: Box) -> None:
    for write in range(1, 100):
        stage = Stage(box)
        stage.apply(RICH)
        dying = CrashingAws(stage.aws, write)
        if workflow.apply(dying, stage.plan(CHANGED), KINDS, lambda event: None, stage.clock, parallel=1).complete:
            break
        stage.apply(CHANGED)
    assert write > 6, "the change writes, so it can be killed"
    stage.destroy(CHANGED)


def test_the_plan_says_which_volumes_a_new_server_does_not_get(stage: Stage) -> None:
    volumes = "servers: {count: 1, volumes: {root: 20, /dev/sdf: {size: 10, encrypted: false, keep: KEEP}}}\n"
    spec = f"{specs.HEAD}{volumes}targets: {{port: 80}}\n".replace("KEEP", "false")
    stage.apply(spec)
    assert stage.plan(spec.replace("size: 10", "size: 12")).warnings == ()
    (text,) = stage.plan(spec.replace("encrypted: false", "encrypted: true")).warnings
    assert "gets no data of the volume /dev/sdf: AWS deletes it with the old server" in text
    kept = spec.replace("keep: false", "keep: true")
    stage.apply(kept)
    (text,) = stage.plan(kept.replace("encrypted: false", "encrypted: true")).warnings
    assert "it stays when the old server ends" in text
    stage.apply(spec)
    stage.destroy(spec)
