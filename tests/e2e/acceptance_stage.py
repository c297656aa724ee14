"""The acceptance suite on a double of AWS: in this process, or in a process that tests can kill."""

from __future__ import annotations

import functools
import itertools
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from elbplan.live.aws_models import boto3_session
from elbplan.sandbox.box import Box
from tests.acceptance.aws import Aws, WallClock
from tests.acceptance.run import AcceptanceRun
from tests.acceptance.settings import CONSENT, DOMAIN, ONLY, TAG, YES, Settings, new_run_id
from tests.acceptance.visitor import Visit

from .fork_server import ForkedCommand, ForkServer

REGION, ZONE = "ap-northeast-2", "example.com"


class BoxVisitor:
    """Asks the simulator whether a request would be answered. Two servers answer in turn."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._servers = itertools.cycle(("server-1", "server-2"))

    def __call__(self, url: str) -> Visit:
        parts = urlsplit(url)
        answer = self._box.traffic(str(parts.hostname), 443 if parts.scheme == "https" else 80)
        location = f"https://{parts.hostname}:443/" if answer["status"] == 301 else ""
        return Visit(answer["status"], answer["why"] or next(self._servers), location)


class AcceptanceStage:
    """Starts the suite. Every result is read from its report and from the double."""

    def __init__(self, url: str, forks: ForkServer, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.settings = Settings(new_run_id(), ZONE)
        self.lines: list[str] = []
        self.commands: list[ForkedCommand] = []
        self._forks = forks

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the suite and of elbplan: credentials and region, no files of the user."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ELBPLAN_"))}
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
        state = {"XDG_STATE_HOME": str(self.folder / "state"), "ELBPLAN_LOCK_DEAD_AFTER": "5"}
        return {**kept, **credentials, **state, "AWS_ENDPOINT_URL": self.url}

    def aws(self, clock: WallClock | None = None) -> Aws:
        return Aws(REGION, _session(), self.url, clock)

    # In this process -------------------------------------------------------------------------------------------------

    def run(self, get: Any = None, after_step: Callable[[str], None] = lambda name: None) -> int:
        """Runs the suite, with elbplan in processes of its own, and returns the exit code."""
        run = AcceptanceRun(
            self.settings, self.aws(), self.folder, self.lines.append, self._launch, get, after_step
        )  # fmt: skip
        return run.run()

    def _launch(self, words: Sequence[str], folder: Path, out: Path, err: Path) -> ForkedCommand:
        self.commands.append(self._forks.start(words, self.environ, folder=folder, out=out, err=err))
        return self.commands[-1]

    @property
    def report(self) -> Any:
        """The JSON report."""
        return json.loads((self.folder / f"acceptance-{self.settings.run}.json").read_text())

    def states(self) -> dict[str, str]:
        """The result of each step of the story."""
        return {step["name"]: step["state"] for step in self.report["story"]}

    # As a command ----------------------------------------------------------------------------------------------------

    def start(self, *words: str, only: str = "", consent: str = YES) -> ForkedCommand:
        """Starts `python -m tests.acceptance`."""
        env = {**self.environ, CONSENT: consent, DOMAIN: ZONE, ONLY: only}
        out, err = self.folder / "out", self.folder / "err"
        return self._forks.start(words, env, folder=self.folder, out=out, err=err, suite=True)

    def output(self) -> str:
        return (self.folder / "out").read_text() + (self.folder / "err").read_text()

    def started_run(self) -> str:
        """The id of the run of the command, from its first line."""
        until(lambda: "run " in self.output())
        return self.output().split("run ")[1].split()[0]


@functools.cache
def _session() -> boto3.session.Session:
    """One session for all tests, because loading EC2's model takes long."""
    return boto3_session("test", "test")


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def left_of(box: Box, run: str) -> list[str]:
    """What is left of a run: tagged resources, records and parameters with its name."""
    tagged = list(box.tagged(run, TAG))
    records = [record["Name"] for record in box.records(ZONE) if run in record["Name"]]
    return [*tagged, *records, *(name for name in box.snapshot() if run in name)]
