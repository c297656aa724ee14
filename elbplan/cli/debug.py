"""Opens the file of --debug."""

from __future__ import annotations

import os

from ..errors import UsageProblem, escaped


def debug_file(path: str) -> int:
    """Opens the file to append, and creates it for this user alone. Raises UsageProblem.

    Python gives it to no child process (PEP 446).
    """
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as problem:
        what = f"--debug {escaped(path)}: cannot write this file: {problem.strerror}"
        raise UsageProblem(what, hint="name a file in a folder that you can write to") from problem
