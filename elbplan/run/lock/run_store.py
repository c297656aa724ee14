"""The runs of a stack, one numbered parameter each, in SSM Parameter Store (standard tier: free).

Creating a parameter without overwriting is atomic: of two who create the next number, one is refused. So the list of
runs is the lock at the same time. Numbers are not used twice, and every number is a fencing token: whoever finds a
number after its own has been taken over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...core.call import Call, single_call
from ...errors import AwsProblem
from ...live.errors import UNKNOWN
from ..clock import Clock
from ..program import Send, run_program
from .record import RunRecord, runs_path
from .record_parser import read

KEPT = 20
"""Records of a stack that stay when a run ends."""

BATCH = 10
"""DeleteParameters takes no more names."""

EXISTS = "ParameterAlreadyExists"
PASSING = ("TooManyUpdates", "InternalServerError", "InternalFailure", "ServiceUnavailable", UNKNOWN)
"""What passes by itself. TooManyUpdates is SSM's answer to two who write one parameter at the same moment, and to one
who writes a name again that was deleted less than 30 seconds ago."""

PATIENCE, HURRY = 45.0, 4.0
"""Seconds for which a call is tried again; and those of a run that asks for its own lock, and will ask again."""


class RunStore:
    """Reads and writes records. Every method raises AwsProblem when Parameter Store does not answer."""

    def __init__(self, send: Send, clock: Clock, patience: float = PATIENCE) -> None:
        self._send = send
        self._clock = clock
        self._patience = patience

    def in_a_hurry(self) -> RunStore:
        """The same, for who had better hear soon that Parameter Store does not answer."""
        return RunStore(self._send, self._clock, HURRY)

    def read(self, stack: str) -> list[RunRecord]:
        """All that is kept of a stack, the oldest first. What was written in the last second may be missing."""
        answer = self._ask("GetParametersByPath", {"Path": runs_path(stack), "Recursive": False})
        found = [_parsed(stack, raw) for raw in answer.get("Parameters", ())]
        return sorted((record for record in found if record), key=lambda record: record.number)

    def get(self, stack: str, number: int) -> RunRecord | None:
        """One record, as it is now."""
        name = f"{runs_path(stack)}/{number:06d}"
        answer = self._ask("GetParameter", {"Name": name}, done_if=("ParameterNotFound",))
        return _parsed(stack, answer["Parameter"]) if answer else None

    def create(self, record: RunRecord) -> RunRecord | None:
        """The record that now stands under this number: this one, or that of somebody who was faster.

        None if nothing stands there after all. A reply that was lost, and the refusal that its repetition then meets,
        are told from a lost race by the run's id.
        """
        try:
            self._ask("PutParameter", {**_wanted(record), "Overwrite": False})
        except AwsProblem as problem:
            if problem.code not in (EXISTS, UNKNOWN):
                raise
            return self.get(record.stack, record.number)
        return record

    def write(self, record: RunRecord) -> int:
        """Overwrite a record; how often it has been written now (1: it was gone), 0 if SSM does not say."""
        answer = self._ask("PutParameter", {**_wanted(record), "Overwrite": True})
        version = answer.get("Version")
        return version if isinstance(version, int) else 0

    def delete(self, stack: str, numbers: Sequence[int]) -> None:
        """These are forgotten, in this order; one that is gone already is no problem."""
        names = [f"{runs_path(stack)}/{number:06d}" for number in numbers]
        for start in range(0, len(names), BATCH):
            self._ask("DeleteParameters", {"Names": names[start : start + BATCH]})

    def _ask(self, operation: str, params: dict[str, Any], done_if: tuple[str, ...] = ()) -> Any:
        """`once`, so that an endpoint nobody can reach costs seconds and not botocore's 25 tries."""
        call = Call("ssm", operation, params, done_if=done_if, retry_on=PASSING, timeout=self._patience, no_retry=True)
        return run_program(single_call(call), self._send, self._clock)


def _wanted(record: RunRecord) -> dict[str, Any]:
    """No tags: PutParameter does not take them together with Overwrite, and the name says whose it is."""
    return {"Name": record.name, "Value": record.text(), "Type": "String", "Tier": "Standard"}


def _parsed(stack: str, raw: dict[str, Any]) -> RunRecord | None:
    return read(stack, raw["Name"], raw["Value"], raw.get("LastModifiedDate"), raw.get("Version", 0))


def closed(record: RunRecord, now: float, state: Any, note: str = "") -> RunRecord:
    """The record of a run that has ended."""
    return replace(record, state=state, ended=now, note=note or record.note)
