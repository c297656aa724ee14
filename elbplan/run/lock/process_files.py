"""The caller of this run, and a file that shows whether the process is alive: it is locked until the process ends.

If a run was killed on this machine, the next run sees that at once. On any other machine it must watch the record.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...platforms.file_locks import FileLocks, file_locks
from ...platforms.processes import user_id

BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Caller:
    """The user and process of a run. `name` is user@host; `machine` identifies the machine since its last boot."""

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
    except (KeyError, OSError, ImportError):  # the user of a container may have no name
        return f"uid-{user_id()}" if user_id() else "unknown"


def _machine(host: str) -> str:
    """Linux numbers its boots. macOS and Windows do not tell, and the lock of a file ends with a boot anyway."""
    with contextlib.suppress(OSError):
        return BOOT.read_text(encoding="ascii").strip()
    return host


class ProcessFiles:
    """The lock files of the runs of this user on this machine, in one folder."""

    def __init__(self, folder: Path, machine: str, locks: FileLocks | None = None) -> None:
        self._folder = folder
        self._machine = machine
        self._locks = locks or file_locks()
        self._held: dict[str, int] = {}

    def hold(self, run: str) -> None:
        """Locks the file of a run until `release` or the end of the process. Ignores file errors."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self._file(run), os.O_RDWR | os.O_CREAT, 0o600)
            if self._locks.try_lock(file):
                self._held[run] = file
            else:
                os.close(file)

    def release(self, run: str) -> None:
        """Deletes the file: the end of the run is recorded. Windows deletes no open file, so it is closed then."""
        file = self._held.pop(run, None)
        if file is not None:
            self.forget(run)
            os.close(file)
            self.forget(run)

    def abandon(self, run: str) -> None:
        """Unlocks the file and keeps it: the end of the run is not recorded, and the file shows it to the next run."""
        file = self._held.pop(run, None)
        if file is not None:
            os.close(file)

    def is_dead(self, run: str, machine: str) -> bool:
        """True if it is certain that the process of this run has ended.

        That is known only for a run of this machine since its last boot, and only if its file is in this folder. A
        machine that was copied while the run went on has no such file, and another container has another folder.
        """
        if not run.isalnum() or not machine or machine != self._machine or run in self._held:
            return False
        try:
            file = os.open(self._file(run), os.O_RDWR)
        except OSError:
            return False
        try:
            return self._locks.try_lock(file)
        finally:
            os.close(file)

    def forget(self, run: str) -> None:
        """Deletes the file of a run that has ended. Ignores file errors."""
        if run.isalnum():
            with contextlib.suppress(OSError):
                self._file(run).unlink(missing_ok=True)

    def _file(self, run: str) -> Path:
        return self._folder / f"{run}.run"


def folder_of(environ: Mapping[str, str]) -> Path:
    """The folder of the files."""
    base = environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "elbplan" / "runs"
