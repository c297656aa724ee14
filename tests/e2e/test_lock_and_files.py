"""A migration's wait fails for a reason outside the step: nothing is rolled back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.live.client import Aws
from elbplan.run.clock import RealClock
from elbplan.run.lock.record import RunRecord
from elbplan.run.lock.run_store import RunStore
from elbplan.sandbox.box import Box

from .migration_shell import REGION, MigrationShell


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    shell = MigrationShell(box, tmp_path)
    file = shell.port_8080(wait="    on_failure: rollback\n")
    file.write_text(file.read_text().replace("timeout: 15m", "timeout: 1s", 1))
    shell.refresh()
    return shell


def at_the_wait(shell: MigrationShell, happens: Callable[[], object]) -> None:
    """Calls a function after the new targets are registered and before the first read of their health."""
    connect, registered = shell.connect, shell.box.counts()["RegisterTargets"]
    done: list[bool] = []

    def connecting(region: str) -> Aws:
        aws = connect(region)
        send = aws.send

        def sending(call: Call) -> Any:
            looks = call.operation == "DescribeTargetHealth" and not done
            if looks and shell.box.counts()["RegisterTargets"] > registered:
                done.append(True)
                happens()
            return send(call)

        aws.send = sending  # type: ignore[method-assign]
        return aws

    shell.connect = connecting  # type: ignore[method-assign]


def test_a_run_that_lost_its_lock_takes_nothing_back(shell: MigrationShell) -> None:
    """Another run took over and finished while this run waited. This run's wait fails too."""
    ledger = RunStore(shell.connect(REGION).send, RealClock())

    def another_run() -> None:
        now = time.time()
        ledger.create(RunRecord("my-web", 3, "b" * 32, "apply", "bob@desk", now, now, "done", ended=now, takes=2))
        shell.box.clear_calls()

    at_the_wait(shell, another_run)
    shell.box.switch("slow", 60)
    ran = shell.apply()
    shell.box.switch("slow", 0)
    assert "going back" not in ran.err
    assert "run 2 of my-web was taken over by run 3 (apply by bob@desk)" in ran.err
    assert ran.code == 4
    assert [call.action for call in shell.box.writes()] == []
    assert [record.state for record in ledger.read("my-web")][2:] == ["done"]


@pytest.mark.parametrize("code", ["AccessDenied", "ExpiredToken"])
def test_who_may_not_look_any_more_takes_nothing_back(shell: MigrationShell, code: str) -> None:
    """A denied read says nothing about the step."""
    fault: dict[str, Any] = {"action": "DescribeTargetHealth", "code": code, "status": 403, "message": "not for you"}
    at_the_wait(shell, lambda: shell.box.fault("error", **fault))
    ran = shell.apply()
    shell.box.clear_faults()
    assert ran.code == 4, ran.err
    assert "going back" not in ran.err
    assert shell.runs()[0]["state"] == "failed"
    assert shell.apply().code == 0
