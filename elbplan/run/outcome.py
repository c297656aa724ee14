"""What became of a plan, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..core.address import Address
from ..core.plan import Step

Happening = Literal["started", "progress", "done", "failed", "skipped"]


@dataclass(frozen=True)
class Event:
    """Something that happened to a step, `seconds` after the run began; `took` seconds for an end.

    code   AWS's error code, of a failure that AWS is the reason for
    """

    what: Happening
    step: Step
    text: str = ""
    hint: str = ""
    seconds: float = 0
    took: float = 0
    code: str = ""


Tell = Callable[[Event], None]


@dataclass
class Outcome:
    """The steps by how they ended. A run that was interrupted has skipped steps and no failed ones.

    lost   who took the lock from this run, if somebody did
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
    def whole(self) -> bool:
        """Everything was done."""
        return not self.failed and not self.skipped
