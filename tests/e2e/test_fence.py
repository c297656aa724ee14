"""A suspended run that lost its lock writes nothing after it resumes.

Uses real processes that SIGSTOP suspends at random moments. The suite runs four rounds; for more rounds:

    ELBPLAN_FENCE_ROUNDS=30 ELBPLAN_FENCE_SEED=7 pytest tests/e2e/test_fence.py
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from elbplan.sandbox.server.call_log import LoggedCall

from .lock_environment import STACK, LockEnvironment, result_of, wait_until

ROUNDS = int(os.environ.get("ELBPLAN_FENCE_ROUNDS", "4"))
SEED = int(os.environ.get("ELBPLAN_FENCE_SEED", "1"))
SILENCE = "2"
LATENCY = 0.05
FIRST, SECOND = "AKIAFIRST", "AKIASECOND"


@pytest.fixture
def site(box: Box, tmp_path: Path) -> Iterator[LockEnvironment]:
    environment = LockEnvironment(box, tmp_path)
    yield environment
    for process in environment.started:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.communicate()


def written(site: LockEnvironment, key: str, after: int = 0) -> list[LoggedCall]:
    """Returns the writes with this access key after the call with this number."""
    return [call for call in site.box.calls if call.key == key and call.write and call.number > after]


def stopped_at_random(site: LockEnvironment, words: tuple[str, ...], chance: random.Random) -> subprocess.Popen[bytes]:
    """Starts a run and suspends it in the middle of its changes."""
    site.box.clear_calls()
    process = site.start(*words, home="first", dead_after=SILENCE, key=FIRST)
    writes, more = chance.randint(1, 6), chance.uniform(0, 2 * LATENCY)
    changes = lambda: [call for call in written(site, FIRST) if call.service != "ssm"]  # noqa: E731
    wait_until(lambda: len(changes()) >= writes or process.poll() is not None)
    time.sleep(more)
    assert process.poll() is None, "it was over before it was stopped"
    process.send_signal(signal.SIGSTOP)
    return process


def taken_over(site: LockEnvironment) -> int:
    """Another run takes over and finishes. Returns the number of the call that took the lock."""
    code, err = result_of(site.apply(home="second", dead_after=SILENCE, key=SECOND))
    assert code == 0, err
    assert "taking over from run" in err
    return next(call.number for call in written(site, SECOND) if call.action == "PutParameter" and call.outcome == "ok")


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_run_that_wakes_up_after_it_was_taken_over_writes_nothing(site: LockEnvironment, number: int) -> None:
    chance = random.Random(SEED * 1000 + number)
    words = ("apply", "--yes", site.spec)
    if number % 2:
        assert site.shell.run("apply", site.spec, "--yes").code == 0
        words = ("destroy", site.spec, "--confirm", STACK)
    site.box.fault("delay", but="ssm", seconds=LATENCY)
    first = stopped_at_random(site, words, chance)
    lost = taken_over(site)
    first.send_signal(signal.SIGCONT)
    code, err = result_of(first)
    assert [(call.service, call.action) for call in written(site, FIRST, after=lost)] == []
    assert code in (4, 5), err
    assert "taken over" in err or "lost its lock" in err, err
    site.box.clear_faults()
    assert site.shell.run("plan", site.spec, "--exit-code").code == 0
    assert site.records[-1].state == "done"
