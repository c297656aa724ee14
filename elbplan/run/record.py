"""What is written down about a run: one small record, as data and as the text that is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

Verb = Literal["apply", "destroy"]
State = Literal["running", "done", "failed", "interrupted", "taken-over", "held", "returned"]

SCHEMA = 1
LONGEST = 400
"""Characters of a text in a record; Parameter Store keeps 4096 bytes for nothing."""


@dataclass(frozen=True)
class Record:
    """One run of one stack.

    number    counts the runs of the stack; a number is never used twice while the stack lives
    run       32 hex digits that no other run has
    who       user@host, for a person
    machine   which start of which machine it runs on, for a program; empty if that cannot be known
    started, beat, ended   seconds since 1970; `ended` is 0 while it runs
    silence   seconds without a heartbeat after which others may take it for dead
    counts    what was planned (create, update, replace, delete) and what came of it (done, failed, skipped)
    takes     the number of the dead run that this one took over from; 0 if none
    note      what a person should know about its end
    file      the migration that was run, and `sha`, the SHA-256 of it as it was then
    at        how many of its steps were done at the end of the run
    way       how it was run: "" step by step, `straight` to its end, `back` to where it began
    modified  when AWS last saw it written, by AWS's own clock; 0 if AWS did not say
    """

    stack: str
    number: int
    run: str
    verb: str
    who: str
    started: float
    beat: float
    state: State = "running"
    pid: int = 0
    machine: str = ""
    ended: float = 0
    silence: float = 90
    counts: Mapping[str, int] = field(default_factory=dict)
    takes: int = 0
    note: str = ""
    version: str = ""
    spec: str = ""
    file: str = ""
    sha: str = ""
    at: int = 0
    way: str = ""
    modified: float = 0

    @property
    def name(self) -> str:
        """What Parameter Store calls it."""
        return f"{path(self.stack)}/{self.number:06d}"

    @property
    def heard(self) -> float:
        """The last sign of life. AWS's clock counts, too: the writer's own may be slow."""
        return max(self.beat, self.modified)

    def silent(self, now: float) -> float:
        """Seconds since the last sign of life; a clock that is ahead of ours has just been heard."""
        return max(0.0, now - self.heard)

    def text(self) -> str:
        """As it is kept."""
        told = {
            "schema": SCHEMA, "run": self.run, "verb": self.verb, "state": self.state, "who": _cut(self.who, 200),
            "pid": self.pid, "machine": self.machine, "started": stamp(self.started), "beat": stamp(self.beat),
            "ended": stamp(self.ended), "silence": self.silence, "counts": dict(self.counts), "takes": self.takes,
            "note": _cut(self.note, LONGEST), "version": self.version, "spec": self.spec,
            "file": self.file, "sha": self.sha, "at": self.at, "way": self.way,
        }  # fmt: skip
        return json.dumps({key: value for key, value in told.items() if value not in ("", 0, {})})


def path(stack: str) -> str:
    """Under which name the runs of a stack are kept."""
    return f"/elbplan/{stack}/runs"


def read(stack: str, name: str, text: str, modified: object = None) -> Record | None:
    """The record behind a parameter; None for a name that is no run's.

    What a later version added is passed over; what cannot be read at all is a run that failed: it counts, and it
    locks nobody out.
    """
    number = name.rpartition("/")[2]
    if not number.isdigit():
        return None
    seen = modified.timestamp() if isinstance(modified, datetime) else 0.0
    try:
        return _record(stack, int(number), json.loads(text), seen)
    except (ValueError, TypeError, AttributeError):
        return Record(stack, int(number), "", "?", "?", seen, seen, "failed", note="this record cannot be read")


def _record(stack: str, number: int, told: dict[str, Any], modified: float) -> Record:
    state: Any = told.get("state")
    if state not in get_args(State):
        raise ValueError(f"no state {state!r}")
    return Record(
        stack, number, str(told.get("run", "")), str(told.get("verb", "?")), str(told.get("who", "?")),
        _seconds(told.get("started")), _seconds(told.get("beat")), state, int(told.get("pid", 0)),
        str(told.get("machine", "")), _seconds(told.get("ended")), float(told.get("silence", 90)),
        {str(key): int(value) for key, value in told.get("counts", {}).items()}, int(told.get("takes", 0)),
        str(told.get("note", "")), str(told.get("version", "")), str(told.get("spec", "")),
        str(told.get("file", "")), str(told.get("sha", "")), int(told.get("at", 0)), str(told.get("way", "")), modified,
    )  # fmt: skip


def stamp(seconds: float) -> str:
    """`2026-11-23T15:03:42.125Z`; empty for 0."""
    if not seconds:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(text: object) -> float:
    return datetime.fromisoformat(str(text)).timestamp() if text else 0.0


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."
