"""Runs elbplan as a user does: the command line in a process of its own, with its JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

Event = dict[str, Any]
Watch = Callable[[Event], int | None]
"""Is called with each JSON line as it comes. If it returns a signal, the command gets the signal."""

LOOK_SECONDS = 0.02
PATIENCE = 120.0
"""Seconds that a command gets to end after Ctrl-C."""


class Process(Protocol):
    """A running command."""

    def poll(self) -> int | None: ...
    def send_signal(self, number: int) -> None: ...


Launch = Callable[[Sequence[str], Path, Path, Path], Process]
"""Starts elbplan with these words, in this folder, with files for stdout and stderr."""


def launch(words: Sequence[str], folder: Path, out: Path, err: Path) -> Process:
    """Starts elbplan in a process group of its own: Ctrl-C reaches only the suite, which then ends the command."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    with out.open("wb") as stdout, err.open("wb") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "elbplan", *words], cwd=folder, env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True,
        )  # fmt: skip


@dataclass(frozen=True)
class CommandResult:
    """What a command left: its exit code (negative: a signal ended it), output and duration."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str
    seconds: float

    @property
    def document(self) -> Event:
        """The one JSON document of `plan` or `status`."""
        parsed: Event = json.loads(self.out)
        return parsed

    @property
    def events(self) -> list[Event]:
        """The JSON lines of `apply` or `destroy`. A killed command can leave half a line."""
        return [event for line in self.out.splitlines() if (event := _parsed(line)) is not None]

    @property
    def words_of_failure(self) -> str:
        """The errors of a command, in one line."""
        failed = [f"{event['step']['id']}: {event.get('text', '')}" for event in self.events if _failed(event)]
        return "; ".join([*failed, " ".join(self.err.split())])[:600]


def _failed(event: Event) -> bool:
    return event.get("type") == "failed"


def _parsed(line: str) -> Event | None:
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


@dataclass(frozen=True)
class Wait:
    """How long AWS took for something that elbplan waited for. `number` counts the commands of the run."""

    number: int
    command: str
    step: str
    seconds: float


@dataclass
class Elbplan:
    """Runs commands on one spec, in one folder."""

    folder: Path
    stack: str
    launch: Launch = launch
    waits: list[Wait] = field(default_factory=list)
    results: list[CommandResult] = field(default_factory=list)
    current: Process | None = None

    @property
    def spec(self) -> Path:
        return self.folder / f"{self.stack}.yaml"

    def write(self, spec: str) -> None:
        """Writes the spec that the next commands use."""
        self.spec.write_text(spec, encoding="utf-8")

    def run(self, command: str, *words: str, watch: Watch | None = None) -> CommandResult:
        """Runs a command to its end, or until `watch` ends it."""
        number, started = len(self.results) + 1, time.monotonic()
        out, err = self.folder / f"{number:02}.out", self.folder / f"{number:02}.err"
        out.touch()
        full = (command, "--json", *words, self.spec.name)
        self.current = self.launch(full, self.folder, out, err)
        code = self._follow(self.current, out, watch)
        self.current = None
        took = time.monotonic() - started
        result = CommandResult(full, code, out.read_text(), err.read_text() if err.exists() else "", took)
        self.results.append(result)
        self.waits += _waits(number, " ".join((command, *words)), result.events)
        return result

    def _follow(self, process: Process, out: Path, watch: Watch | None) -> int:
        lines = _new_lines(out)
        while True:
            code = process.poll()
            for event in next(lines):
                number = watch(event) if watch else None
                if number and process.poll() is None:
                    process.send_signal(number)
            if code is not None:
                return code
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Ends the running command, as Ctrl-C does; if it does not end, with SIGKILL."""
        if self.current is None or self.current.poll() is not None:
            return
        self.current.send_signal(signal.SIGINT)
        end = time.monotonic() + PATIENCE
        while self.current.poll() is None and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
        if self.current.poll() is None:
            self.current.send_signal(signal.SIGKILL)


def _new_lines(file: Path) -> Iterator[list[Event]]:
    """Yields the complete JSON lines that came since the last look."""
    rest = ""
    with file.open(encoding="utf-8") as reader:
        while True:
            *lines, rest = (rest + reader.read()).split("\n")
            yield [event for line in lines if (event := _parsed(line)) is not None]


def _waits(number: int, command: str, events: Sequence[Event]) -> Iterator[Wait]:
    for event in events:
        if event.get("type") == "done" and event["step"]["do"] == "wait":
            yield Wait(number, command, event["step"]["id"], event["took"])


def at_wait(kind: str, number: int) -> Watch:
    """Sends a signal when the wait for a resource of this kind starts."""
    return lambda event: number if event["type"] == "started" and is_wait(kind, event) else None


def is_wait(kind: str, event: Event) -> bool:
    """True for an event of a wait for a resource of this kind."""
    return str(event["step"]["id"]).startswith(f"wait {kind}.")
