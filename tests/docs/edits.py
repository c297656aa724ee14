"""What a reader does to a migration in an editor. A step is an item of the list `steps`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

STEP = re.compile(r"^  - .*\n(?:^(?:    .*)?\n)*", re.MULTILINE)


def edit(file: Path, change: Callable[[str], str]) -> None:
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")


def _step(text: str, words: str) -> re.Match[str]:
    """Returns the first step with these words. Raises ValueError if there is none."""
    for step in STEP.finditer(text):
        if words in step[0]:
            return step
    raise ValueError(f"no step has {words!r}:\n{text}")


def with_steps(text: str, steps: str, *, before: str) -> str:
    """Returns a migration with more steps, before the step with these words. Raises ValueError."""
    place = _step(text, before).start()
    return text[:place] + steps + text[place:]


def without_step(text: str, words: str) -> str:
    """Returns a migration without the step with these words. Raises ValueError."""
    step = _step(text, words)
    return text[: step.start()] + text[step.end() :]
