"""A Parameter Store in memory, a clock that tests set, and users who want the lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elbplan.core.call import OUTCOME_UNKNOWN, Call
from elbplan.errors import AwsProblem
from elbplan.run.lock.lock import Lock
from elbplan.run.lock.manager import LockManager
from elbplan.run.lock.process_files import Caller, ProcessFiles
from elbplan.run.lock.record import RunRecord
from elbplan.run.lock.run_store import RunStore

STACK = "my-web"


class Time:
    """A time of day, and a clock whose sleep takes no time."""

    def __init__(self) -> None:
        self.hour = 1_800_000_000.0
        self.meanwhile: Callable[[], object] = lambda: None
        """What other runs do during each sleep."""

    def now(self) -> float:
        return self.hour

    def sleep(self, seconds: float) -> None:
        self.hour += seconds
        self.meanwhile()


@dataclass
class Store:
    """Answers SSM calls. `trouble` runs before each call and may raise; `after` runs after each call."""

    kept: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    trouble: Callable[[Call], None] = lambda call: None
    after: Callable[[Call], None] = lambda call: None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def send(self, call: Call) -> Any:
        self.trouble(call)
        with self._lock:
            self.calls.append(call)
            answer = self._answer(call, call.params)
        self.after(call)
        return answer

    def _answer(self, call: Call, params: Mapping[str, Any]) -> Any:
        if call.operation == "GetParametersByPath":
            return {"Parameters": [self._read(name) for name in self.kept if name.startswith(params["Path"] + "/")]}
        if call.operation == "GetParameter":
            assert "ParameterNotFound" in call.done_if
            name = params["Name"]
            return {"Parameter": self._read(name)} if name in self.kept else {}
        return self._put(params) if call.operation == "PutParameter" else self._delete(params["Names"])

    def _put(self, params: Mapping[str, Any]) -> Any:
        assert (params["Type"], params["Tier"], "Tags" in params) == ("String", "Standard", False)
        if params["Name"] in self.kept and not params["Overwrite"]:
            raise AwsProblem("it exists", code="ParameterAlreadyExists")
        self.kept[params["Name"]] = params["Value"]
        self.versions[params["Name"]] = self.versions.get(params["Name"], 0) + 1
        return {"Version": self.versions[params["Name"]]}

    def _read(self, name: str) -> Mapping[str, Any]:
        return {"Name": name, "Value": self.kept[name], "Version": self.versions.get(name, 1)}

    def _delete(self, names: list[str]) -> Any:
        assert 0 < len(names) <= 10
        for name in names:
            self.kept.pop(name, None)
            self.versions.pop(name, None)
        return {}

    @property
    def writes(self) -> list[str]:
        return [call.operation for call in self.calls if not call.operation.startswith("Get")]


def denied(call: Call) -> None:
    raise AwsProblem(f"AWS refused {call.operation}: not authorized\nat all", code="AccessDeniedException")


def losing(operation: str, times: int = 1) -> Callable[[Call], None]:
    """Loses the replies of the first calls of an operation."""
    left = [times]

    def lose(call: Call) -> None:
        if call.operation == operation and left[0]:
            left[0] -= 1
            raise AwsProblem("the answer was lost", code=OUTCOME_UNKNOWN)

    return lose


class LockTest:
    """One store, one clock and several users. Each has a machine, whose time of day is wrong by `skew`."""

    def __init__(self, folder: Path) -> None:
        self.store, self.time, self.folder = Store(), Time(), folder
        self.said: list[str] = []
        self.ledger = RunStore(self.store.send, self.time)

    def lock_manager(
        self, name: str = "ann", *, machine: str = "", lease_seconds: float = 90, skew: float = 0
    ) -> LockManager:
        who = Caller(f"{name}@laptop", 4711, machine or name)
        witness = ProcessFiles(self.folder / name, who.machine)
        wall = lambda: self.time.hour + skew  # noqa: E731
        ledger = RunStore(self.store.send, self.time)
        return LockManager(ledger, who, witness, self.said.append, wall, lease_seconds, self.time, self.time.now)

    @property
    def records(self) -> list[RunRecord]:
        return self.ledger.read(STACK)

    @property
    def states(self) -> list[str]:
        return [record.state for record in self.records]


def take(lock_manager: LockManager, verb: str = "apply", **rest: Any) -> Lock:
    held = lock_manager.take(STACK, verb, **rest)
    assert held is not None
    return held


def beating(lock_test: LockTest, held: Lock, every: float = 20) -> None:
    """A run that is alive: it writes its record every 20 seconds."""
    due = [lock_test.time.hour + every]

    def meanwhile() -> None:
        if lock_test.time.hour >= due[0]:
            due[0] = lock_test.time.hour + every
            held.heartbeat()

    lock_test.time.meanwhile = meanwhile
