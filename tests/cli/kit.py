"""Runs commands in this process against a sandbox, with streams that the test controls."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import boto3

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.live.client import Aws
from elbplan.live.delegation import ZoneDns
from elbplan.run.clock import Clock, RealClock, RunClock
from elbplan.sandbox.box import Box
from elbplan.verification.network import Network, NoNetwork
from tests.bad_network import BadNetwork
from tests.direct import direct_session

WEB = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
servers: {count: 2}
targets: {port: 80, health: /health}
"""


@cache
def session() -> boto3.session.Session:
    """Returns one session for all tests, because loading botocore's EC2 model takes long."""
    return direct_session("test", "test")


class TerminalStream(io.StringIO):
    """A stream that is a terminal; as stdin it answers questions line by line."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class PipeStream(io.StringIO):
    """A stream that is not a terminal."""

    encoding = "utf-8"


@dataclass
class CommandResult:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Shell:
    """Runs commands in a folder with specs, on one sandbox."""

    dns: ZoneDns | None = None
    reached: Network | NoNetwork | None = None
    """The network on which load balancers answer; None: the command chooses."""

    def __init__(self, box: Box, folder: Path) -> None:
        self.box = box
        self.folder = folder
        self.environ = {
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "AWS_REGION": "eu-central-1",
        }
        self.network: BadNetwork | None = None
        self.wall: Callable[[], float] = time.time
        self.spec = self.write("web.yaml", WEB)

    def write(self, name: str, text: str) -> str:
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return str(file)

    def connect(self, region: str) -> Aws:
        if self.network:
            return self.network.aws(region)
        self.box.create_defaults(region, hosted_zones=["example.com"])
        return Aws(region, endpoint=self.box.url, session=session())

    def run(
        self,
        *words: str,
        answers: Sequence[str] | None = None,
        typed: str = "",
        clock: Clock | None = None,
        stdin: TextIO | None = None,
        run_clock: Callable[[], RunClock] = RealClock,
    ) -> CommandResult:
        """`answers` are what a person at a terminal types; without them nobody is there.

        `clock` is for the holds of a command, `run_clock` for the waits of a run.
        """
        if stdin is None:
            stdin = PipeStream(typed) if answers is None else TerminalStream("".join(f"{line}\n" for line in answers))
        out, err = PipeStream(), PipeStream()
        code = run(
            words,
            Terminal(stdin, out, err, self.environ),
            self.connect,
            clock,
            self.dns,
            wall=self.wall,
            network=self.reached,
            run_clock=run_clock,
        )
        return CommandResult(code, out.getvalue(), err.getvalue())
