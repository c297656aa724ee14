"""The sandbox in the background: its account outlives the command that started it. Imports no moto."""

import contextlib
import fcntl
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..domains import registrable
from ..errors import SandboxError
from . import state_file as statefile
from .remote import RemoteBox, request
from .state_file import DaemonEntry

MOTO = "5.2.5 or newer"
DEFAULT_SLOW = 3.0
PATIENCE = 20.0
MOTO_MISSING = 3
TOKEN_VARIABLE = "ELBPLAN_SANDBOX_TOKEN"


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that answered just now."""

    url: str
    pid: int
    slow: float
    started: float
    entry: DaemonEntry

    def box(self) -> RemoteBox:
        return RemoteBox(self.url, self.entry.token)


def install_hint(reason: str) -> str:
    """What to install, given why moto could not be imported: it is not there, or an older one is."""
    try:
        found = f"moto {version('moto')} is installed, and it does not fit ({reason})"
    except PackageNotFoundError:
        found = "it is not installed"
    return f"The sandbox needs moto {MOTO}, but {found}. Run: pip install 'elbplan[sandbox]'"


def find() -> RunningSandbox | None:
    """The sandbox that runs, if one does. A note about one that is gone is swept away."""
    entry = statefile.read(statefile.path())
    if entry is None:
        return None
    running = _answers(entry)
    if running is None and not _alive(entry.pid):
        statefile.remove(statefile.path())
    return running


def _answers(entry: DaemonEntry) -> RunningSandbox | None:
    """Only our sandbox knows the token; its own word says which process it is."""
    try:
        told = request(entry.url, "ping", entry.token, timeout=3.0)
    except SandboxError:
        return None
    if not isinstance(told, dict) or told.get("sandbox") != "elbplan" or told.get("pid") != entry.pid:
        return None
    return RunningSandbox(entry.url, entry.pid, entry.slow, entry.started, entry)


def _alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def _exclusive() -> Iterator[None]:
    """Two starts at once: the second waits and then finds the first one's sandbox."""
    folder = statefile.directory()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "sandbox.lock").open("w")
    except OSError as problem:
        why = f"The sandbox cannot write to {folder}: {problem.strerror}"
        raise SandboxError(f"{why}. Set ELBPLAN_SANDBOX_DIR to a folder that you may write to") from problem
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start(slow: float | None = None) -> RunningSandbox:
    """The sandbox that runs, or a new one, once it answers. `slow` sets the speed (of a running one too)."""
    with _exclusive():
        running = find()
        if running is not None and running.entry.version != statefile.VERSION:
            _end(running)
            running = None
        if running is None:
            return _launch(DEFAULT_SLOW if slow is None else slow)
        if slow is not None and slow != running.slow:
            running.box().switch("slow", slow)
        return running


def _launch(slow: float) -> RunningSandbox:
    target = statefile.path()
    statefile.remove(target)
    log = target.with_suffix(".log")
    command = [sys.executable, "-m", "elbplan.sandbox", "--slow", str(slow), "--ready-file", str(target)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--token-env", TOKEN_VARIABLE, "--idle-hours", "12"],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_environment(),
            start_new_session=True,
        )  # fmt: skip
    return _await(process, target, log)


def _environment() -> dict[str, str]:
    """No AWS_* variable reaches the sandbox: nothing in it could ever call the real one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    root = str(Path(__file__).resolve().parents[3])
    paths = [root, *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), TOKEN_VARIABLE: secrets.token_hex(16)}


def _await(process: "subprocess.Popen[bytes]", target: Path, log: Path) -> RunningSandbox:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        entry = statefile.read(target)
        if entry and entry.pid == process.pid and (running := _answers(entry)):
            return running
        code = process.poll()
        if code == MOTO_MISSING:
            raise SandboxError(install_hint(_last(log)))
        if code is not None:
            raise SandboxError(f"The sandbox ended at once (exit code {code}): {_last(log)}")
        time.sleep(0.05)
    process.terminate()
    raise SandboxError(f"The sandbox did not answer within {PATIENCE:.0f} seconds: {_last(log)}")


def _last(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def stop() -> bool:
    """End the sandbox that runs; whether there was one. Nothing but our own process is ever ended."""
    with _exclusive():
        running = find()
        if running is None:
            return False
        _end(running)
        return True


def _end(running: RunningSandbox) -> None:
    with contextlib.suppress(SandboxError):
        request(running.url, "stop", running.entry.token)
    if not gone(running.pid, 3.0):
        os.kill(running.pid, signal.SIGTERM)
        gone(running.pid, 3.0)
    statefile.remove(statefile.path())


def gone(pid: int, patience: float) -> bool:
    """Whether the process ends within so many seconds."""
    deadline = time.monotonic() + patience
    while _alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def status() -> dict[str, Any]:
    """running, and if so url, pid, slow, started (seconds since 1970), calls."""
    running = find()
    if running is None:
        return {"running": False}
    told = request(running.url, "ping", running.entry.token)
    return {
        "running": True, "url": running.url, "pid": running.pid, "slow": running.slow,
        "started": running.started, "calls": told["calls"],
    }  # fmt: skip


def reset() -> bool:
    """Empty the account of the sandbox that runs; whether there was one."""
    running = find()
    if running is None:
        return False
    running.box().reset()
    return True


def seed(running: RunningSandbox, region: str, domains: list[str]) -> dict[str, Any]:
    """The default network of a region, and a public zone for each domain that no zone covers. Again:
    the same.
    """
    wanted = [domain for domain in domains if registrable(domain)]
    return running.box().seed(region, hosted_zones=wanted)
