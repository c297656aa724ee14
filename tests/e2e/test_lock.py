"""Only one run of a stack at a time. Uses real processes that race and die."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.run.lock.record import RunRecord
from elbplan.sandbox.box import Box

from .lock_environment import STACK, LockEnvironment, result_of, wait_until


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Iterator[LockEnvironment]:
    environment = LockEnvironment(box, tmp_path)
    yield environment
    for process in environment.started:
        process.kill()
        process.communicate()


def test_two_applies_at_the_same_moment(site: LockEnvironment) -> None:
    """Both read no record. One creates the record; the other is refused and writes nothing."""
    site.box.switch("slow", 5.0)
    site.box.fault("delay", action="GetParametersByPath", seconds=1.5, limit=2)
    both = [site.apply(home="one", dead_after="9"), site.apply(home="two", dead_after="9")]
    ends = [result_of(process) for process in both]
    assert sorted(code for code, _ in ends) == [0, 5]
    winner, loser = sorted(zip(ends, both, strict=True), key=lambda end: end[0][0])
    (record,) = site.records
    assert (record.pid, record.state) == (winner[1].pid, "done")
    text = loser[0][1]
    assert f"watching whether run 1 (apply by {record.who}, pid {record.pid}) is alive, for up to 9 s" in text
    assert f"my-web is being changed: run 1 (apply by {record.who}, pid {record.pid}), since 20" in text
    assert "is alive: it has just written a heartbeat" in text
    created = [call for call in site.box.writes() if call.action == "PutParameter" and not call.params.get("Overwrite")]
    assert len(created) <= 2
    assert site.box.counts()["CreateLoadBalancer"] == 1
    assert site.shell.run("apply", site.spec, "--yes").code == 0


def test_two_applies_whose_records_meet_at_parameter_store(site: LockEnvironment) -> None:
    """The second write of a name arrives during the first. SSM refuses it (TooManyUpdates)."""
    site.box.switch("slow", 5.0)
    site.box.fault("delay", action="GetParametersByPath", seconds=1.5, limit=2)
    site.box.fault("delay", action="PutParameter", seconds=1.0, limit=1)
    both = [site.apply(home="one", dead_after="9"), site.apply(home="two", dead_after="9")]
    ends = [result_of(process) for process in both]
    assert sorted(code for code, _ in ends) == [0, 5]
    assert not any("no lock" in err for _, err in ends)
    assert site.box.counts()["CreateLoadBalancer"] == 1


def test_an_apply_that_ends_while_it_is_watched_is_no_obstacle(site: LockEnvironment) -> None:
    site.box.switch("slow", 1.0)
    site.box.fault("delay", action="GetParametersByPath", seconds=1.5, limit=2)
    both = [site.apply(home="one"), site.apply(home="two")]
    assert [result_of(process)[0] for process in both] == [0, 0]
    assert site.box.counts()["CreateLoadBalancer"] == 1
    assert [record.state for record in site.records] == ["done", "done"]


def test_a_killed_run_of_this_machine_is_taken_over_at_once(site: LockEnvironment) -> None:
    site.killed()
    code, err = result_of(site.apply())
    assert code == 0
    assert "taking over from run 1 (apply by " in err
    assert [(record.state, record.takes) for record in site.records] == [("taken-over", 0), ("done", 1)]
    assert site.shell.run("plan", site.spec, "--exit-code").code == 0


def test_a_killed_run_of_another_machine_is_taken_over_when_its_record_stood_still(site: LockEnvironment) -> None:
    site.killed(dead_after="3")
    code, err = result_of(site.apply(home="elsewhere"))
    assert code == 0
    assert "up to 3 s" in err
    assert "its record did not change for 3 s; this is run 2" in err
    assert [record.state for record in site.records] == ["taken-over", "done"]
    assert site.shell.run("plan", site.spec, "--exit-code").code == 0


def test_a_run_whose_token_expired_is_taken_over_at_once_on_its_machine(site: LockEnvironment) -> None:
    """The end could not be recorded, for the same reason. After a new login the same command goes on."""
    process = site.apply(key="AKIAFIRST")
    site.box.fault("delay", action="CreateTargetGroup", seconds=0.5)
    wait_until(lambda: site.box.counts()["CreateTargetGroup"])
    site.box.fault("error", code="ExpiredTokenException", status=400, message="The security token has expired")
    code, err = result_of(process)
    assert code in (1, 4)
    assert "the end of run 1 of my-web could not be recorded" in err
    site.box.clear_faults()
    assert [record.state for record in site.records] == ["running"]
    code, err = result_of(site.apply())
    assert code == 0, err
    assert "its process has ended; this is run 2" in err
    assert "watching" not in err


def test_a_request_that_botocore_repeats_is_asked_for_each_time(site: LockEnvironment) -> None:
    """AWS fails in the middle of a change, botocore retries, and another run takes over in the meantime."""
    process = site.apply(dead_after="2")
    site.box.fault("5xx", action="CreateLoadBalancer")
    wait_until(lambda: site.box.counts()["CreateLoadBalancer"])
    now = time.time()
    site.ledger.create(RunRecord(STACK, 2, "b" * 32, "apply", "bob@desk", now, now, pid=7))
    wait_until(lambda: site.records[0].state == "taken-over")  # the run saw this and wrote it itself
    tried = site.box.counts()["CreateLoadBalancer"]
    code, err = result_of(process)
    assert code in (4, 5)
    assert "run 1 of my-web was taken over by run 2" in err
    assert site.box.counts()["CreateLoadBalancer"] == tried


def test_whoever_is_taken_over_stops_and_says_by_whom(site: LockEnvironment) -> None:
    site.box.switch("slow", 300.0)
    process = site.apply(dead_after="1")
    wait_until(lambda: "CreateLoadBalancer" in site.box.counts())
    now = time.time()
    site.ledger.create(RunRecord(STACK, 2, "b" * 32, "apply", "bob@desk", now, now, pid=7))
    code, err = result_of(process)
    assert code == 4
    assert "run 1 of my-web was taken over by run 2 (apply by bob@desk, pid 7)" in err
    assert [record.state for record in site.records] == ["taken-over", "running"]


def test_ctrl_c_under_the_lock_before_anything_was_done(site: LockEnvironment) -> None:
    """Ctrl-C during the second read releases the lock."""
    site.box.fault("delay", action="DescribeTargetGroups", nth=2, seconds=4)
    process = site.apply()
    wait_until(lambda: site.box.counts()["DescribeTargetGroups"] == 2)
    process.send_signal(signal.SIGINT)
    code, _ = result_of(process)
    assert code == 130
    assert [record.state for record in site.records] == ["interrupted"]
    assert not site.box.counts()["CreateTargetGroup"]
