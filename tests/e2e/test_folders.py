"""Forty stacks in one command: they wait at the same time, and a problem of one stops no other."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.live.client import Aws
from elbplan.sandbox.box import Box
from tests.cli.kit import CommandResult, PipeStream, session

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
        clock = {"clock": BoxRunClock(time), "run_clock": lambda: BoxRunClock(time)} if time else {}
        code = run(words, terminal, self.connect, **clock)  # type: ignore[arg-type]
        return CommandResult(code, out.getvalue(), err.getvalue())

    def connect(self, region: str) -> Aws:
        return Aws(region, endpoint=self.box.url, session=session())

    def balancers(self) -> Counter[str]:
        """How many load balancers have each name."""
        elb = self.box.client("elbv2", REGION)
        return Counter(balancer["LoadBalancerName"] for balancer in elb.describe_load_balancers()["LoadBalancers"])

    def resources(self) -> Counter[str]:
        """How many resources of each kind and stack there are, by their tags."""
        tags = [tags for name in self.names() for tags in self.box.tagged(name).values()]
        return Counter(f"{tag['elbplan:stack']} {tag.get('elbplan:address', '')}" for tag in tags)

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
    with BoxTime(folder.box) as time:
        assert folder.run("apply", "--yes", "--no-verify", str(folder.specs), time=time).code == 0
        alone = time.now()
    assert alone > 120, "the simulator takes its time"

    names = folder.write(MANY + 1)
    (folder.specs / "svc-00.yaml").unlink()
    folder.box.fault("error", action="CreateListener", match="app/svc-17/", code="InvalidConfigurationRequest")
    with BoxTime(folder.box) as time:
        applied = folder.run("apply", "--yes", "--no-verify", str(folder.specs), time=time)
        together = time.now()
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
    with BoxTime(folder.box) as time:
        resumed = folder.run(*words, "--yes", "--no-verify", time=time)
    assert resumed.code == 0, resumed.err
    assert folder.balancers() == Counter(names)
    assert folder.run("plan", "--exit-code", str(folder.specs)).code == 0
