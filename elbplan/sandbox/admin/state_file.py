"""Where the background sandbox is noted: one small file, for its owner only, written in one go."""

import json
import os
import re
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

VERSION = 1
LOCAL_URL = re.compile(r"http://127\.0\.0\.1:\d{1,5}")
"""A sandbox listens on this machine only; a note that says something else is not ours."""


@dataclass(frozen=True)
class DaemonEntry:
    pid: int
    url: str
    token: str = field(repr=False)
    slow: float = 0.0
    started: float = field(default_factory=time.time)
    version: int = VERSION


def directory() -> Path:
    if chosen := os.environ.get("ELBPLAN_SANDBOX_DIR"):
        return Path(chosen)
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "elbplan"


def path() -> Path:
    return directory() / "sandbox.json"


def write(to: str | Path, entry: DaemonEntry) -> None:
    """All of it or none of it, readable by its owner only."""
    target = Path(to)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".sandbox-")
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(entry), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, target)


def read(of: Path) -> DaemonEntry | None:
    """What stands there, or nothing when it is missing, broken, or not about a sandbox on this machine."""
    try:
        found = DaemonEntry(**json.loads(of.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    texts = all(isinstance(value, str) for value in (found.url, found.token))
    numbers = all(isinstance(value, int | float) for value in (found.slow, found.started))
    whole = texts and numbers and type(found.pid) is int and type(found.version) is int
    return found if whole and found.pid > 0 and LOCAL_URL.fullmatch(found.url) else None


def remove(of: Path) -> None:
    of.unlink(missing_ok=True)
