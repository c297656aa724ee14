"""Stacks that are run by migrations that do not lie here: the ledger knows, so the spec alone does not change them."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..core.stack import Stack
from ..errors import AwsProblem, Refused, UsageProblem
from .app import App
from .locking import keeper_of
from .planning import Planner

if TYPE_CHECKING:
    from ..core.plan import Plan
    from ..run.record import Record
    from ..run.workflow import Cloud


def has_files(stack: Stack, base: str) -> bool:
    """Is this stack changed by files that lie here? Raises Refused where something else has the folder's name."""
    path = os.path.join(base, stack.name)
    if os.path.isdir(path):
        return True
    if os.path.lexists(path):
        what = f"{path} is a file, not a folder with the migrations of {stack.name}"
        raise Refused(what, hint="name another place with --migrations DIR, or move what lies there")
    return False


def refuse_leaving(filed: Collection[str], base: str) -> None:
    """Raises UsageProblem where the migrations that are to be left still lie here: the next apply would run them."""
    if filed:
        paths = ", ".join(os.path.join(base, name) for name in sorted(filed))
        what = f"--no-migrations leaves migrations for good, but they still lie in {paths}"
        raise UsageProblem(what, hint="remove the folder first (git rm -r), or leave --no-migrations out")


@dataclass
class WithoutFiles:
    """A planner for stacks without files here. Raises Refused for one whose last run was of a migration.

    leaving   such a stack leaves its migrations on purpose: its name is put into `left` instead
    """

    app: App
    base: str
    planner: Planner
    leaving: bool = False
    left: set[str] = field(default_factory=set)

    def __call__(self, cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
        """The plans, while the ledgers are read: that takes no longer."""
        with ThreadPoolExecutor(min(len(group), self.app.options.parallel)) as pool:
            runs = [pool.submit(last_file, self.app, cloud, stack) for stack in group]
            try:
                plans = self.planner(cloud, group)
            finally:
                self._refuse(group, [run.result() for run in runs])
        return plans

    def _refuse(self, group: Sequence[Stack], runs: Sequence[Record | None]) -> None:
        for stack, run in zip(group, runs, strict=True):
            if run and self.leaving:
                self.left.add(stack.name)
            elif run:
                raise Refused(away(stack.name, self.base, run), hint=WAYS)


def check_files(app: App, cloud: Cloud, stack: Stack, base: str) -> None:
    """Returns if the files of this stack lie here, or it has none. Raises Refused."""
    if not has_files(stack, base) and (run := last_file(app, cloud, stack)):
        raise Refused(away(stack.name, base, run), hint=WAYS)


def last_file(app: App, cloud: Cloud, stack: Stack) -> Record | None:
    """The last run of a migration. Who may not read the ledger cannot know; apply says then that it has no lock."""
    from ..run.aim import last_aim

    try:
        return last_aim(keeper_of(app, cloud).ledger.read(stack.name))
    except AwsProblem:
        return None


WAYS = (
    "run elbplan where migrations/ lies, or pass --migrations DIR; "
    "elbplan apply --no-migrations leaves the migrations for good: then the spec alone counts"
)


def away(stack: str, base: str, run: Record) -> str:
    """Where the migrations of a stack should lie, and how it is known that there are some."""
    path = os.path.join(os.path.abspath(base), stack)
    return f"{stack}: run {run.number} applied the migration {run.file}, and {path} is not there"
