"""The collaborators of the lock, from what a command was given."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError, UsageProblem
from ..render.style import Style
from ..run.clock import RealClock
from ..run.lock.locked_run import RunRequest
from ..run.lock.manager import SILENCE, LockManager
from ..run.lock.process_files import Caller, ProcessFiles, folder_of
from ..run.lock.run_store import RunStore
from ..run.migration_run import MigrationRun
from ..run.status import StackRuns, runs_of
from ..run.workflow import Cloud
from .connect import Connections
from .context import App
from .plans import Planned, stacks_of, style_for

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
DEAD_AFTER = "ELBPLAN_LOCK_DEAD_AFTER"


def lock_manager_of(app: App, cloud: Cloud) -> LockManager:
    """Who takes and keeps locks here; what it has to say goes to stderr. Raises UsageProblem."""
    who = Caller.here()
    witness = ProcessFiles(folder_of(app.terminal.environ), who.machine)
    # A clock of its own: Ctrl-C wakes those who sleep by the run's clock, and must not hurry the last record.
    return LockManager(RunStore(cloud.send, RealClock()), who, witness, app.terminal.err, silence=_silence(app))


def _silence(app: App) -> float:
    said = app.terminal.environ.get(DEAD_AFTER)
    try:
        seconds = float(said) if said else SILENCE
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= 86400:
        raise UsageProblem(f"{DEAD_AFTER}={said}: should be seconds, from 1 to 86400", hint="90 is usual; unset it")
    return seconds


def run_request_of(one: Planned, verb: str, agreed: bool, aim: MigrationRun | None = None) -> RunRequest:
    """The run of a plan, with the way to draw it again."""
    return RunRequest(one.cloud, one.plan, _again(one), verb, one.stack.spec_hash, agreed, aim)


def _again(one: Planned) -> Callable[[], Plan]:
    def look() -> Plan:
        (plan,) = one.planner(one.cloud, [one.stack])
        return plan

    return look


@dataclass(frozen=True)
class StackRunStore:
    """A stack by its name alone, and whoever reads its runs."""

    stack: str
    region: str
    keeper: LockManager

    def runs(self) -> StackRuns:
        """Its runs. Raises AwsProblem."""
        found = runs_of(self.stack, self.keeper)
        if found.unknown:
            raise AwsProblem(found.unknown, hint="the runs of a stack are kept in SSM Parameter Store")
        return found


def run_stores_of(app: App, words: Sequence[str]) -> list[StackRunStore]:
    """The stacks that are meant: by spec files and folders, or by name. Raises SpecProblem, UsageProblem."""
    stacks = selected_stacks(app, words)
    clouds = Connections(app, stacks)
    regions = [clouds.region(stack) for stack in stacks]
    reached = {region: clouds.reach(region) for region in dict.fromkeys(regions)}
    return [
        StackRunStore(stack.name, region, lock_manager_of(app, reached[region]))
        for stack, region in zip(stacks, regions, strict=True)
    ]


def selected_stacks(app: App, words: Sequence[str]) -> list[Stack]:
    """Stacks by spec files and folders, or by name: of one whose spec is lost the name alone.

    Raises SpecProblem, UsageProblem.
    """
    paths = [word for word in words if is_path(word)]
    stacks = stacks_of(app, paths) if paths or not words else []
    return stacks + [_named(app, word) for word in words if word not in paths]


def is_path(word: str) -> bool:
    """Is this word a spec's file or folder, and not a stack's name?"""
    return word == "-" or "/" in word or word.endswith((".yaml", ".yml")) or os.path.exists(word)


def _named(app: App, name: str) -> Stack:
    """The stack of this name in the usual folder, which knows its region; else the name alone: a spec may be lost."""
    if not NAME.fullmatch(name):
        raise UsageProblem(f"{name!r} is neither a spec nor a stack's name", hint="elbplan runs lists stacks")
    with contextlib.suppress(ElbplanError):
        for stack in stacks_of(app, ()):
            if stack.name == name:
                return stack
    return Stack(name, None, {})


def table_style(app: App) -> Style:
    """For what goes to stdout."""
    return style_for(app, app.terminal.stdout)
