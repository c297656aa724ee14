"""The apply of specs and of migrations, as far as it is the same for one stack and for several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..api.allowed_hazards import AllowedHazards
from ..api.planning import Planned, Planner
from ..core.stack import Stack
from ..kinds import KINDS
from ..migrations.apply.modes import ApplyMode
from ..migrations.apply.notices import Agreement
from ..migrations.apply.options import ApplyOptions, Approval
from ..migrations.apply.source import FolderSource
from ..migrations.files.folder import Folder
from ..render.folder import StackState
from ..render.outcome import EndScreen
from ..run.migration_run import LEFT, MigrationRun
from ..run.workflow import plan_back_each, plan_each
from .connect import Connections
from .context import App
from .dns import dns_of
from .migration_runs import MigrationConsole
from .old_stacks import with_old_stacks
from .options import DEFAULT_PATHS, migrations_flags
from .pending_plans import with_folders_checked
from .plan_screens import show_plans
from .plans import allow_flags, command_with_allow, ending_of, planned, retry_command
from .verification import AnswerCheck
from .views import View


@dataclass(frozen=True)
class ApplyChoices:
    """The options of the command line.

    base        the folder of all migrations
    leave       --no-migrations
    unverified  --no-verify
    """

    yes: bool
    allow: tuple[str, ...]
    rollback: bool
    to: str | None
    approve: bool
    retry: bool
    direct: bool
    revert_drift: bool
    base: str
    leave: bool
    unverified: bool
    detail: bool

    @property
    def needs_migrations(self) -> bool:
        """An option was given that only a stack with migrations has."""
        return bool(self.to or self.approve or self.retry or self.direct or self.revert_drift)

    def check(self, app: App, paths: tuple[str, ...]) -> AnswerCheck | None:
        """The check after the run. A rollback ends where the stack was before, so that it is not checked."""
        return None if self.unverified or self.rollback else AnswerCheck(app, paths)

    @property
    def flags(self) -> tuple[str, ...]:
        """The options that the same command needs to continue an unfinished run, besides --allow."""
        rollback = ("--rollback",) if self.rollback else ()
        to = ("--to", self.to) if self.to else ()
        direct = ("--direct",) if self.direct else ()
        leave = ("--no-migrations",) if self.leave else ()
        return (*rollback, *to, *direct, *leave, *migrations_flags(self.base))

    @property
    def options(self) -> ApplyOptions:
        """What the executor of migrations gets. A person who is asked approves with the same yes."""
        approval: Approval = "required" if self.approve else "refused" if self.yes else "if-waiting"
        return ApplyOptions(self.allow, not self.yes, approval, self.retry, covers_spec=self.to is None)


@dataclass
class SpecApply:
    """The apply of stacks without migrations."""

    app: App
    paths: tuple[str, ...]
    chosen: ApplyChoices
    _planner: AllowedHazards = field(init=False)

    def __post_init__(self) -> None:
        self._planner = AllowedHazards(_planner(self.app, self.chosen.rollback), self.chosen.allow)

    def plans(self, stacks: Sequence[Stack]) -> list[Planned]:
        """Plans the stacks."""
        plans = planned(self.app, stacks, self._planner)
        if not self.chosen.leave:
            plans = with_folders_checked(self.app, plans, self.chosen.base)
        return with_old_stacks(self.app, plans)

    def show(self, plans: Sequence[Planned], *, asking: bool) -> None:
        """Shows the plans that do something, and the problems; in JSON only to a person who is asked."""
        app, chosen = self.app, self.chosen
        pending = [stack_plan for stack_plan in plans if stack_plan.runnable]
        shown = [stack_plan for stack_plan in plans if stack_plan.runnable or stack_plan.code]
        if not shown or (app.options.json and not (asking and app.terminal.can_ask)):
            return
        allowed = self._planner.allows(stack_plan.plan for stack_plan in pending)
        next = "" if allowed else command_with_allow(app, "apply", self.paths, pending, *chosen.flags)
        undo = () if chosen.rollback or chosen.leave else ("--rollback",)
        shown = [replace(stack_plan, undo=undo) for stack_plan in shown]
        specs = self.paths or DEFAULT_PATHS
        show_plans(app, "apply", shown, app.terminal.stderr, detail=chosen.detail, next=next, paths=specs)

    def check(self, plans: Sequence[Planned]) -> None:
        """Raises Refused for a hazard that is not allowed."""
        self._planner.check(stack_plan.plan for stack_plan in plans if stack_plan.runnable)

    def agree(self) -> None:
        """From now on, also plans that are made again must have no other hazard."""
        self._planner.agreed = True

    @property
    def migration(self) -> MigrationRun | None:
        """What the record says of a stack that leaves its migrations."""
        return MigrationRun("", "", LEFT) if self.chosen.leave else None

    def ending(self, *only: str) -> EndScreen:
        """The last screen; `only` are the options that select one of several stacks."""
        app, chosen = self.app, self.chosen
        ending = ending_of(app, "apply", self.paths, *only, *chosen.flags, *allow_flags(chosen.allow))
        if chosen.rollback or chosen.leave:
            return ending
        return replace(ending, rollback_command=retry_command(app, "apply", self.paths, *only, "--rollback"))


def _planner(app: App, rollback: bool) -> Planner:
    if rollback:
        return lambda cloud, group: plan_back_each(cloud, group, KINDS)
    return lambda cloud, group: plan_each(cloud, group, KINDS, dns=dns_of(app))


def apply_migrations(
    app: App,
    stack: Stack,
    paths: tuple[str, ...],
    chosen: ApplyChoices,
    view: View | None = None,
    question: Callable[[MigrationConsole, Agreement], None] | None = None,
    clouds: Connections | None = None,
    only: tuple[str, ...] = (),
) -> tuple[int, StackState | None]:
    """Applies the migrations of one stack. Returns the exit code, and `held` if a hold waits for approval.

    The last four are for one of several stacks. Raises ElbplanError.
    """
    flags = (*only, *chosen.flags, *allow_flags(chosen.allow))
    console = MigrationConsole(
        app,
        stack,
        paths,
        chosen.yes,
        chosen.detail,
        chosen.base,
        flags,
        chosen.check(app, paths),
        view,
        question,
        clouds,
    )
    executor = console.executor(FolderSource(Folder.of(stack.name, chosen.base)), chosen.options)
    result = ApplyMode(chosen.to, chosen.direct, chosen.revert_drift).run(executor)
    code = console.end(executor, result)
    return code, "held" if result.state == "waiting" and not code else None
