"""The state file of the background sandbox: readable by its owner only, and written atomically."""

import json
import os
import re
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

VERSION = 2
"""A sandbox with another version does not know every verb; `sandbox start` replaces it."""
LOCAL_URL = re.compile(r"http://127\.0\.0\.1:\d{1,5}")
"""A sandbox listens on this machine only. A file with another URL is not from elbplan."""


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


def authority_path() -> Path:
    """The certificate authority of the running sandbox, for curl and browsers."""
    return directory() / "sandbox-ca.pem"


def write(file: str | Path, entry: DaemonEntry) -> None:
    """Writes the file completely or not at all, readable by its owner only."""
    write_text(Path(file), json.dumps(asdict(entry)))


def write_text(target: Path, text: str) -> None:
    """Writes a file completely or not at all, readable by its owner only."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".sandbox-")
    with os.fdopen(handle, "w", encoding="utf-8") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())
    os.replace(temporary, target)


def read(file: Path) -> DaemonEntry | None:
    """Returns the entry, or None if the file is missing, invalid, or not about a sandbox on this machine."""
    try:
        entry = DaemonEntry(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    texts = all(isinstance(value, str) for value in (entry.url, entry.token))
    numbers = all(isinstance(value, int | float) for value in (entry.slow, entry.started))
    valid = texts and numbers and type(entry.pid) is int and type(entry.version) is int
    return entry if valid and entry.pid > 0 and LOCAL_URL.fullmatch(entry.url) else None


def remove(file: Path) -> None:
    """Removes the state file, and the authority of the sandbox with it."""
    file.unlink(missing_ok=True)
    file.with_name(authority_path().name).unlink(missing_ok=True)
