"""The time that the checks may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """A clock that does not go back."""

    def now(self) -> float:
        """Seconds since a fixed moment."""


@dataclass(frozen=True)
class Limits:
    """The longest times in seconds: for one connection, for one answer, and for all checks of a stack."""

    connect: float = 5
    answer: float = 8
    whole: float = 25


class Deadline:
    """The end of all checks of a stack."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.now, self.limits = clock.now, limits
        self._began = self.now()

    @property
    def left(self) -> float:
        """The seconds until the end, at least 0."""
        return max(0.0, self._began + self.limits.whole - self.now())

    @property
    def passed(self) -> float:
        """The seconds since the beginning."""
        return self.now() - self._began

    def seconds(self, most: float) -> float:
        """`most`, or fewer if the end is nearer. Raises TimeoutError after the end."""
        if not self.left:
            raise TimeoutError(f"not tried within {self.limits.whole:g} s")
        return min(most, self.left)
