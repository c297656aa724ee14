"""Locks and processes on a platform without fcntl, and the simulator with its locks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.platforms.file_locks import FileLocks, PosixLocks, WindowsLocks, file_locks
from elbplan.platforms.processes import detached, end, is_alive, user_id
from elbplan.run.lock.process_files import ProcessFiles
from elbplan.sandbox.admin import daemon

from .kit import ALIVE, Kernel, Msvcrt, without_fcntl

LOCKS = {"this machine": file_locks(), "no fcntl": file_locks(without_fcntl(Msvcrt()))}


def test_without_fcntl_the_locks_are_those_of_windows() -> None:
    assert isinstance(LOCKS["no fcntl"], WindowsLocks)
    assert isinstance(LOCKS["this machine"], PosixLocks)


@pytest.fixture(params=LOCKS)
def locks(request: pytest.FixtureRequest) -> FileLocks:
    return LOCKS[request.param]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    number = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    yield number
    os.close(number)


def test_one_descriptor_has_the_lock_until_it_is_closed(locks: FileLocks, file: int, tmp_path: Path) -> None:
    other = os.open(tmp_path / "lock", os.O_RDWR)
    assert (locks.try_lock(file), locks.try_lock(other)) == (True, False)
    os.close(other)
    third = os.open(tmp_path / "lock", os.O_RDWR)
    assert not locks.try_lock(third)
    os.close(third)


def test_waiting_tries_until_the_lock_is_free(file: int, tmp_path: Path) -> None:
    other = os.open(tmp_path / "lock", os.O_RDWR)
    assert file_locks().try_lock(other)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            os.close(other)

    msvcrt = Msvcrt()
    WindowsLocks(msvcrt, sleep).lock(file)
    assert (len(waits), msvcrt.calls) == (3, 4)


def test_the_files_of_a_run_show_whether_it_lives(locks: FileLocks, tmp_path: Path) -> None:
    mine, others = ProcessFiles(tmp_path, "m1", locks), ProcessFiles(tmp_path, "m1", locks)
    mine.hold("run1")
    assert not others.is_dead("run1", "m1")
    mine.abandon("run1")
    assert others.is_dead("run1", "m1")
    mine.hold("run2")
    mine.release("run2")
    assert [path.name for path in tmp_path.iterdir()] == ["run1.run"]


def test_the_simulator_starts_once_and_stops(locks: FileLocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELBPLAN_SANDBOX_DIR", str(tmp_path))
    first = daemon.start(0, locks)
    try:
        assert daemon.start(0, locks).pid == first.pid
    finally:
        assert daemon.stop(locks)
    assert not is_alive(first.pid)


def test_a_process_lives_until_it_ends() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert is_alive(process.pid)
    end(process.pid)
    process.wait(10)
    assert not is_alive(process.pid)
    end(process.pid)


def test_windows_tells_by_the_exit_code_whether_a_process_lives() -> None:
    kernel = Kernel({11: ALIVE, 12: 0})
    assert [is_alive(pid, "win32", kernel) for pid in (11, 12, 13)] == [True, False, False]
    assert kernel.closed == [11, 12]


def test_a_detached_process_has_its_own_session_or_no_console() -> None:
    assert detached("linux") == detached("darwin") == {"start_new_session": True}
    assert detached("win32") == {"creationflags": 0x8 | 0x200}
    assert user_id() == str(os.getuid())
