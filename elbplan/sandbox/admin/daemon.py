"""The background sandbox: it keeps running after the command that started it. Imports no moto."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ...platforms.file_locks import FileLocks, file_locks
from ...platforms.processes import detached, end, is_alive
from ..domains import registrable
from ..errors import SandboxError
from . import state_file
from .remote import RemoteBox, request
from .state_file import DaemonEntry

MOTO = "5.2.5 or newer"
DEFAULT_SLOW = 3.0
START_TIMEOUT = 20.0
MOTO_MISSING = 3
TOKEN_VARIABLE = "ELBPLAN_SANDBOX_TOKEN"
LOCKS = file_locks()


@dataclass(frozen=True)
class RunningSandbox:
    """A background sandbox that answers."""

    url: str
    pid: int
    slow: float
    started: float
    entry: DaemonEntry

    def box(self) -> RemoteBox:
        return RemoteBox(self.url, self.entry.token)


def install_hint(reason: str) -> str:
    """Returns how to install moto, given the reason why it could not be imported."""
    try:
        problem = f"moto {version('moto')} is installed, and it does not work ({reason})"
    except PackageNotFoundError:
        problem = "it is not installed"
    return f"The sandbox needs moto {MOTO}, but {problem}. Run: pip install 'elbplan[sandbox]'"


def find() -> RunningSandbox | None:
    """Returns the background sandbox if it runs. Removes the state file of one that has ended."""
    entry = state_file.read(state_file.path())
    if entry is None:
        return None
    running = _answers(entry)
    if running is None and not is_alive(entry.pid):
        state_file.remove(state_file.path())
    return running


def _answers(entry: DaemonEntry) -> RunningSandbox | None:
    """Returns the sandbox if it answers: only our sandbox accepts the token and reports this process id."""
    try:
        answer = request(entry.url, "ping", entry.token, timeout=3.0)
    except SandboxError:
        return None
    if not isinstance(answer, dict) or answer.get("sandbox") != "elbplan" or answer.get("pid") != entry.pid:
        return None
    return RunningSandbox(entry.url, entry.pid, float(answer.get("slow", entry.slow)), entry.started, entry)


@contextlib.contextmanager
def _exclusive(locks: FileLocks) -> Iterator[None]:
    """Only one command at a time starts or stops the sandbox: a second start finds the sandbox of the first."""
    folder = state_file.directory()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "sandbox.lock").open("w", encoding="utf-8")
    except OSError as problem:
        reason = f"The sandbox cannot write to {folder}: {problem.strerror}"
        raise SandboxError(f"{reason}. Set ELBPLAN_SANDBOX_DIR to a folder that you may write to") from problem
    with file:
        locks.lock(file.fileno())
        yield


def start(slow: float | None = None, locks: FileLocks = LOCKS) -> RunningSandbox:
    """Returns the running sandbox, or starts one and waits until it answers. `slow` sets the speed in both cases."""
    with _exclusive(locks):
        running = find()
        if running is not None and running.entry.version != state_file.VERSION:
            _end(running)
            running = None
        if running is None:
            return _launch(DEFAULT_SLOW if slow is None else slow)
        if slow is not None and slow != running.slow:
            running.box().switch("slow", slow)
        return running


def _launch(slow: float) -> RunningSandbox:
    target = state_file.path()
    state_file.remove(target)
    log = target.with_suffix(".log")
    command = [sys.executable, "-m", "elbplan.sandbox", "--slow", str(slow), "--ready-file", str(target)]
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*command, "--token-env", TOKEN_VARIABLE, "--idle-hours", "12"],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_environment(),
            **detached(),
        )  # fmt: skip
    return _await(process, target, log)


def _environment() -> dict[str, str]:
    """The environment without AWS_* variables, so that nothing in the sandbox can call the real AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    root = str(Path(__file__).resolve().parents[3])
    paths = [root, *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), TOKEN_VARIABLE: secrets.token_hex(16)}


def _await(process: "subprocess.Popen[bytes]", target: Path, log: Path) -> RunningSandbox:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        entry = state_file.read(target)
        if entry and entry.pid == process.pid and (running := _answers(entry)):
            return running
        code = process.poll()
        if code == MOTO_MISSING:
            raise SandboxError(install_hint(_last_line(log)))
        if code is not None:
            raise SandboxError(f"The sandbox ended at once (exit code {code}): {_last_line(log)}")
        time.sleep(0.05)
    process.terminate()
    raise SandboxError(f"The sandbox did not answer within {START_TIMEOUT:.0f} seconds: {_last_line(log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "its log is empty"


def stop(locks: FileLocks = LOCKS) -> bool:
    """Stops the running sandbox and returns whether one ran. Never ends a process that is not the sandbox."""
    with _exclusive(locks):
        running = find()
        if running is None:
            return False
        _end(running)
        return True


def _end(running: RunningSandbox) -> None:
    with contextlib.suppress(SandboxError):
        request(running.url, "stop", running.entry.token)
    if not has_ended(running.pid, 3.0):
        end(running.pid)
        has_ended(running.pid, 3.0)
    state_file.remove(state_file.path())


def has_ended(pid: int, timeout: float) -> bool:
    """Returns whether the process ends within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def status() -> dict[str, Any]:
    """Returns `running` and, if it runs, url, pid, slow, started (seconds since 1970) and calls."""
    running = find()
    if running is None:
        return {"running": False}
    answer = request(running.url, "ping", running.entry.token)
    return {
        "running": True, "url": running.url, "pid": running.pid, "slow": running.slow,
        "started": running.started, "calls": answer["calls"],
    }  # fmt: skip


def reset() -> bool:
    """Empties the running sandbox and returns whether one ran."""
    running = find()
    if running is None:
        return False
    running.box().reset()
    return True


def create_defaults(running: RunningSandbox, region: str, domains: list[str], account: str = "") -> dict[str, Any]:
    """Creates the default network of a region, and a public zone for each domain without one."""
    zones = [domain for domain in domains if registrable(domain)]
    return running.box().in_account(account).create_defaults(region, hosted_zones=zones)
