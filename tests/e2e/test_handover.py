"""Renamed, adopted and released resources. AWS keeps them unchanged; elbplan writes only its tags."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.call import Answer, Call
from elbplan.errors import AwsProblem
from elbplan.live.client import Aws
from elbplan.sandbox.box import Box

from . import specs
from .migration_shell import REGION, MigrationShell

GROUPED = specs.HEAD + "servers: {web: {count: 2}}\ngroups:\n  web: {servers: web, port: 80, health: /health}\n"
RENAMED = GROUPED.replace("\n  web:", "\n  shop:") + "listeners: [{listen: 80/http, forward: shop}]\n"
GROUPED += "listeners: [{listen: 80/http, forward: web}]\n"
HEAD = "stack: my-web\ntitle: by hand\nfrom: s1-00000000\nto: s1-00000000\nsteps:\n"


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


def begun(shell: MigrationShell, spec: str, steps: str) -> None:
    """Applies the first migration of a stack, and writes a second one."""
    shell.write("web.yaml", spec)
    shell.save("first")
    first = shell.apply()
    assert first.code == 0, first.err
    shell.file("0002_by_hand.yaml").write_text(HEAD + steps)
    refreshed = shell.refresh()
    assert refreshed.code == 0, refreshed.err
    shell.box.clear_calls()


def written(shell: MigrationShell) -> list[str]:
    """Returns the writes to AWS without run records."""
    return [call.action for call in shell.box.writes() if call.service != "ssm"]


MOVED = "  - {do: moved, from: target_group.web, what: target_group.shop, why: a better name}\n"


def test_another_name_writes_a_tag_and_nothing_else(shell: MigrationShell) -> None:
    begun(shell, GROUPED, MOVED)
    arn = shell.group()["TargetGroupArn"]
    shell.write("web.yaml", RENAMED)
    renamed = shell.apply()
    assert renamed.code == 0, renamed.err
    assert "only our tag changes" in renamed.err
    assert written(shell) == ["AddTags"]
    assert shell.group()["TargetGroupArn"] == arn
    assert "Nothing to do" in shell.run("plan", shell.spec).out
    shell.box.clear_calls()
    assert shell.apply().code == 0
    assert written(shell) == []
    assert shell.apply("--to", "0001").code == 0, "and back"


LEGACY = {"Name": "legacy", "Protocol": "HTTP", "Port": 8081, "HealthCheckPath": "/old"}
ADOPT = """  - do: adopt
    what: target_group.legacy
    id: name:legacy
    set: {port: 8081, protocol_version: HTTP1, vpc: default, health: {path: /old}}
  - do: create
    what: rule.legacy
    set: {listener: '80', priority: 7, conditions: [{field: path-pattern, values: [/old/*]}],
          action: {type: forward, groups: [{group: legacy}]}}
    allow: [targets-unverified]
    because: others fill it, and nobody asks for /old yet
"""


def legacy(shell: MigrationShell) -> str:
    """Creates a target group outside elbplan."""
    vpc = shell.box.create_defaults(REGION)["vpc"]
    group: dict[str, Any] = shell.box.client("elbv2", REGION).create_target_group(VpcId=vpc, **LEGACY)
    return str(group["TargetGroups"][0]["TargetGroupArn"])


def test_what_exists_is_adopted_as_it_is(shell: MigrationShell) -> None:
    begun(shell, GROUPED, ADOPT)
    arn = legacy(shell)
    shell.box.clear_calls()
    adopted = shell.apply("--to", "0002")
    assert adopted.code == 0, adopted.err
    assert written(shell) == ["AddTags", "CreateRule"]
    assert shell.box.tagged("my-web")[arn]["elbplan:address"] == "target_group.legacy"
    shell.box.clear_calls()
    assert shell.apply("--to", "0002").code == 0
    assert written(shell) == []


def test_what_is_not_as_the_file_says_is_adopted_and_not_changed(shell: MigrationShell) -> None:
    begun(shell, GROUPED, ADOPT.replace("/old}}", "/new}}"))
    legacy(shell)
    shell.box.clear_calls()
    refused = shell.apply("--to", "0002")
    assert refused.code == 5, refused.err
    assert re.search(r"target_group\.legacy  health: path /new → /old", refused.err)
    assert written(shell) == ["AddTags"]


def test_a_name_that_nobody_bears_cannot_be_adopted(shell: MigrationShell) -> None:
    begun(shell, GROUPED, ADOPT)
    refused = shell.apply("--to", "0002")
    assert refused.code == 5
    assert "no resource has the name legacy" in refused.err
    assert written(shell) == []


class TagStripper:
    """AWS in an account where somebody else removes each new tag of a target group at once."""

    def __init__(self, aws: Aws) -> None:
        self.region, self.attempts = aws.region, 0
        self._aws = aws

    def send(self, call: Call) -> Answer:
        if call.operation == "AddTags" and ":targetgroup/" in str(call.params):
            self.attempts += 1
            if self.attempts > 9:
                raise AwsProblem("this would go on for ever")
            return {}
        return self._aws.send(call)


def test_an_adoption_that_aws_never_shows_ends_with_an_error(shell: MigrationShell, box: Box) -> None:
    begun(shell, GROUPED, ADOPT)
    legacy(shell)
    strippers: list[TagStripper] = []
    connect = shell.connect

    def stripped(region: str) -> Any:
        strippers.append(TagStripper(connect(region)))
        return strippers[-1]

    shell.connect = stripped  # type: ignore[method-assign]
    refused = shell.apply("--to", "0002")
    assert refused.code == 5, refused.err
    assert "step 1 of 2 of 0002_by_hand ran 2 times (adopt target_group.legacy)" in refused.err
    assert "target_group.legacy  does not exist" in refused.err
    assert "0002_by_hand.yaml" in refused.err
    assert sum(stripper.attempts for stripper in strippers) == 2


RELEASE = """  - {do: update, what: targets.web, set: {members: [{instance: web-1}]}}
  - {do: wait, what: targets.web, until: drained, timeout: 10m}
  - {do: release, what: instance.web-2, why: somebody else takes it over}
"""


def test_what_is_released_stays_and_is_no_longer_ours(shell: MigrationShell) -> None:
    begun(shell, GROUPED, RELEASE)
    servers = {arn for arn, tags in shell.box.tagged("my-web").items() if "instance/" in arn}
    shell.write("web.yaml", GROUPED.replace("count: 2", "count: 1"))
    released = shell.apply()
    assert released.code == 0, released.err
    assert "stays in AWS" in released.err
    assert written(shell) == ["DeregisterTargets", "DeleteTags"]
    kept = {arn for arn in shell.box.tagged("my-web") if "instance/" in arn}
    assert len(servers - kept) == 1
    running = shell.box.client("ec2", REGION).describe_instances()["Reservations"]
    assert [i["State"]["Name"] for r in running for i in r["Instances"]] == ["running", "running"]
    assert "Nothing to do" in shell.run("plan", shell.spec).out


NAMED = "  - {do: release, what: record.api.example.com}\n"


def test_a_name_that_is_released_stays_in_the_zone(shell: MigrationShell) -> None:
    begun(shell, specs.COURSE, NAMED)
    refused = shell.apply("--to", "0002")
    assert refused.code == 5
    assert "the spec still wants it" in refused.err
    shell.write("web.yaml", specs.HTTP)
    shell.box.clear_calls()
    released = shell.apply("--to", "0002")
    assert released.code == 0, released.err
    assert "released" in released.err
    assert set(written(shell)) <= {"AddTags", "RemoveTags", "DeleteTags"}, "the balancer and its group forget it"
    zone = shell.box.create_defaults(REGION, hosted_zones=["example.com"])["hosted_zones"]["example.com"]
    assert "api.example.com" in {record["Name"].rstrip(".") for record in shell.box.records(zone)}
