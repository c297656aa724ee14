"""Durations as specs and migration files write them: `30s`, `5m`, `1h`, `2d`, or a number of seconds."""

from __future__ import annotations

import re

PATTERN = "[0-9]{1,9}[smhd]?"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SPELLINGS = "30s, 5m, 1h, 2d, or a number of seconds"


def parse_duration(value: object) -> int:
    """Returns the seconds of `15m`, `90s` or 90. Raises ValueError."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch(PATTERN, text):
        raise ValueError(f"{value} is not a duration; write {SPELLINGS}")
    return int(text.rstrip("smhd")) * UNITS.get(text[-1], 1)


def duration_text(seconds: float) -> str:
    """Returns `2h`, `15m` or `90s`: hours or minutes only where they are exact, and never days."""
    whole = int(seconds)
    for unit in "hm":
        if whole and whole % UNITS[unit] == 0:
            return f"{whole // UNITS[unit]}{unit}"
    return f"{whole}s"
