"""One run of a stack at a time: real processes that race, die, and are overtaken."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.run.record import Record
from elbplan.sandbox.box import Box

from .locking import STACK, Site, ended, until


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Iterator[Site]:
    made = Site(box, tmp_path)
    yield made
    for process in made.started:
        process.kill()
        process.communicate()


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
