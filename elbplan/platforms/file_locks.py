"""Locks of open files. The operating system releases a lock when the process ends, however it ends.

Linux and macOS have `flock` (https://man7.org/linux/man-pages/man2/flock.2.html), Windows has `locking`, which locks
bytes (https://learn.microsoft.com/en-us/cpp/c-runtime-library/reference/locking).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

RETRY_SECONDS = 0.05


class FileLocks(Protocol):
    """The locks of a platform. `file` is the descriptor of an open file."""

    def try_lock(self, file: int) -> bool:
        """Locks the file until it is closed, and returns True; False if another process or descriptor has the lock."""

    def lock(self, file: int) -> None:
        """Waits until it can lock the file, and locks it until it is closed."""


class PosixLocks:
    """Locks with the module `fcntl`."""

    def __init__(self, fcntl: Any) -> None:
        self._fcntl = fcntl

    def try_lock(self, file: int) -> bool:
        """True if this descriptor now has the lock."""
        try:
            self._fcntl.flock(file, self._fcntl.LOCK_EX | self._fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def lock(self, file: int) -> None:
        """Waits for the lock."""
        self._fcntl.flock(file, self._fcntl.LOCK_EX)


class WindowsLocks:
    """Locks of the first byte with the module `msvcrt`. Windows also locks a byte that the file does not have."""

    def __init__(self, msvcrt: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self._msvcrt = msvcrt
        self._sleep = sleep

    def try_lock(self, file: int) -> bool:
        """True if this descriptor now has the lock."""
        os.lseek(file, 0, os.SEEK_SET)
        try:
            self._msvcrt.locking(file, self._msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def lock(self, file: int) -> None:
        """Waits for the lock. Windows' own waiting ends with an error after ten seconds."""
        while not self.try_lock(file):
            self._sleep(RETRY_SECONDS)


def file_locks(load: Callable[[str], Any] = import_module) -> FileLocks:
    """Returns the locks of this platform. `load` imports a module by its name, or raises ImportError."""
    try:
        return PosixLocks(load("fcntl"))
    except ImportError:
        return WindowsLocks(load("msvcrt"))
