"""Cost of the lock, commands without it, and refusals under it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.core.call import Call
from elbplan.live.client import Aws
from elbplan.run.lock.record import RunRecord
from elbplan.sandbox.box import Box
from tests.cli.kit import PipeStream, TerminalStream
from tests.live_run import live_run

from . import specs
from .lock_environment import STACK, LockEnvironment
from .stage import REGION


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Iterator[LockEnvironment]:
    environment = LockEnvironment(box, tmp_path)
    yield environment
    for process in environment.started:
        process.kill()
        process.communicate()


# Cost of the lock --------------------------------------------------------------------------------------------------


def test_plan_neither_locks_nor_writes(site: LockEnvironment) -> None:
    site.box.clear_calls()
    assert site.shell.run("plan", site.spec).code == 0
    assert site.box.writes() == []
    assert not any(call.service == "ssm" for call in site.box.calls if call.action.endswith("ByPath"))


def test_a_second_apply_writes_nothing_and_a_destroy_leaves_nothing(site: LockEnvironment) -> None:
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    (record,) = site.records
    assert (record.state, record.counts["done"], record.verb) == ("done", record.counts["done"], "apply")
    site.box.clear_calls()
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    assert site.box.writes() == []
    assert site.shell.run("destroy", site.spec, "--confirm", STACK).code == 0
    assert site.box.tagged(STACK) == {}
    assert site.parameters == []
    site.box.clear_calls()
    assert site.shell.run("destroy", site.spec, "--confirm", STACK).code == 0
    assert site.box.writes() == []


def test_a_destroy_that_was_killed_at_its_very_end_leaves_no_record_behind_the_next(site: LockEnvironment) -> None:
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    process = site.start("destroy", site.spec, "--confirm", STACK)
    site.box.fault("kill", action="DeleteParameters", pid=process.pid)
    assert process.wait(30) == -9
    site.box.clear_faults()
    assert site.parameters != []
    assert site.shell.run("destroy", site.spec, "--confirm", STACK).code == 0
    assert site.parameters == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDeniedException", 400),
        ("UnknownOperationException", 400),
        ("NotImplemented", 400),
        ("InternalFailure", 501),
    ],
)
def test_without_permission_it_goes_on_and_says_so(site: LockEnvironment, code: str, status: int) -> None:
    wrong = {"code": code, "status": status, "message": "not for you"}
    site.box.fault("error", service="ssm", action="*Parameter*ByPath", **wrong)
    ran = site.shell.run("apply", site.spec, "--yes")
    assert ran.code == 0
    notices = [line for line in ran.err.splitlines() if "Z no lock: " in line]
    assert len(notices) == 1
    assert notices[0].endswith("; two applies at once are not guarded")
    assert site.run_parameters == []
    assert site.shell.run("destroy", site.spec, "--confirm", STACK).code == 0
    assert site.parameters == []


def test_without_permission_to_read_single_records_no_record_stays_behind(site: LockEnvironment) -> None:
    denied = {"code": "AccessDeniedException", "message": "not for you", "match": "/elbplan/"}
    site.box.fault("error", action="GetParameter", **denied)
    ran = site.shell.run("apply", site.spec, "--yes")
    assert ran.code == 0
    assert "no lock: AWS refused GetParameter: not for you (AccessDeniedException); two applies" in ran.err
    assert site.run_parameters == []


def test_a_parameter_store_that_takes_no_more_is_no_leave_to_go_without_a_lock(site: LockEnvironment) -> None:
    site.box.fault("error", action="PutParameter", code="ParameterLimitExceeded", message="10,000 are there")
    ran = site.shell.run("apply", site.spec, "--yes")
    assert (ran.code, "the lock of my-web could not be taken" in ran.err) == (1, True)
    assert {call.action for call in site.box.writes()} == {"PutParameter"}


def test_a_lost_reply_to_the_lock_itself(site: LockEnvironment) -> None:
    site.box.fault("lost", action="PutParameter", limit=1)
    ran = site.shell.run("apply", site.spec, "--yes")
    assert ran.code == 0, ran.err
    assert [record.state for record in site.records] == ["done"]


def test_a_failed_run_says_at_what(site: LockEnvironment) -> None:
    site.box.fault("error", action="CreateListener", code="TooManyListeners", message="enough")
    assert site.shell.run("apply", site.spec, "--yes").code == 4
    (record,) = site.records
    assert record.state == "failed"
    assert "TooManyListeners" in record.note
    site.box.clear_faults()
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    assert [record.state for record in site.records] == ["failed", "done"]


# Changes between plan and lock ----------------------------------------------------------------------------------------


class SlowInput(TerminalStream):
    """A terminal where something happens before the user answers."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__("yes\n")
        self.meanwhile = meanwhile

    def readline(self, size: int = -1, /) -> str:
        self.meanwhile()
        return super().readline(size)


