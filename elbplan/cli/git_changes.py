"""Asks git for the files that are new or changed since a commit."""

from __future__ import annotations

import contextlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageProblem
from .options import ONLY_CHANGED

TIMEOUT = 60
MAIN_BRANCHES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


@dataclass(frozen=True)
class ChangedFiles:
    """The files of a repository that differ from a commit, committed or not.

    root    the folder of the repository
    paths   the files, relative to it
    since   the commit in words
    """

    root: Path
    paths: frozenset[str]
    since: str

    def has(self, path: str) -> bool:
        """True if this file has changed, or a file in this folder."""
        try:
            relative = Path(os.path.realpath(path)).relative_to(self.root).as_posix()
        except ValueError:
            return False
        return relative in self.paths or any(changed.startswith(f"{relative}/") for changed in self.paths)


def changed_files(ref: str, folder: Path) -> ChangedFiles:
    """Returns the files that differ from the commit `ref`; without one, from where this branch left the main branch.

    On the main branch itself these are the changes that are not committed. Raises UsageProblem if git, the repository
    or the commit is missing.
    """
    option = ONLY_CHANGED
    if ref.startswith("-"):
        raise UsageProblem(
            f"{option}: {ref} is not a commit", hint=f"use a branch, tag or commit: {option}=origin/main"
        )
    commit, since = _commit(ref, folder) if ref else _branch_point(folder)
    root = Path(os.path.realpath(_git(folder, "rev-parse", "--show-toplevel", option=option).removesuffix("\n")))
    changed = _git(root, "diff", "--no-renames", "--name-only", "-z", commit, "--", option=option)
    untracked = _git(root, "ls-files", "--others", "--exclude-standard", "-z", option=option)
    return ChangedFiles(root, frozenset(name for name in (changed + untracked).split("\0") if name), since)


def _commit(ref: str, folder: Path) -> tuple[str, str]:
    commit = _git(folder, "rev-parse", "--verify", f"{ref}^{{commit}}", option=ONLY_CHANGED).strip()
    return commit, f"{ref} ({commit[:7]})"


def _branch_point(folder: Path) -> tuple[str, str]:
    for branch in MAIN_BRANCHES:
        with contextlib.suppress(UsageProblem):
            commit = _git(folder, "merge-base", "HEAD", branch, option=ONLY_CHANGED).strip()
            return commit, f"{branch} ({commit[:7]})"
    return _commit("HEAD", folder)


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


def _git(folder: Path, *arguments: str, option: str = "--base") -> str:
    english = {**os.environ, "LC_ALL": "C"}
    try:
        process = subprocess.run(
            ["git", *arguments], cwd=folder, env=english, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageProblem(
            f"{option}: elbplan cannot run git: {error}", hint=f"install git, or omit {option}"
        ) from None
    if process.returncode:
        message = (process.stderr.strip() or "no error message").splitlines()[0]
        raise UsageProblem(f"{option}: git {arguments[0]}: {message}", hint=_hint(process.stderr, option))
    return process.stdout


def _hint(message: str, option: str) -> str:
    if "not a git repository" in message.lower():
        return f"run elbplan in a clone of the repository, or omit {option}"
    return "a shallow clone lacks older commits; fetch the commit: git fetch origin main"
