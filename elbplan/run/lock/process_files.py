"""Who is running this, and a file that proves it: held locked while the process lives, free the moment it dies.

With it a run that was killed on this very machine need not be waited for. Everywhere else its record is watched.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Caller:
    """user@host for a person; `machine` for a program: a machine between two of its starts."""

    name: str
    pid: int
    machine: str

    @classmethod
    def here(cls) -> Caller:
        """This process."""
        host = socket.gethostname() or "unknown"
        return cls(f"{_user()}@{host}", os.getpid(), _machine(host))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid-{os.getuid()}" if hasattr(os, "getuid") else "unknown"


def _machine(host: str) -> str:
    with contextlib.suppress(OSError):
        return BOOT.read_text().strip()
    return host


class ProcessFiles:
    """The locked files of the runs of this machine and user, in one folder."""

    def __init__(self, folder: Path, machine: str) -> None:
        self._folder = folder
        self._machine = machine
        self._held: dict[str, int] = {}

    def hold(self, run: str) -> None:
        """From now until `release`, or the end of the process. Where no file can be written there is no witness."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self._file(run), os.O_RDWR | os.O_CREAT, 0o600)
            if _locked(file):
                self._held[run] = file
            else:
                os.close(file)

    def release(self, run: str) -> None:
        """The run has ended well."""
        file = self._held.pop(run, None)
        if file is not None:
            with contextlib.suppress(OSError):
                self._file(run).unlink(missing_ok=True)
            os.close(file)

    def abandon(self, run: str) -> None:
        """The run is over, and that could not be written down: its file stays, unlocked, and says so to the next."""
        file = self._held.pop(run, None)
        if file is not None:
            os.close(file)

    def is_dead(self, run: str, machine: str) -> bool:
        """Is it certain that this run's process is gone?

        Only for a run of this machine since its last start, whose file lies here: a machine that was copied while it
        ran has no such file, and in another container there is another folder.
        """
        if not run.isalnum() or not machine or machine != self._machine or run in self._held:
            return False
        try:
            file = os.open(self._file(run), os.O_RDWR)
        except OSError:
            return False
        try:
            return _locked(file)
        finally:
            os.close(file)

    def forget(self, run: str) -> None:
        """The file of a dead run is of no more use."""
        if run.isalnum():
            with contextlib.suppress(OSError):
                self._file(run).unlink(missing_ok=True)

    def _file(self, run: str) -> Path:
        return self._folder / f"{run}.run"


def folder_of(environ: Mapping[str, str]) -> Path:
    """Where the files lie."""
    base = environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "elbplan" / "runs"


def _locked(file: int) -> bool:
    """Did we get the lock of an open file?"""
    if sys.platform == "win32":
        return False

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
