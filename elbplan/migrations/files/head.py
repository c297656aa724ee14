"""HEAD: one line that pins the last file, there to collide when two branches meet."""

from __future__ import annotations

from ...errors import Problem
from ..migration import Migration
from .folder import HEAD, Folder, head_of
from .texts import CONFLICT


def pinned_id(folder: Folder) -> str:
    """The file that HEAD names; empty if git left both sides in it, or there is none."""
    said = folder.head()
    return "" if CONFLICT.search(said) or not said else said.split()[0]


def head_conflicts(folder: Folder) -> list[Problem]:
    """HEAD as git leaves it where two branches both added a file."""
    if not CONFLICT.search(folder.head()):
        return []
    what = "two branches met in git: HEAD has both sides of the conflict in it"
    hint = f"elbplan rebase {folder.stack} puts one branch's files behind the other's, and pins the last"
    return [Problem(str(folder.path / HEAD), 1, 1, what, hint)]


def head_problems(folder: Folder, last: Migration) -> list[Problem]:
    """HEAD where it is not about the last file as it is now."""
    said = folder.head()
    if said == head_of(folder, last):
        return []
    hint = (
        f"if two branches met: elbplan rebase {folder.stack}; if a file was edited before it was applied: "
        f"elbplan rebase --refresh {folder.stack}; if it was applied already: undo the edit"
    )
    if not said:
        what = "HEAD is missing"
    elif (named := said.split()[0]) != last.id:
        there = "" if (folder.path / f"{named}.yaml").exists() else ", which is not there"
        what = f"HEAD does not pin {last.id}, the last file: it pins {named}{there}"
    else:
        what = f"HEAD does not pin the files as they are now: {last.id} or a file before it was edited"
    return [Problem(str(folder.path / HEAD), 1, 1, what, hint)]
