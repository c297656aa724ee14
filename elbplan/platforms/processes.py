"""Processes: whether one lives, how one ends, and how one goes on after the command that started it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

WINDOWS = "win32"
DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP = 0x00000008, 0x00000200
"""https://learn.microsoft.com/en-us/windows/win32/procthread/process-creation-flags"""
QUERY_LIMITED_INFORMATION, STILL_ACTIVE = 0x1000, 259
"""https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess"""


def detached(platform: str = sys.platform) -> Mapping[str, Any]:
    """Returns the arguments of Popen for a process that goes on when its parent or the terminal ends."""
    if platform == WINDOWS:
        return {"creationflags": DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def is_alive(pid: int, platform: str = sys.platform, kernel: Any = None) -> bool:
    """True if the process lives. An ended child of this process is removed from the table of processes.

    `kernel` is kernel32 of Windows; None: that of this machine.
    """
    if platform == WINDOWS:
        return _is_alive_on_windows(pid, kernel or _kernel32())
    return _is_alive_on_posix(pid)


def _is_alive_on_posix(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_alive_on_windows(pid: int, kernel: Any) -> bool:
    """Asks Windows for the exit code. There, `os.kill(pid, 0)` would press Ctrl-C in the console."""
    process = kernel.OpenProcess(QUERY_LIMITED_INFORMATION, False, pid)
    if not process:
        return False
    code = bytearray(4)
    known = kernel.GetExitCodeProcess(process, (ctypes.c_char * 4).from_buffer(code))
    kernel.CloseHandle(process)
    return bool(known) and int.from_bytes(code, sys.byteorder) == STILL_ACTIVE


def _kernel32() -> Any:
    return getattr(ctypes, "windll").kernel32  # noqa: B009 only Windows has it, and mypy checks for Linux


def end(pid: int) -> None:
    """Ends a process. It is no error if the process has ended. On Windows it ends at once."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def kill(pid: int) -> None:
    """Ends a process at once, without a chance to clean up."""
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def user_id() -> str:
    """Returns the number of the user; empty on Windows, where users have names only."""
    number = getattr(os, "getuid", None)
    return str(number()) if number else ""
