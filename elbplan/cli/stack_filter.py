"""Selects the stacks of a command: by their names (--stack), and by what changed in git (--only-changed)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..core.stack import Stack
from ..core.suggest import did_you_mean
from ..errors import UsageProblem
from ..render.style import listed
from ..spec import BrokenSpec
from .git_changes import ChangedFiles, changed_files


@dataclass(frozen=True)
class StackFilter:
    """What the options select.

    globs    patterns of names; one of them must match. Without patterns every name does
    changed  the files that changed; None: also what did not change is selected
    base     the folder of all migrations
    """

    globs: Sequence[str]
    changed: ChangedFiles | None
    base: str

    def chosen(self, entries: Sequence[Stack | BrokenSpec]) -> list[Stack | BrokenSpec]:
        """The selected entries. Raises UsageProblem if a pattern matches none."""
        names = [name_of(entry) for entry in entries]
        for glob in self.globs:
            if not any(fnmatchcase(name, glob) for name in names):
                known = f"there are {listed(names, most=12)}" if names else "there are no stacks"
                raise UsageProblem(f"--stack {glob}: no stack has such a name", hint=did_you_mean(glob, names) or known)
        return [entry for entry in entries if self._has_name(name_of(entry)) and self._has_changed(entry)]

    def _has_name(self, name: str) -> bool:
        return not self.globs or any(fnmatchcase(name, glob) for glob in self.globs)

    def _has_changed(self, entry: Stack | BrokenSpec) -> bool:
        return self.changed is None or any(self.changed.has(path) for path in _files_of(entry, self.base))

    @property
    def nothing(self) -> str:
        """Why no stack is left."""
        return f"no spec has changed since {self.changed.since}" if self.changed else "no stack is selected"


def stack_filter(globs: Sequence[str], changed_since: str | None, base: str) -> StackFilter:
    """The filter of the options. Raises UsageProblem if git, the repository or the commit is missing."""
    changed = None if changed_since is None else changed_files(changed_since, Path())
    return StackFilter(globs, changed, base)


def name_of(entry: Stack | BrokenSpec) -> str:
    """The name of a stack, also of one whose spec is wrong."""
    return entry.name if isinstance(entry, Stack) else entry.label


def _files_of(entry: Stack | BrokenSpec, base: str) -> Iterable[str]:
    """The files and folders on which a stack depends: its spec, the files that the spec names, its migrations."""
    if isinstance(entry, BrokenSpec):
        return [problem.file for problem in entry.problem.problems]
    return [entry.file, *entry.files, str(Path(base) / entry.name)]


def only_stacks(names: Sequence[str]) -> tuple[str, ...]:
    """Returns the options that select these stacks."""
    return tuple(word for name in names for word in ("--stack", name))
