"""One run of a stack at a time: real processes that race, die, and are overtaken; and what the lock costs the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.core.call import Call
from elbplan.live.client import Aws
from elbplan.run.clock import RealClock
from elbplan.run.ledger import Ledger
from elbplan.run.record import Record
from elbplan.sandbox.box import Box
from tests.cli.kit import Person, Pipe, Shell

from . import specs
from .stage import REGION

STACK = "my-web"


class Site:
    """A sandbox, a spec, commands in this process and in others, and the ledger as a stranger would read it."""

    def __init__(self, box: Box, folder: Path) -> None:
        self.box = box
        box.reset()
        box.switch("slow", 0.0)
        box.clear_faults()
        self.shell = Shell(box, folder)
        self.spec = self.shell.write("web.yaml", specs.HTTP)
        self.aws: Aws = self.shell.connect(REGION)
        self.ledger = Ledger(self.aws.send, RealClock())
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str, home: str = "state", dead_after: str = "90") -> subprocess.Popen[bytes]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ELBPLAN_"))}
        environ |= {"AWS_ENDPOINT_URL": self.box.url, "AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t"}
        environ |= {"XDG_STATE_HOME": str(self.shell.folder / home), "ELBPLAN_LOCK_DEAD_AFTER": dead_after}
        process = subprocess.Popen(
            [sys.executable, "-m", "elbplan", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
        )
        self.started.append(process)
        return process

    def apply(self, *words: str, **rest: Any) -> subprocess.Popen[bytes]:
        return self.start("apply", "--yes", self.spec, *words, **rest)

    def killed(self, *, dead_after: str = "90") -> None:
        """An apply that died in the middle, without a word."""
        process = self.apply(dead_after=dead_after)
        self.box.fault("kill", action="CreateTargetGroup", pid=process.pid)
        assert process.wait(30) == -9
        self.box.clear_faults()
        assert [record.state for record in self.records] == ["running"]

    @property
    def records(self) -> list[Record]:
        return self.ledger.read(STACK)

    @property
    def parameters(self) -> list[str]:
        return [name for name in self.box.snapshot() if ":parameter/" in name]


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err, err.decode()
    return process.returncode, err.decode()


def until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box(slow=0) as made:
        yield made


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Iterator[Site]:
    made = Site(box, tmp_path)
    yield made
    for process in made.started:
        process.kill()
        process.communicate()


# Processes ---------------------------------------------------------------------------------------------------------


def test_two_applies_at_the_same_moment(site: Site) -> None:
    """Both read an empty ledger; one creates the record, the other is refused and has written nothing else."""
    site.box.switch("slow", 1.0)
    site.box.fault("delay", action="GetParametersByPath", seconds=1.5, limit=2)
    both = [site.apply(home="one"), site.apply(home="two")]
    ends = [ended(process) for process in both]
    assert sorted(code for code, _ in ends) == [0, 5]
    winner, loser = sorted(zip(ends, both, strict=True), key=lambda end: end[0][0])
    (record,) = site.records
    assert (record.pid, record.state) == (winner[1].pid, "done")
    text = loser[0][1]
    assert f"my-web is being changed: run 1 (apply by {record.who}, pid {record.pid}), since 20" in text
    assert "elbplan unlock my-web" in text
    created = [call for call in site.box.writes() if call.action == "PutParameter" and not call.params.get("Overwrite")]
    assert len(created) <= 2
    assert site.box.counts()["CreateLoadBalancer"] == 1
    assert site.shell.run("apply", site.spec, "--yes").code == 0


def test_a_killed_run_of_this_machine_is_taken_over_at_once(site: Site) -> None:
    site.killed()
    code, err = ended(site.apply())
    assert code == 0
    assert "taking over from run 1 (apply by " in err
    assert [(record.state, record.takes) for record in site.records] == [("taken-over", 0), ("done", 1)]
    assert site.shell.run("plan", site.spec, "--exit-code").code == 0


def test_a_killed_run_of_another_machine_is_taken_over_when_its_heartbeat_has_ended(site: Site) -> None:
    site.killed(dead_after="3")
    code, err = ended(site.apply(home="elsewhere"))
    assert code == 5
    assert "my-web is being changed: run 1" in err
    until(lambda: site.records[0].silent(time.time()) > 3)
    code, err = ended(site.apply(home="elsewhere"))
    assert code == 0
    assert "taking over from run 1" in err
    assert [record.state for record in site.records] == ["taken-over", "done"]
    assert site.shell.run("plan", site.spec, "--exit-code").code == 0


def test_whoever_is_taken_over_stops_and_says_by_whom(site: Site) -> None:
    site.box.switch("slow", 300.0)
    process = site.apply(dead_after="1")
    until(lambda: "CreateLoadBalancer" in site.box.counts())
    now = time.time()
    site.ledger.create(Record(STACK, 2, "b" * 32, "apply", "bob@desk", now, now, pid=7))
    code, err = ended(process)
    assert code == 4
    assert "run 1 of my-web was taken over by run 2 (apply by bob@desk, pid 7)" in err
    assert [record.state for record in site.records] == ["running", "running"]


def test_ctrl_c_under_the_lock_before_anything_was_done(site: Site) -> None:
    """In the middle of the second look: the lock is given back."""
    site.box.fault("delay", action="DescribeTargetGroups", nth=2, seconds=1.5)
    process = site.apply()
    until(lambda: site.box.counts()["DescribeTargetGroups"] == 2)
    process.send_signal(signal.SIGINT)
    code, _ = ended(process)
    assert code == 130
    assert [record.state for record in site.records] == ["interrupted"]
    assert not site.box.counts()["CreateTargetGroup"]


# What the lock costs -----------------------------------------------------------------------------------------------


def test_plan_neither_locks_nor_writes(site: Site) -> None:
    site.box.clear_calls()
    assert site.shell.run("plan", site.spec).code == 0
    assert site.box.writes() == []
    assert not any(call.service == "ssm" for call in site.box.calls if call.action.endswith("ByPath"))


def test_a_second_apply_writes_nothing_and_a_destroy_leaves_nothing(site: Site) -> None:
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


def test_a_destroy_that_was_killed_at_its_very_end_leaves_no_record_behind_the_next(site: Site) -> None:
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    process = site.start("destroy", site.spec, "--confirm", STACK)
    site.box.fault("kill", action="DeleteParameters", pid=process.pid)
    assert process.wait(30) == -9
    site.box.clear_faults()
    assert site.parameters != []
    assert site.shell.run("destroy", site.spec, "--confirm", STACK).code == 0
    assert site.parameters == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException", "NotImplemented"])
def test_without_permission_it_goes_on_and_says_so(site: Site, code: str) -> None:
    site.box.fault("error", service="ssm", action="*Parameter*ByPath", code=code, message="not for you")
    ran = site.shell.run("apply", site.spec, "--yes")
    assert ran.code == 0
    notices = [line for line in ran.err.splitlines() if line.startswith("no lock: ")]
    assert len(notices) == 1
    assert notices[0].endswith("; two applies at once are not guarded")
    assert site.parameters == []
    assert site.shell.run("destroy", site.spec, "--confirm", STACK).code == 0


def test_a_lost_reply_to_the_lock_itself(site: Site) -> None:
    site.box.fault("lost", action="PutParameter", limit=1)
    ran = site.shell.run("apply", site.spec, "--yes")
    assert ran.code == 0, ran.err
    assert [record.state for record in site.records] == ["done"]


def test_a_failed_run_says_at_what(site: Site) -> None:
    site.box.fault("error", action="CreateListener", code="TooManyListeners", message="enough")
    assert site.shell.run("apply", site.spec, "--yes").code == 4
    (record,) = site.records
    assert record.state == "failed"
    assert "TooManyListeners" in record.note
    site.box.clear_faults()
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    assert [record.state for record in site.records] == ["failed", "done"]


# What was shown, and what is true ------------------------------------------------------------------------------------


class Slow(Person):
    """Somebody to whom something happens before they answer."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__("yes\n")
        self.meanwhile = meanwhile

    def readline(self, size: int = -1, /) -> str:
        self.meanwhile()
        return super().readline(size)


