"""A sandbox for tests of the lock, with commands in this process and in other processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from elbplan.live.client import Aws
from elbplan.run.clock import RealClock
from elbplan.run.lock.record import RunRecord
from elbplan.run.lock.run_store import RunStore
from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

from . import specs
from .stage import REGION

STACK = "my-web"


class LockEnvironment:
    """A sandbox and a spec. Starts commands as processes and reads the run records."""

    def __init__(self, box: Box, folder: Path) -> None:
        self.box = box
        box.reset()
        box.switch("slow", 0.0)
        box.clear_faults()
        self.shell = Shell(box, folder)
        self.spec = self.shell.write("web.yaml", specs.HTTP)
        self.aws: Aws = self.shell.connect(REGION)
        self.ledger = RunStore(self.aws.send, RealClock())
        self.started: list[subprocess.Popen[bytes]] = []

    def start(
        self, *words: str, home: str = "state", dead_after: str = "90", key: str = "t"
    ) -> subprocess.Popen[bytes]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ELBPLAN_"))}
        environ |= {"AWS_ENDPOINT_URL": self.box.url, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "t"}
        environ |= {"XDG_STATE_HOME": str(self.shell.folder / home), "ELBPLAN_LOCK_DEAD_AFTER": dead_after}
        process = subprocess.Popen(
            [sys.executable, "-m", "elbplan", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
        )
        self.started.append(process)
        return process

    def apply(self, *words: str, **rest: Any) -> subprocess.Popen[bytes]:
        return self.start("apply", "--yes", self.spec, *words, **rest)

    def killed(self, *, dead_after: str = "90") -> None:
        """Starts an apply and kills it in the middle."""
        process = self.apply(dead_after=dead_after)
        self.box.fault("kill", action="CreateTargetGroup", pid=process.pid)
        assert process.wait(30) == -9
        self.box.clear_faults()
        assert [record.state for record in self.records] == ["running"]

    @property
    def records(self) -> list[RunRecord]:
        return self.ledger.read(STACK)

    @property
    def parameters(self) -> list[str]:
        return [name for name in self.box.snapshot() if ":parameter/" in name]

    @property
    def run_parameters(self) -> list[str]:
        """The names of the parameters with the records of runs."""
        return [name for name in self.parameters if "/runs/" in name]


def result_of(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err, err.decode()
    return process.returncode, err.decode()


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
