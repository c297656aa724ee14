"""What became of a plan, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..core.address import Address
from ..core.plan import Step

EventKind = Literal["started", "progress", "done", "failed", "skipped"]


@dataclass(frozen=True)
class Event:
    """Something that happened to a step, `seconds` after the run began; `took` seconds for an end.

    judged   the step failed since a gate looked and did not find what it waits for; else AWS or we could not go on
    code   AWS's error code, of a failure that AWS is the reason for
    """

    what: EventKind
    step: Step
    text: str = ""
    hint: str = ""
    seconds: float = 0
    took: float = 0
    judged: bool = False
    code: str = ""


Tell = Callable[[Event], None]


@dataclass
class Outcome:
    """The steps by how they ended. A run that was interrupted has skipped steps and no failed ones.

    lost   why this run had to stop, if it lost its lock: by whom it was taken over
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
        """Everything was done."""
        return not self.failed and not self.skipped