def asked(site: Site, meanwhile: Callable[[], object]) -> tuple[int, str]:
    err = Pipe()
    terminal = Terminal(Slow(meanwhile), Pipe(), err, site.shell.environ)
    return run(["apply", site.spec], terminal, site.shell.connect), err.getvalue()


def open_a_port(site: Site) -> None:
    """Somebody clicks in the console."""
    ec2 = site.box.client("ec2", REGION)
    found = ec2.describe_security_groups(Filters=[{"Name": "tag:elbplan:stack", "Values": [STACK]}])["SecurityGroups"]
    ec2.authorize_security_group_ingress(
        GroupId=found[0]["GroupId"], IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )


def test_a_plan_that_is_no_longer_true_is_refused(site: Site) -> None:
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    site.shell.write("web.yaml", specs.HTTP.replace("/health", "/ready"))
    code, err = asked(site, lambda: (open_a_port(site), site.box.clear_calls()))
    assert code == 5
    assert "AWS changed since the plan was shown" in err
    assert {call.action for call in site.box.writes()} == {"PutParameter"}
    assert site.records[-1].state == "failed"


def test_with_yes_what_is_true_under_the_lock_is_done(site: Site) -> None:
    """The port is opened after the plan was drawn and before the lock is taken."""
    assert site.shell.run("apply", site.spec, "--yes").code == 0
    site.shell.write("web.yaml", specs.HTTP.replace("/health", "/ready"))
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

    terminal = Terminal(Pipe(), Pipe(), Pipe(), site.shell.environ)
    assert run(["apply", "--yes", site.spec], terminal, connect) == 0
    assert opened
    assert site.shell.run("plan", site.spec, "--exit-code").code == 0


def test_when_somebody_else_has_done_it_there_is_nothing_to_refuse(site: Site) -> None:
    code, err = asked(site, lambda: site.shell.run("apply", site.spec, "--yes"))
    assert code == 0, err
    assert [record.state for record in site.records] == ["done", "done"]


def test_one_stack_that_is_locked_keeps_no_other_from_its_turn(site: Site) -> None:
    other = site.shell.write("other.yaml", specs.HTTP.replace("my-web", "other"))
    now = time.time()
    site.ledger.create(Record(STACK, 1, "b" * 32, "destroy", "bob@desk", now, now))
    ran = site.shell.run("apply", site.spec, other, "--yes", "--json")
    assert ran.code == 5
    ends = {line["stack"]: line for line in ran.lines if line["type"] == "summary"}
    assert (ends[STACK]["exit"], ends["other"]["exit"]) == (5, 0)
    assert "run 1 (destroy by bob@desk)" in ends[STACK]["problem"]
    assert json.loads(ran.out.splitlines()[-1])["stack"] == "other"
