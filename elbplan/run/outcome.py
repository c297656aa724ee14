"""The outcome of a run: events of its steps, and how each step ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ..core.address import Address
from ..core.cause import Cause
from ..core.plan import Step
from ..errors import Denial

EventKind = Literal["started", "progress", "done", "failed", "skipped"]


@dataclass(frozen=True)
class Event:
    """An event of a step, `seconds` after the run began. At its end, `took` is the duration of the step.

    judged  the step failed because its gate did not pass; False for an error of AWS or elbplan
    code    AWS's error code, if AWS is the reason for the failure
    denied  the permission that is missing, if that is the reason
    causes  why a wait goes on, or why it failed
    usual, gives_up   how long a wait usually takes, and the seconds after which it ends; empty and 0 if unknown
    """

    what: EventKind
    step: Step
    text: str = ""
    hint: str = ""
    seconds: float = 0
    took: float = 0
    judged: bool = False
    code: str = ""
    denied: Denial | None = None
    causes: tuple[Cause, ...] = ()
    usual: str = ""
    gives_up: float = 0


class StepTime(NamedTuple):
    """When a step began, in seconds after the run began, and how long it took."""

    start: float
    seconds: float


Tell = Callable[[Event], None]


@dataclass
class Outcome:
    """The steps by how they ended. An interrupted run has skipped steps, but no failed ones.

    lost   why the run lost its lock and stopped; empty if it did not
    """

    done: list[Step] = field(default_factory=list)
    failed: list[Event] = field(default_factory=list)
    skipped: list[Step] = field(default_factory=list)
    interrupted: bool = False
    lost: str = ""
    seconds: float = 0
    ids: dict[Address, str] = field(default_factory=dict)
    facts: dict[Address, dict[str, str]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """True if every step is done."""
        return not self.failed and not self.skipped
