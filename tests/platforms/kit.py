"""Windows' modules as far as elbplan uses them, on top of what this machine has."""

from __future__ import annotations

import fcntl
from types import ModuleType
from typing import Any

from elbplan.platforms.processes import STILL_ACTIVE


class Msvcrt:
    """The module `msvcrt`: `locking` locks bytes, and fails if another descriptor has them."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        self.calls = 0

    def locking(self, file: int, mode: int, count: int) -> None:
        assert (mode, count) == (self.LK_NBLCK, 1)
        self.calls += 1
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def without_fcntl(msvcrt: Any) -> Any:
    """Imports modules as Windows does: there is no fcntl."""

    def load(name: str) -> ModuleType:
        if name == "msvcrt":
            return msvcrt  # type: ignore[no-any-return]
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    return load


class Kernel:
    """The functions of kernel32 about processes: exit codes by process id, STILL_ACTIVE for one that lives."""

    def __init__(self, codes: dict[int, int]) -> None:
        self.codes = codes
        self.closed: list[int] = []

    def OpenProcess(self, access: int, inherit: bool, pid: int) -> int:  # noqa: N802
        assert (access, inherit) == (0x1000, False)
        return pid if pid in self.codes else 0

    def GetExitCodeProcess(self, process: int, code: Any) -> int:  # noqa: N802
        code[:] = self.codes[process].to_bytes(4, "little")
        return 1

    def CloseHandle(self, process: int) -> int:  # noqa: N802
        self.closed.append(process)
        return 1


ALIVE = STILL_ACTIVE
