"""Servers of the stack that somebody stops are started again; terminated ones are created again."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.core.address import Address
from elbplan.kinds import KINDS
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.style import Style
from elbplan.sandbox.box import Box

from . import specs
from .migration_shell import PORT, MigrationShell
from .stage import REGION, Stage
from .test_external_servers import target_states

WEB_1 = Address("instance", "web-1")


def stop(stage: Stage, address: Address = WEB_1) -> str:
    id = stage.plan(specs.COURSE).lives[address].id
    stage.client("ec2").stop_instances(InstanceIds=[id])
    return id


def test_a_stopped_server_is_started_again(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    id = stop(stage)
    assert "unused" in target_states(stage)
    plan = stage.plan(specs.COURSE)
    assert [step.id for step in plan.steps] == ["update instance.web-1", "wait instance.web-1 running"]
    assert plan.hazards == ()
    screen = "\n".join(line.plain for line in plan_screen(plan, KINDS, Style(width=80), PlanView()))
    assert "state stopped → running" in screen
    stage.apply(specs.COURSE)
    assert stage.plan(specs.COURSE).lives[WEB_1].id == id
    assert target_states(stage) == ["healthy", "healthy"]


def test_a_server_that_is_stopping_is_started_when_it_has_stopped(slow_stage: Stage) -> None:
    slow_stage.apply(specs.COURSE)
    stop(slow_stage)
    plan = slow_stage.plan(specs.COURSE)
    assert [change.because for change in plan.changes] == ["state stopped → running"]
    assert slow_stage.run(plan).complete
    assert slow_stage.box.counts()["StartInstances"] > 1
    slow_stage.assert_settled(specs.COURSE)


def test_a_stopped_server_is_registered_after_it_runs(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    stop(stage)
    assert stage.run(stage.plan(specs.PORT_8080)).complete
    stage.assert_settled(specs.PORT_8080)


def test_the_wait_for_healthy_targets_begins_when_a_stopped_server_runs(stage: Stage) -> None:
    """The targets of a group that gets another rule are checked at once, so the server must run before."""
    stage.apply(specs.COURSE)
    stop(stage)
    rules = "{listen: 443/https, forward: web, rules: [{path: /shop, forward: web}]}"
    after = specs.COURSE + f"listeners: [{{listen: 80/http, redirect: 443/https}}, {rules}]\n"
    plan = stage.plan(after)
    (wait,) = [step for step in plan.steps if step.id == "wait targets.web healthy"]
    assert "wait instance.web-1 running" in wait.needs
    assert stage.run(plan).complete
    stage.assert_settled(after)


def test_a_terminated_server_is_created_again(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    id = stage.plan(specs.COURSE).lives[WEB_1].id
    stage.client("ec2").terminate_instances(InstanceIds=[id])
    stage.apply(specs.COURSE)
    assert stage.plan(specs.COURSE).lives[WEB_1].id != id
    assert target_states(stage) == ["healthy", "healthy"]


@pytest.mark.parametrize("change", ["{count: 2, image: al2}", "{count: 1}"])
def test_a_stopped_server_is_replaced_and_deleted_without_a_start(stage: Stage, change: str) -> None:
    stage.apply(specs.COURSE)
    stop(stage, Address("instance", "web-2"))
    after = specs.COURSE.replace("{count: 2}", change)
    assert stage.run(stage.plan(after)).complete
    assert not [call for call in stage.box.calls if call.action == "StartInstances"]
    stage.assert_settled(after)


def test_a_stack_with_a_stopped_server_is_destroyed(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    stop(stage)
    stage.destroy(specs.COURSE)


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


def stop_all(shell: MigrationShell) -> None:
    ec2 = shell.box.client("ec2", REGION)
    reservations = ec2.describe_instances()["Reservations"]
    ec2.stop_instances(InstanceIds=[i["InstanceId"] for r in reservations for i in r["Instances"]])


def test_files_treat_a_stopped_server_as_drift_that_they_can_revert(shell: MigrationShell) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    stop_all(shell)
    assert "instance.web-1 state running → stopped" in shell.status()
    kept = shell.run("accept-drift", shell.spec, "stopped", "--migrations", str(shell.base))
    assert (kept.code, "leave them to their owner with `ignore:`" in kept.err) == (5, True)
    assert shell.apply("--revert-drift").code == 0
    assert shell.plan().code == 0


def test_no_baseline_says_that_a_server_is_stopped(shell: MigrationShell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    stop_all(shell)
    shell.write("web.yaml", PORT)
    kept = shell.save("app_on_8080")
    assert kept.code == 5
    assert "instance.web-1, instance.web-2 has settings in AWS that no migration can express" in kept.err
    assert "start a server that is stopped" in kept.err
