"""Forty stacks in one command: they wait at the same time, and a problem of one stops no other."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.live.client import Aws
from elbplan.sandbox.box import Box
from tests.cli.kit import CommandResult, PipeStream, session

from ..patience import SOON
from .box_time import BoxRunClock, BoxTime

REGION = "ap-northeast-2"
SPEC = """
name: {name}
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [i-0bbbbbbbbbbbbbbbb], port: 80, health: /health}}
"""
MANY = 40


class Folder:
    """A folder with specs of stacks, in a sandbox whose load balancers take two minutes."""

    def __init__(self, box: Box, folder: Path) -> None:
        self.box, self.folder, self.specs = box, folder, folder / "specs"
        self.environ = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache")}
        self.specs.mkdir()
        box.reset()
        box.create_defaults(REGION)
        box.create_fixture("instance", "i-0bbbbbbbbbbbbbbbb", REGION, zone="a")

    def write(self, number: int) -> list[str]:
        names = [f"svc-{index:02}" for index in range(number)]
        for name in names:
            (self.specs / f"{name}.yaml").write_text(SPEC.format(name=name))
        return names

    def run(self, *words: str, time: BoxTime | None = None) -> CommandResult:
        out, err = PipeStream(), PipeStream()
        terminal = Terminal(PipeStream(), out, err, self.environ)
        clocks = {"clock": BoxRunClock(time), "run_clock": lambda: BoxRunClock(time)} if time else {}
        code = run(words, terminal, self.connect, **clocks)  # type: ignore[arg-type]
        return CommandResult(code, out.getvalue(), err.getvalue())

    def connect(self, region: str) -> Aws:
        return Aws(region, endpoint=self.box.url, session=session())

    def balancers(self) -> Counter[str]:
        """How many load balancers have each name."""
        elb = self.box.client("elbv2", REGION)
        return Counter(balancer["LoadBalancerName"] for balancer in elb.describe_load_balancers()["LoadBalancers"])

    def addresses(self) -> Counter[str]:
        """How often each address of each stack exists, by the tags."""
        tags = [(name, tags) for name in self.names() for tags in self.box.tagged(name).values()]
        return Counter(f"{name} {tag['elbplan:address']}" for name, tag in tags if "elbplan:address" in tag)

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.specs.iterdir())


@pytest.fixture(scope="module")
def slow_box() -> Iterator[Box]:
    with Box(slow=120, virtual=True) as box:
        yield box


@pytest.fixture
def folder(slow_box: Box, tmp_path: Path) -> Folder:
    return Folder(slow_box, tmp_path)


def test_forty_stacks_wait_as_long_as_one_and_one_that_fails_leaves_39(folder: Folder) -> None:
    folder.write(1)
    with BoxTime(folder.box) as clock:
        assert folder.run("apply", "--yes", "--no-verify", str(folder.specs), time=clock).code == 0
        alone = clock.now()
    assert alone > 120, "the simulator takes its time"

    names = folder.write(MANY + 1)
    (folder.specs / "svc-00.yaml").unlink()
    folder.box.fault("error", action="CreateListener", match="app/svc-17/", code="InvalidConfigurationRequest")
    with BoxTime(folder.box) as clock:
        applied = folder.run("apply", "--yes", "--no-verify", str(folder.specs), time=clock)
        together = clock.now()
    assert together <= 3 * alone, f"one stack: {alone:.0f} s, {MANY} stacks: {together:.0f} s"
    assert applied.code == 4
    assert "✗ 39 applied, 1 failed · " in applied.out
    assert "✗ svc-17: stopped after" in applied.out
    assert len(re.findall(r"^✓ svc-\d\d ", applied.out, re.M)) == 39
    assert set(folder.balancers().values()) == {1}

    folder.box.clear_faults()
    next = re.search(r"next: elbplan (apply .*)", applied.out)
    assert next
    words = shlex.split(next[1])
    assert words[-2:] == ["--stack", "svc-17"]
    with BoxTime(folder.box) as clock:
        resumed = folder.run(*words, "--yes", "--no-verify", time=clock)
    assert resumed.code == 0, resumed.err
    assert folder.balancers() == Counter(names)
    assert folder.run("plan", "--exit-code", str(folder.specs)).code == 0


class Process:
    """elbplan in a process of its own, which can get signals."""

    def __init__(self, folder: Folder, *words: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environ = {
            **clean, **folder.environ, "AWS_ENDPOINT_URL": folder.box.url, "AWS_ACCESS_KEY_ID": "AKIAX",
            "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", "elbplan", *words],
            env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def press_ctrl_c(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def end(self) -> CommandResult:
        out, err = self._process.communicate(timeout=60)
        return CommandResult(self._process.returncode, out, err)


def until(condition: Callable[[], Any]) -> None:
    """Returns when the condition is true. Fails after a minute."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "this never happened"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def quick_box() -> Iterator[Box]:
    with Box() as box:
        yield box


