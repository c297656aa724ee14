"""The collaborators of a lock, as a protocol: the lock does not depend on the manager that creates it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..clock import Clock
from .process_files import ProcessFiles
from .run_store import RunStore


class LockTools(Protocol):
    """The collaborators of a lock. LockManager, which creates locks, has all of them."""

    @property
    def ledger(self) -> RunStore:
        """The store of the run records."""

    @property
    def process_files(self) -> ProcessFiles:
        """The files that show that this process is alive."""

    @property
    def clock(self) -> Clock:
        """The clock for waiting."""

    @property
    def say(self) -> Callable[[str], None]:
        """Shows the user one line."""

    @property
    def wall(self) -> Callable[[], float]:
        """The time of day, in seconds since 1970."""
