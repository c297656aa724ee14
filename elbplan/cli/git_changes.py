"""Asks git for the files that are new since a commit."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..errors import UsageProblem

TIMEOUT = 60


def files_added_since(base: str, folder: Path) -> frozenset[str]:
    """Returns the names of the files in `folder` that commit `base` does not have, committed or not.

    Raises UsageProblem if git, the repository or the commit is missing.
    """
    if base.startswith("-"):
        raise UsageProblem(f"--base: {base} is not a commit", hint="use a branch, tag or commit: --base origin/main")
    commit = _git(folder, "rev-parse", "--verify", f"{base}^{{commit}}").strip()
    filters = ("--no-renames", "--diff-filter=A", "--name-only", "--relative", "-z")
    added = _git(folder, "diff", *filters, commit, "--", ".")
    untracked = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (added + untracked).split("\0") if name)


def _git(folder: Path, *arguments: str) -> str:
    english = {**os.environ, "LC_ALL": "C"}
    try:
        process = subprocess.run(
            ["git", *arguments], cwd=folder, env=english, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageProblem(f"--base: elbplan cannot run git: {error}", hint="install git, or omit --base") from None
    if process.returncode:
        message = (process.stderr.strip() or "no error message").splitlines()[0]
        raise UsageProblem(f"--base: git {arguments[0]}: {message}", hint=_hint(process.stderr))
    return process.stdout


def _hint(message: str) -> str:
    if "not a git repository" in message.lower():
        return "run elbplan in a clone of the repository, or omit --base"
    return "a shallow clone lacks older commits; fetch the commit: git fetch origin main"
