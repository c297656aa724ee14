"""The record of a run, as data and as the text that Parameter Store keeps; record_parser reads the text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ...core.utc import time_text
from ...kinds.aws.parameter_store import LARGEST_VALUE

RunState = Literal["running", "done", "failed", "interrupted", "taken-over", "held", "rolled-back", "unknown"]

UNKNOWN_STATE: RunState = "unknown"
"""The state of a record that cannot be read. elbplan never writes it."""

SCHEMA = 1
LONGEST, MOST_OF_REPLACED, MARGIN = 400, 1200, 60
"""Most characters of a text in a record, and of all replaced DNS records; characters that stay free."""


@dataclass(frozen=True)
class RunStep:
    """The end of a step: when it started, in seconds after the run, how long it took, and why it failed, if it did."""

    id: str
    start: float
    took: float
    failure: str = ""


@dataclass(frozen=True)
class RunRecord:
    """One run of one stack.

    number    counts the runs of the stack; no number is used twice while the stack exists
    run       32 hex digits that no other run has
    who       user@host, for people
    machine   identifies the machine since its last boot; empty if unknown
    started, renewed, ended   seconds since 1970; `ended` is 0 while the run goes on
    lease_seconds   others may take over when the record has not changed for so many seconds
    replaced  the DNS records that the run replaced, by the address of the record that replaced them
    counts    the planned changes (create, update, replace, delete) and the result (done, failed, skipped)
    takes     the number of the dead run that this run took over from; 0 if none
    note      a message about the end of the run, for people
    file      the migration of the run; `sha` is the SHA-256 of its file at that time
    at        how many of its steps were done at the end of the run
    mode      "" step by step, `direct` to its end, `rollback` to its start
    steps     the steps that ended, oldest first; the record of a long run has only the newest
    modified  the time of the last write by AWS's clock; for people, never compared with a clock of this machine
    parameter_version   how often SSM says that the record was written; 0 if SSM does not say
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
    replaced: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[RunStep] = ()

    @property
    def name(self) -> str:
        """The name of the parameter."""
        return f"{runs_path(self.stack)}/{self.number:06d}"

    @property
    def holds(self) -> bool:
        """True if the run has the lock: it is running, or its record cannot be read."""
        return self.state in ("running", UNKNOWN_STATE)

    def moved(self, since: RunRecord) -> bool:
        """True if the record was written since then. Ignores AWS's dates, because clocks may differ."""
        return replace(self, modified=0) != replace(since, modified=0)

    def text(self) -> str:
        """The text that Parameter Store keeps."""
        fields = {
            "schema": SCHEMA, "run": self.run, "verb": self.verb, "state": self.state, "who": _cut(self.who, 200),
            "pid": self.pid, "machine": self.machine, "started": time_text(self.started),
            "renewed": time_text(self.renewed),
            "ended": time_text(self.ended), "lease_seconds": self.lease_seconds, "counts": dict(self.counts),
            "takes": self.takes, "note": _cut(self.note, LONGEST), "version": self.version, "spec": self.spec,
            "file": self.file, "sha": self.sha, "at": self.at, "mode": self.mode,
        }  # fmt: skip
        fields = {key: value for key, value in fields.items() if value not in ("", 0, {})}
        replaced = shortened(self.replaced, min(MOST_OF_REPLACED, LARGEST_VALUE - len(json.dumps(fields)) - MARGIN))
        fields |= {"replaced": replaced} if replaced else {}
        steps = step_rows(self.steps, LARGEST_VALUE - len(json.dumps(fields)) - MARGIN)
        return json.dumps(fields | ({"steps": steps} if steps else {}))


def shortened(replaced: Mapping[str, str], most: int) -> dict[str, str]:
    """As many of the replaced DNS records as fit into so many characters, and how many more there are."""
    kept: dict[str, str] = {}
    for address, text in replaced.items():
        short = {address: _cut(text, LONGEST // 2)}
        if len(json.dumps({**kept, **short})) > most:
            return {**kept, "...": f"{len(replaced) - len(kept)} more"}
        kept |= short
    return kept


def step_rows(steps: Sequence[RunStep], room: int) -> list[list[Any]]:
    """The newest steps that fit into so many characters of JSON: `[start, took, id]`, and why the step failed."""
    rows: list[list[Any]] = []
    for step in reversed(steps):
        row = [round(step.start, 1), round(step.took, 1), step.id, *([step.failure] if step.failure else [])]
        room -= len(json.dumps(row)) + len(", ")
        if room < 0:
            break
        rows.insert(0, row)
    return rows


def runs_path(stack: str) -> str:
    """The path of the parameters with the runs of a stack."""
    return f"/elbplan/{stack}/runs"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."
