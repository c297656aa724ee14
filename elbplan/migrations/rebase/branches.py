"""The files of a folder in which branches met: the ways through them, and which of them stays. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...core.address import Ref
from ...core.kind import Kinds
from ...core.simulate import State
from ...errors import Refused, SpecProblem, UsageProblem
from ..files.folder import Folder
from ..files.loader import play
from ..files.texts import ParsedFile, link_problems, numbering_problems, parse_files
from ..migration import Migration, references_of
from ..position.nearest import NearestPosition

BranchPath = tuple[Migration, ...]
"""Files that follow each other, from the first to one that nothing follows."""


@dataclass(frozen=True)
class Branches:
    """All files of a folder by the ways they lie on; `stray` are those that nothing leads to."""

    paths: tuple[BranchPath, ...]
    unconnected: BranchPath = ()

    @property
    def is_chain(self) -> bool:
        """One way through all files."""
        return len(self.paths) == 1 and not self.unconnected

    def outside(self, way: BranchPath) -> BranchPath:
        """The files that are not on a way, branch by branch."""
        ids = {one.id for one in way}
        others = [one for other in self.paths for one in other if one.id not in ids]
        return tuple({one.id: one for one in (*others, *self.unconnected)}.values())


def branches(found: Sequence[ParsedFile], kinds: Kinds) -> Branches:
    """The ways through the files by what they begin and end with.

    Raises SpecProblem for a file that is not true, or if none is the first.
    """
    ways = list(_ways((), {}, "absent", found, kinds))
    if not ways:
        raise SpecProblem([*numbering_problems(found), *link_problems(found)])
    led = {one.id for way in ways for one in way}
    stray = []
    for text in (text for text in found if text.migration.id not in led):
        way = _renumbered(text, ways, kinds)
        ways += [way] if way else []
        stray += [] if way else [text.migration]
    return Branches(tuple(ways), tuple(stray))


def references_in_folder(folder: Folder, kinds: Kinds) -> frozenset[Ref]:
    """What the files of a folder speak of, in order or not; nothing where they cannot be read."""
    found, problems = parse_files(folder, kinds)
    ways = branches(found, kinds).paths if found and not problems else ()
    return frozenset(ref for way in ways for ref in references_of(way))


def _renumbered(text: ParsedFile, ways: Sequence[BranchPath], kinds: Kinds) -> BranchPath:
    """The way to a file that begins where an earlier one ends, although its number says otherwise; none if it does not.

    Somebody gave it another number by hand, so it is still the end of a branch.
    """
    for way in ways:
        for number, one in enumerate(way, 1):
            if one.end == text.migration.start:
                return (*way[:number], _played(text, one.last, kinds))
    return ()


def _played(text: ParsedFile, state: State, kinds: Kinds) -> Migration:
    """Raises SpecProblem."""
    one = play(text.migration, state, kinds, text.reader)
    if text.reader.problems:
        raise SpecProblem(text.reader.problems)
    return one


def _ways(
    before: BranchPath, state: State, end: str, texts: Sequence[ParsedFile], kinds: Kinds
) -> Iterator[BranchPath]:
    after = [t for t in texts if t.migration.number == len(before) + 1 and t.migration.start == end]
    if not after and before:
        yield before
    for text in after:
        one = _played(text, state, kinds)
        yield from _ways((*before, one), one.last, one.end, texts, kinds)


@dataclass(frozen=True)
class BranchChoice:
    """The files that stay, those that move behind them, and why so, in a sentence."""

    stay: BranchPath
    move: BranchPath
    why: str = ""


def choose_branch(found: Branches, places: Sequence[NearestPosition], head: str, file: str) -> BranchChoice:
    """Which way stays: the one that is applied, or the one that HEAD pins, or the first.

    `places` says where live may be, `head` which file HEAD pins, `file` which one is to move. Raises Refused if that
    one is applied, UsageProblem if there is no such file.
    """
    ways = _without(found, file) if file else list(found.paths)
    may = [way for way in ways if _holds(way, places)]
    if not may:
        what = f"{file or ways[0][-1].id} is applied, at least in part, so it stays where it is"
        raise Refused(what, hint="only a file that is not applied can move; name another, or none")
    if len(may) == 1:
        why = "it is applied, or begun" if len(ways) > 1 else ""
        return _choice(found, may[0], why)
    pinned = [way for way in may if any(one.id == head for one in way)]
    if len(pinned) == 1:
        return _choice(found, pinned[0], "HEAD pins it")
    stay = min(may, key=lambda way: [one.id for one in way])
    other = f"elbplan rebase {stay[-1].stack} {_first(found, stay)} moves it instead"
    return _choice(found, stay, f"it is the first by its name, and nothing else tells them apart; {other}")


def _without(found: Branches, file: str) -> list[BranchPath]:
    """The ways that a file is not on; where it is on all of them, what comes before it."""
    known = {one.id for one in (*(m for way in found.paths for m in way), *found.unconnected)}
    if file not in known:
        raise UsageProblem(f"there is no migration {file}", hint=f"there are: {', '.join(sorted(known))}")
    left = [way for way in found.paths if not any(one.id == file for one in way)]
    return left or [way[: [one.id for one in way].index(file)] for way in found.paths[:1]]


def _holds(way: BranchPath, places: Sequence[NearestPosition]) -> bool:
    """Would nothing that live has begun have to move if this way stays?"""
    ids = {one.id for one in way}
    return not places or any(place.begun <= ids for place in places)


def _first(found: Branches, way: BranchPath) -> str:
    """The first file that is on this way alone."""
    others = {one.id for other in found.paths if other is not way for one in other}
    return next((one.id for one in way if one.id not in others), way[-1].id)


def _choice(found: Branches, stay: BranchPath, why: str) -> BranchChoice:
    return BranchChoice(stay, found.outside(stay), f"{_first(found, stay)} stays: {why}" if why else "")