def asked(site: LockEnvironment, meanwhile: Callable[[], object]) -> tuple[int, str]:
    err = PipeStream()
    terminal = Terminal(SlowInput(meanwhile), PipeStream(), err, site.shell.environ)
    return run(["apply", site.spec], terminal, site.shell.connect), err.getvalue()


def open_a_port(site: LockEnvironment) -> None:
    """Opens a port in the console."""
    ec2 = site.box.client("ec2", REGION)
    groups = ec2.describe_security_groups(Filters=[{"Name": "tag:elbplan:stack", "Values": [STACK]}])["SecurityGroups"]
    ec2.authorize_security_group_ingress(
        GroupId=groups[0]["GroupId"], IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )


def test_a_plan_that_is_no_longer_true_is_refused(site: LockEnvironment) -> None:
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    site.shell.write("web.yaml", specs.HTTP.replace("health: /health", "health: {path: /health, every: 15s}"))
    code, err = asked(site, lambda: (open_a_port(site), site.box.clear_calls()))
    assert code == 5
    assert "AWS changed since the plan was shown" in err
    assert {call.action for call in site.box.writes()} == {"PutParameter"}
    assert site.records[-1].state == "failed"


def test_with_yes_what_is_true_under_the_lock_is_done(site: LockEnvironment) -> None:
    """The port opens after the plan and before the lock."""
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    site.shell.write("web.yaml", specs.HTTP.replace("health: /health", "health: {path: /health, every: 15s}"))
    opened: list[int] = []

    def connect(region: str) -> Aws:
        aws = site.shell.connect(region)
        send = aws.send

        def sending(call: Call) -> Any:
            if call.operation == "GetParametersByPath" and not opened:
                opened.append(1)
                open_a_port(site)
            return send(call)

        aws.send = sending  # type: ignore[method-assign]
        return aws

    terminal = Terminal(PipeStream(), PipeStream(), PipeStream(), site.shell.environ)
    assert run(["apply", "--yes", site.spec], terminal, connect) == 0
    assert opened
    assert site.shell.run("plan", site.spec, "--exit-code").code == 0


def test_when_somebody_else_has_done_it_there_is_nothing_to_refuse(site: LockEnvironment) -> None:
    code, err = asked(site, lambda: site.shell.run("apply", site.spec, "--yes"))
    assert code == 0, err
    assert [record.state for record in site.records] == ["done", "done"]


def test_one_stack_that_is_locked_keeps_no_other_from_its_turn(site: LockEnvironment) -> None:
    other = site.shell.write("other.yaml", specs.HTTP.replace("my-web", "other"))
    now = time.time()
    with live_run(site.ledger, RunRecord(STACK, 1, "b" * 32, "destroy", "bob@desk", now, now)):
        ran = site.shell.run("apply", site.spec, other, "--yes", "--json")
    assert ran.code == 5
    ends = {line["stack"]: line for line in ran.lines if line["type"] == "summary"}
    assert (ends[STACK]["exit"], ends["other"]["exit"]) == (5, 0)
    assert "run 1 (destroy by bob@desk)" in ends[STACK]["problem"]
    last = ran.lines[-1]
    assert (last["type"], last["exit"]) == ("stacks", 5)
