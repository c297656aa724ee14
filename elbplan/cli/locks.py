"""Makes the lock manager and the run requests of a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..api.locks import lock_manager
from ..errors import AwsProblem
from ..render.style import Style
from ..run.lock.manager import LockManager
from ..run.status import StackRuns, runs_of
from ..run.workflow import Cloud
from .connect import Connections
from .context import App
from .plans import style_for
from .select import select


def lock_manager_of(app: App, cloud: Cloud, say: Callable[..., None] | None = None) -> LockManager:
    """Returns the lock manager of this process; its messages go to `say`, by default to stderr. Raises UsageProblem."""
    return lock_manager(cloud, app.terminal.environ, say or app.log, app.wall)


@dataclass(frozen=True)
class StackRunStore:
    """Reads the runs of a stack, of which only the name must be known."""

    stack: str
    region: str
    locks: LockManager

    def runs(self) -> StackRuns:
        """Returns the runs. Raises AwsProblem."""
        runs = runs_of(self.stack, self.locks)
        if runs.unknown:
            raise AwsProblem(runs.unknown, hint="the runs of a stack are kept in SSM Parameter Store")
        return runs


def run_stores_of(app: App, words: Sequence[str]) -> list[StackRunStore]:
    """The runs of the selected stacks. Raises SpecProblem, UsageProblem."""
    stacks = [selection.stack for selection in select(app, words)]
    connections = Connections(app, stacks)
    places = [connections.place(stack) for stack in stacks]
    reached = {place: connections.reach(place) for place in dict.fromkeys(places)}
    for stack, place in zip(stacks, places, strict=True):
        connections.check_account(stack, place, reached[place])
    return [
        StackRunStore(stack.name, place.region, lock_manager_of(app, reached[place]))
        for stack, place in zip(stacks, places, strict=True)
    ]


def table_style(app: App) -> Style:
    """Returns the style of tables on stdout."""
    return style_for(app, app.terminal.stdout)
