"""The command that explains a word or a resource, as every screen writes it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence


def explain_command(word: str, path: str = "", options: Sequence[str] = ()) -> str:
    """Returns `elbplan explain targets.web specs/web.yaml`; `options` select the account and the region."""
    return shlex.join(["elbplan", "explain", *word.split(), *([path] if path else []), *options])
