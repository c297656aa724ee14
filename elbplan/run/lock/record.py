"""What is written down about a run: one small record, as data and as the text that is kept; see record_text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

RunState = Literal["running", "done", "failed", "interrupted", "taken-over", "held", "rolled-back", "unknown"]

UNKNOWN_STATE: RunState = "unknown"
"""Of a record that cannot be understood. It is never written."""

SCHEMA = 1
LONGEST = 400
"""Characters of a text in a record; Parameter Store keeps 4096 bytes for nothing."""


@dataclass(frozen=True)
class RunRecord:
    """One run of one stack.

    number    counts the runs of the stack; a number is never used twice while the stack lives
    run       32 hex digits that no other run has
    who       user@host, for a person
    machine   which start of which machine it runs on, for a program; empty if that cannot be known
    started, renewed, ended   seconds since 1970; `ended` is 0 while it runs
    lease_seconds   for how many seconds its record must stand still before others may take it for dead
    counts    what was planned (create, update, replace, delete) and what came of it (done, failed, skipped)
    takes     the number of the dead run that this one took over from; 0 if none
    note      what a person should know about its end
    file      the migration that was run, and `sha`, the SHA-256 of it as it was then
    at        how many of its steps were done at the end of the run
    mode       how it was run: "" step by step, `direct` to its end, `rollback` to where it began
    modified  when it was last written, by AWS's own clock; for people, never compared with a clock of ours
    parameter_version   how often it was written, as SSM counts; 0 if SSM did not say
    """

    stack: str
    number: int
    run: str
    verb: str
    who: str
    started: float
    renewed: float
    state: RunState = "running"
    pid: int = 0
    machine: str = ""
    ended: float = 0
    lease_seconds: float = 90
    counts: Mapping[str, int] = field(default_factory=dict)
    takes: int = 0
    note: str = ""
    version: str = ""
    spec: str = ""
    file: str = ""
    sha: str = ""
    at: int = 0
    mode: str = ""
    modified: float = 0
    parameter_version: int = 0

    @property
    def name(self) -> str:
        """What Parameter Store calls it."""
        return f"{runs_path(self.stack)}/{self.number:06d}"

    @property
    def holds(self) -> bool:
        """Is this the record of a run that has the lock: one that goes on, or one that nobody can understand?"""
        return self.state in ("running", UNKNOWN_STATE)

    def moved(self, since: RunRecord) -> bool:
        """Was it written since it looked like this? AWS's dates are left out: no clock decides here."""
        return replace(self, modified=0) != replace(since, modified=0)

    def text(self) -> str:
        """As it is kept."""
        told = {
            "schema": SCHEMA, "run": self.run, "verb": self.verb, "state": self.state, "who": _cut(self.who, 200),
            "pid": self.pid, "machine": self.machine, "started": time_text(self.started),
            "renewed": time_text(self.renewed),
            "ended": time_text(self.ended), "lease_seconds": self.lease_seconds, "counts": dict(self.counts),
            "takes": self.takes, "note": _cut(self.note, LONGEST), "version": self.version, "spec": self.spec,
            "file": self.file, "sha": self.sha, "at": self.at, "mode": self.mode,
        }  # fmt: skip
        return json.dumps({key: value for key, value in told.items() if value not in ("", 0, {})})


def runs_path(stack: str) -> str:
    """Under which name the runs of a stack are kept."""
    return f"/elbplan/{stack}/runs"


def time_text(seconds: float) -> str:
    """`2026-11-23T15:03:42.125Z`; empty for 0."""
    if not seconds:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."
