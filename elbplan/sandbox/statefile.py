"""Where the background sandbox is noted: one small file, for its owner only, written in one go."""

import json
import os
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

VERSION = 1


@dataclass(frozen=True)
class Entry:
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


def write(to: str | Path, entry: Entry) -> None:
    """All of it or none of it, readable by its owner only."""
    target = Path(to)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".sandbox-")
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(entry), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, target)


def read(of: Path) -> Entry | None:
    """What stands there, or nothing when it is missing or broken."""
    try:
        found = json.loads(of.read_text())
        return Entry(**found)
    except (OSError, ValueError, TypeError):
        return None


def remove(of: Path) -> None:
    of.unlink(missing_ok=True)
