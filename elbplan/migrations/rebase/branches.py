"""The branches of a folder in which git merged several, and the choice of the branch that stays. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...core.address import Ref
from ...core.simulate import State
from ...errors import Refused, SpecProblem, UsageProblem
from ..files.folder import Folder
from ..files.loader import play
from ..files.texts import ParsedFile, link_problems, numbering_problems, parse_files
from ..migration import Migration, references_of
from ..position.position import Position

BranchPath = tuple[Migration, ...]
"""Migrations that follow each other, from the first to one that no other follows."""


@dataclass(frozen=True)
class Branches:
    """All migrations of a folder: the paths through them, and the `unconnected` ones, which follow no other."""

    paths: tuple[BranchPath, ...]
    unconnected: BranchPath = ()

    @property
    def is_chain(self) -> bool:
        """True if one path has all migrations."""
        return len(self.paths) == 1 and not self.unconnected

    def outside(self, path: BranchPath) -> BranchPath:
        """The migrations that are not on a path, branch by branch."""
        ids = {migration.id for migration in path}
        others = [migration for other in self.paths for migration in other if migration.id not in ids]
        return tuple({migration.id: migration for migration in (*others, *self.unconnected)}.values())


def find_branches(files: Sequence[ParsedFile]) -> Branches:
    """The paths through the files, found by the fingerprints with which they begin and end.

    Raises SpecProblem for a file whose fingerprints are wrong, or if no file is the first.
    """
    paths = list(_paths((), {}, "absent", files))
    if not paths:
        raise SpecProblem([*numbering_problems(files), *link_problems(files)])
    connected = {migration.id for path in paths for migration in path}
    unconnected = []
    for file in files:
        if file.migration.id in connected:
            continue
        if path := _renumbered(file, paths):
            paths.append(path)
        else:
            unconnected.append(file.migration)
    return Branches(tuple(paths), tuple(unconnected))


def references_in_folder(folder: Folder) -> frozenset[Ref]:
    """Every reference in the migrations of a folder, also if branches met there; empty if a file has problems."""
    files, problems = parse_files(folder)
    paths = find_branches(files).paths if files and not problems else ()
    return frozenset(ref for path in paths for ref in references_of(path))


def _renumbered(file: ParsedFile, paths: Sequence[BranchPath]) -> BranchPath:
    """The path to a file that begins where another file ends although its number is not the next; empty if none.

    A person changed its number by hand, so it is still the end of a branch.
    """
    for path in paths:
        for number, migration in enumerate(path, 1):
            if migration.end == file.migration.start:
                return (*path[:number], _simulated(file, migration.last))
    return ()


def _simulated(file: ParsedFile, state: State) -> Migration:
    """The migration with its states. Raises SpecProblem."""
    migration = play(file.migration, state, file.reader)
    if file.reader.problems:
        raise SpecProblem(file.reader.problems)
    return migration


def _paths(before: BranchPath, state: State, end: str, files: Sequence[ParsedFile]) -> Iterator[BranchPath]:
    after = [f for f in files if f.migration.number == len(before) + 1 and f.migration.start == end]
    if not after and before:
        yield before
    for file in after:
        migration = _simulated(file, state)
        yield from _paths((*before, migration), migration.last, migration.end, files)


@dataclass(frozen=True)
class BranchChoice:
    """The migrations that stay, those that move behind them, and the reason in one sentence."""

    stay: BranchPath
    move: BranchPath
    why: str = ""


def choose_branch(branches: Branches, positions: Sequence[Position], pinned: str, file: str = "") -> BranchChoice:
    """Chooses the path that stays: the applied one, or the one that HEAD pins, or the first by name.

    `positions` are the possible positions of AWS, `pinned` is the migration in HEAD, `file` the one that should move.
    Raises Refused if that one is applied, UsageProblem if it does not exist.
    """
    paths = _paths_without(branches, file) if file else list(branches.paths)
    possible = [path for path in paths if _has_all_applied(path, positions)]
    if not possible:
        what = f"{file or paths[0][-1].id} is applied, at least in part, so it cannot move"
        raise Refused(what, hint="name a file that is not applied, or no file")
    if len(possible) == 1:
        return _choice(branches, possible[0], "it is applied, at least in part" if len(paths) > 1 else "")
    in_head = [path for path in possible if any(migration.id == pinned for migration in path)]
    if len(in_head) == 1:
        return _choice(branches, in_head[0], "HEAD pins it")
    stay = min(possible, key=lambda path: [migration.id for migration in path])
    other = f"elbplan rebase {stay[-1].stack} {_first(branches, stay)} moves it instead"
    return _choice(branches, stay, f"its name is the first, and nothing else decides; {other}")


def _paths_without(branches: Branches, file: str) -> list[BranchPath]:
    """The paths that do not have a file; if all have it, the part of the path before it."""
    migrations = (*(migration for path in branches.paths for migration in path), *branches.unconnected)
    ids = {migration.id for migration in migrations}
    if file not in ids:
        raise UsageProblem(f"there is no migration {file}", hint=f"there are: {', '.join(sorted(ids))}")
    without = [path for path in branches.paths if not any(migration.id == file for migration in path)]
    return without or [path[: [migration.id for migration in path].index(file)] for path in branches.paths[:1]]


def _has_all_applied(path: BranchPath, positions: Sequence[Position]) -> bool:
    """True if the path has every migration that is applied, at least in part."""
    ids = {migration.id for migration in path}
    return not positions or any(position.begun <= ids for position in positions)


def _first(branches: Branches, path: BranchPath) -> str:
    """The first migration that only this path has."""
    others = {migration.id for other in branches.paths if other is not path for migration in other}
    return next((migration.id for migration in path if migration.id not in others), path[-1].id)


def _choice(branches: Branches, stay: BranchPath, why: str) -> BranchChoice:
    sentence = f"{_first(branches, stay)} stays: {why}" if why else ""
    return BranchChoice(stay, branches.outside(stay), sentence)
