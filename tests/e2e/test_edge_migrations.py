"""Web ACLs, logs and Shield in simulations, migrations, rehearsals and expanded specs."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.spec.export.text import expand_text

from .migration_shell import MigrationShell
from .stage import REGION, Stage
from .test_simulation import watched

FIRST = """
name: my-web
region: ap-northeast-2
web_acl: edge
logs: true
shield: true
tags: {team: web}
listeners: [{listen: 80, respond: 200}]
"""
SECOND = """
name: my-web
region: ap-northeast-2
web_acl: other
logs: {access: true, connection: s3://shop-logs/conn, keep: 30d, on_destroy: delete}
shield: true
tags: {team: api}
listeners: [{listen: 80, respond: 200}]
"""
THIRD = """
name: my-web
region: ap-northeast-2
listeners: [{listen: 80, respond: 200}]
"""


@pytest.fixture
def edge(stage: Stage) -> Stage:
    stage.box.switch("shield", True)
    for name in ("edge", "other"):
        stage.box.create_fixture("web_acl", region=REGION, name=name)
    return stage


def test_after_each_step_aws_is_as_simulated(edge: Stage) -> None:
    for spec in (FIRST, SECOND, THIRD):
        watched(edge, spec)


def test_the_long_form_gives_the_same_plan(edge: Stage) -> None:
    edge.apply(FIRST)
    (stack,) = edge.stacks(FIRST)
    assert edge.plan(expand_text([stack])).empty


@pytest.fixture
def shell(edge: Stage, tmp_path: Path) -> MigrationShell:
    return MigrationShell(edge.box, tmp_path)


def test_migrations_are_saved_applied_and_rehearsed(shell: MigrationShell) -> None:
    for name, spec in (("first", FIRST), ("second", SECOND), ("third", THIRD)):
        shell.write("web.yaml", spec)
        saved = shell.save(name)
        assert saved.code == 0, saved.err
        if name != "first":
            allow(next(shell.file(".").glob(f"*_{name}.yaml")), ENDING[name])
            assert shell.refresh().code == 0
        applied = shell.apply()
        assert applied.code == 0, applied.err
    rehearsed = shell.run("rehearse", shell.spec, "--migrations", str(shell.base))
    assert rehearsed.code == 0, rehearsed.out + rehearsed.err
    assert "arn:aws:wafv2" not in shell.file("0001_first.yaml").read_text()


RELEASED = """stack: my-web
title: another team takes them over
from: s1-00000000
to: s1-00000000
steps:
  - {do: update, what: load_balancer.main, set: {attributes: {access_logs.s3.enabled: 'false'}, log_bucket: null},
     allow: [protection-removed], because: the other team}
  - {do: release, what: web_acl_association.main}
  - {do: release, what: shield_protection.main}
  - {do: release, what: log_bucket.main}
"""


def test_what_is_released_keeps_no_mark_and_stays(edge: Stage, shell: MigrationShell) -> None:
    shell.write("web.yaml", FIRST)
    shell.save("first")
    assert shell.apply().code == 0
    shell.file("0002_released.yaml").write_text(RELEASED)
    assert shell.refresh().code == 0, shell.refresh().err
    shell.write("web.yaml", THIRD + "tags: {team: web}\n")
    released = shell.apply()
    assert released.code == 0, released.err
    assert "Nothing to do" in shell.run("plan", shell.spec).out
    (balancer,) = [arn for arn in edge.box.tagged("my-web") if ":loadbalancer/" in arn]
    marks = [
        key for key in edge.box.tagged("my-web")[balancer] if key.startswith(("elbplan:web-acl", "elbplan:shield"))
    ]
    assert marks == []
    acl = shell.box.client("wafv2", REGION).get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]
    assert acl["Name"] == "edge", "the web ACL stays"
    assert edge.box.client("shield", "us-east-1").describe_protection(ResourceArn=balancer)["Protection"]
    kept = [arn for arn in edge.box.tagged("my-web") if ":s3:::" in arn or "protection/" in arn]
    assert kept == [], "bucket and protection have no owner"


ENDING = {
    "second": ("log_bucket.main",),
    "third": ("web_acl_association.main", "load_balancer.main", "shield_protection.main"),
}
"""The resources from which a migration takes a protection."""


def allow(file: Path, ending: tuple[str, ...]) -> None:
    """Allows what a migration removes."""
    text = file.read_text()
    for what in ending:
        name = "web-acl-removed" if what.startswith("web_acl") else "protection-removed"
        text = text.replace(f"    what: {what}\n", f"    what: {what}\n    allow: [{name}]\n    because: it ends\n", 1)
    file.write_text(text)