@pytest.fixture
def quick(quick_box: Box, tmp_path: Path) -> Folder:
    folder = Folder(quick_box, tmp_path)
    folder.write(8)
    return folder


def locks(folder: Folder) -> dict[str, str]:
    """The states of the stacks' locks."""
    runs = folder.run("runs", "--json", str(folder.specs)).document["stacks"]
    return {stack["stack"]: stack["lock"]["state"] for stack in runs}


def assert_a_second_apply_finishes(folder: Folder) -> None:
    second = folder.run("apply", "--yes", "--no-verify", str(folder.specs))
    assert second.code == 0, second.err
    assert folder.balancers() == Counter(folder.names()), "nothing twice"
    assert set(folder.addresses().values()) == {1}
    assert folder.run("plan", "--exit-code", str(folder.specs)).code == 0


def test_ctrl_c_stops_every_stack_so_that_it_can_go_on(quick: Folder) -> None:
    quick.box.fault("delay", action="CreateTargetGroup", seconds=0.3)
    process = Process(quick, "apply", "--yes", "--no-verify", "--parallel", "4", str(quick.specs))
    until(lambda: quick.box.counts()["CreateTargetGroup"] >= 3)
    process.press_ctrl_c()
    stopped = process.end()
    assert stopped.code == 130, stopped.err
    assert "stopping after the running calls" in stopped.err
    assert "Traceback" not in stopped.err
    assert re.search(r"^✗ .*\d+ interrupted", stopped.out, re.M), stopped.out
    assert "next: elbplan apply " in stopped.out
    assert re.search(r"^‖ svc-\d\d  interrupted: \d of \d steps done$", stopped.out, re.M)
    assert set(locks(quick).values()) == {"free"}
    quick.box.clear_faults()
    assert_a_second_apply_finishes(quick)


def test_a_second_ctrl_c_leaves_at_once(quick: Folder) -> None:
    process = Process(quick, "apply", "--yes", "--no-verify", str(quick.specs))
    until(lambda: quick.box.counts()["CreateLoadBalancer"])
    quick.box.fault("hang", service="elbv2")
    known = quick.box.counts()["CreateListener"] + quick.box.counts()["CreateTargetGroup"]
    time.sleep(0.2)
    process.press_ctrl_c()
    time.sleep(0.2)
    process.press_ctrl_c()
    began = time.monotonic()
    left = process.end()
    assert left.code == 130
    assert time.monotonic() - began < SOON, known
    assert "stopped in the middle of a call" in left.err
    quick.box.clear_faults()
    assert_a_second_apply_finishes(quick)


def test_a_killed_command_goes_on(quick: Folder) -> None:
    process = Process(quick, "apply", "--yes", "--no-verify", str(quick.specs))
    until(lambda: quick.box.counts()["CreateLoadBalancer"] >= 4)
    process._process.kill()
    process.end()
    assert_a_second_apply_finishes(quick)


def test_stacks_are_destroyed_together_and_one_that_fails_leaves_the_others(quick: Folder) -> None:
    assert quick.run("apply", "--yes", "--no-verify", str(quick.specs)).code == 0
    quick.box.fault("error", action="DeleteLoadBalancer", match="app/svc-05/", code="OperationNotPermitted")
    confirmed = [f"--confirm={name}" for name in quick.names()]
    destroyed = quick.run("destroy", *confirmed, str(quick.specs))
    assert destroyed.code in (1, 4)
    assert "✗ 7 destroyed, 1 failed" in destroyed.out
    assert quick.balancers() == Counter(["svc-05"])
    quick.box.clear_faults()
    again = quick.run("destroy", *confirmed, str(quick.specs), "--json")
    assert again.code == 0
    assert again.lines[-1]["counts"] == {"destroyed": 1, "unchanged": 7}
    assert not quick.addresses()
