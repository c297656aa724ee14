"""Which files of a folder are new since a commit, by git's word."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ..errors import UsageProblem

SECONDS = 60


def new_since(base: str, folder: Path) -> frozenset[str]:
    """The names of the files in `folder` that commit `base` does not have, whether or not they are committed by now.

    Raises UsageProblem where git, the repository or the commit is missing.
    """
    if base.startswith("-"):
        raise UsageProblem(f"--base: {base} is no commit", hint="as in --base origin/main")
    commit = _git(folder, "rev-parse", "--verify", f"{base}^{{commit}}").strip()
    filters = ("--no-renames", "--diff-filter=A", "--name-only", "--relative", "-z")
    added = _git(folder, "diff", *filters, commit, "--", ".")
    untracked = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (added + untracked).split("\0") if name)


def _git(folder: Path, *words: str) -> str:
    spoken = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, env=spoken, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageProblem(f"--base needs git, which could not be run: {error}", hint="leave --base out") from None
    if done.returncode:
        said = (done.stderr.strip() or "it gave no reason").splitlines()[0]
        raise UsageProblem(f"--base: git {words[0]}: {said}", hint=_hint(done.stderr))
    return done.stdout


def _hint(said: str) -> str:
    if "not a git repository" in said.lower():
        return "run it in a clone of the repository, or leave --base out"
    return "is the commit there? a shallow clone knows few: git fetch origin main"
