"""The records of the runs of a stack in SSM Parameter Store (standard tier: free), one numbered parameter each.

To create a parameter without overwriting is atomic: if two runs create the next number, AWS refuses one of them. So the
list of runs is also the lock. No number is used twice, and every number is a fencing token: if a run finds a number
after its own, another run has taken over.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...core.call import OUTCOME_UNKNOWN, Call, GateStatus, single_call
from ...core.permission import Permission, Verb, arn
from ...errors import AwsProblem
from ...kinds.aws.inventory import inventory_path
from ...kinds.aws.parameter_store import PASSING, PATIENCE
from ...kinds.aws.replaced_records import replaced_path
from ...live.tries import FailedTry, tell
from ..clock import Clock
from ..program import Send, run_program
from .record import RunRecord, RunState, runs_path
from .record_parser import read

KEPT = 20
"""How many records of a stack elbplan keeps when a run ends."""

BATCH = 10
"""DeleteParameters accepts at most so many names."""

NO_LOCK = "takes no lock, so two runs at once are not guarded, and keeps no record of the run"
OF_STACK = (arn("ssm", "parameter/elbplan/{stack}/*"),)
WRITING: tuple[Verb, ...] = ("create", "update", "delete")

PERMISSIONS = (
    Permission("ssm:GetParametersByPath", ("read",), OF_STACK, always=True, without_it="does not know the last runs"),
    *(
        Permission(action, WRITING, OF_STACK, always=True, without_it=NO_LOCK)
        for action in ("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameters")
    ),
)

EXISTS = "ParameterAlreadyExists"
HURRY = 4.0
"""Seconds for which a run that renews its own lock retries a call: it asks again anyway."""


class RunStore:
    """Reads and writes records. Every method raises AwsProblem if Parameter Store does not answer."""

    def __init__(self, send: Send, clock: Clock, patience: float = PATIENCE) -> None:
        self._send = send
        self._clock = clock
        self._patience = patience

    def in_a_hurry(self) -> RunStore:
        """The same store, but it gives up soon if Parameter Store does not answer."""
        return RunStore(self._send, self._clock, HURRY)

    def read(self, stack: str) -> list[RunRecord]:
        """All records of a stack, oldest first. A record of the last second may be missing."""
        return _records(stack, self._ask("GetParametersByPath", _path(stack)))

    def read_for_display(self, stack: str) -> list[RunRecord]:
        """The same for a screen, which no lock depends on: gives up like every other read."""
        answer = self._send(Call("ssm", "GetParametersByPath", _path(stack)))
        return _records(stack, answer)

    def get(self, stack: str, number: int) -> RunRecord | None:
        """The current record with this number."""
        name = f"{runs_path(stack)}/{number:06d}"
        answer = self._ask("GetParameter", {"Name": name}, done_if=("ParameterNotFound",))
        return _parsed(stack, answer["Parameter"]) if answer else None

    def create(self, record: RunRecord) -> RunRecord | None:
        """Creates the record. Returns the record that now has this number: this one, or that of a faster run.

        None if there is no record after all. If a reply was lost, its retry is refused like a lost race. The id of the
        run shows which of the two it was.
        """
        try:
            self._ask("PutParameter", {**_parameter(record), "Overwrite": False})
        except AwsProblem as problem:
            if problem.code not in (EXISTS, OUTCOME_UNKNOWN):
                raise
            return self.get(record.stack, record.number)
        return record

    def write(self, record: RunRecord) -> int:
        """Overwrites a record. Returns how often it was written (1: it did not exist), 0 if SSM does not say."""
        answer = self._ask("PutParameter", {**_parameter(record), "Overwrite": True})
        version = answer.get("Version")
        return version if isinstance(version, int) else 0

    def forget_replaced(self, stack: str) -> None:
        """Deletes what elbplan keeps of the DNS records that the stack replaced."""
        answer = self._ask("GetParametersByPath", {"Path": replaced_path(stack), "Recursive": True})
        self._delete([parameter["Name"] for parameter in answer.get("Parameters", ())])

    def delete(self, stack: str, numbers: Sequence[int]) -> None:
        """Deletes the records with these numbers, in this order. Ignores a record that does not exist."""
        self._delete([f"{runs_path(stack)}/{number:06d}" for number in numbers])

    def _delete(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), BATCH):
            self._ask("DeleteParameters", {"Names": names[start : start + BATCH]})

    def delete_inventory(self, stack: str) -> None:
        """Deletes the inventory of a stack, if it has one."""
        self._ask("DeleteParameters", {"Names": [inventory_path(stack)]})

    def _ask(self, operation: str, params: dict[str, Any], done_if: tuple[str, ...] = ()) -> Any:
        """Sends a call with `no_retry`: botocore would try an endpoint that cannot be reached 25 times."""
        call = Call("ssm", operation, params, done_if=done_if, retry_on=PASSING, timeout=self._patience, no_retry=True)
        number = itertools.count(1)

        def again(status: GateStatus) -> None:
            tell(FailedTry("ssm", operation, status.saw, next(number)))

        answer = run_program(single_call(call), self._send, self._clock, progress=again)
        tell(FailedTry("ssm", operation, "", next(number), over=True))
        return answer


def _path(stack: str) -> dict[str, Any]:
    return {"Path": runs_path(stack), "Recursive": False}


def _records(stack: str, answer: Any) -> list[RunRecord]:
    records = [_parsed(stack, parameter) for parameter in answer.get("Parameters", ())]
    return sorted((record for record in records if record), key=lambda record: record.number)


def _parameter(record: RunRecord) -> dict[str, Any]:
    """The parameter of a record. It has no tags, because PutParameter refuses tags together with Overwrite."""
    return {"Name": record.name, "Value": record.text(), "Type": "String", "Tier": "Standard"}


def _parsed(stack: str, parameter: dict[str, Any]) -> RunRecord | None:
    modified, version = parameter.get("LastModifiedDate"), parameter.get("Version", 0)
    return read(stack, parameter["Name"], parameter["Value"], modified, version)


def closed(record: RunRecord, now: float, state: RunState, note: str = "") -> RunRecord:
    """The record at the end of its run."""
    return replace(record, state=state, ended=now, note=note or record.note)
