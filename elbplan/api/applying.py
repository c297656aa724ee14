"""Applies and destroys the stacks of a program: all are planned and checked first, then they run together."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from ..core.stack import Stack
from ..errors import Refused, UsageProblem
from ..kinds import KINDS
from ..migrations.apply.modes import ApplyMode
from ..migrations.apply.notices import Agreement
from ..migrations.apply.options import ApplyOptions, Approval
from ..migrations.apply.source import FolderSource
from ..migrations.files.folder import Folder
from ..run.lock.locked_run import refuse_if_changed
from ..run.migration_run import LEFT, MigrationRun
from ..run.workflow import Cloud, StackPlan, plan_back_each, plan_destroy_each, plan_each
from .allowed_hazards import AllowedHazards
from .connections import Connections
from .events import OnEvent
from .migration_runs import MigrationRunner
from .network import dns_of
from .planning import Planned, Planner, plan_entries, stack_keys
from .prepared import PreparedApply
from .previews import folders_of
from .results import PlannedStack, StackResult
from .session import Session
from .stack_runs import StackRuns
from .status import is_specless


@dataclass(frozen=True)
class ApplyChoices:
    """What an apply may do.

    allow     the hazards that are allowed by name
    rollback  undo a change that has not switched traffic
    mode      where the migrations go
    leave     apply the specs alone, and leave the migrations
    verify    check afterwards whether the stacks answer
    """

    allow: tuple[str, ...] = ()
    rollback: bool = False
    mode: ApplyMode = field(default_factory=ApplyMode)
    approve: bool = False
    retry: bool = False
    leave: bool = False
    verify: bool = True

    @property
    def needs_migrations(self) -> bool:
        """Something was chosen that only a stack with migrations has."""
        return bool(self.mode.to or self.mode.direct or self.mode.revert_drift or self.approve or self.retry)

    def options(self, *, confirmed: bool) -> ApplyOptions:
        """What the executor of migrations gets."""
        approval: Approval = "required" if self.approve else "refused"
        return ApplyOptions(self.allow, confirmed, approval, self.retry, covers_spec=self.mode.to is None)


class ProgramApply:
    """One `apply` of a program."""

    def __init__(self, session: Session, choices: ApplyChoices, on_event: OnEvent | None) -> None:
        self._session, self._choices, self._on_event = session, choices, on_event
        self._hazards = AllowedHazards(self._planner(), choices.allow)

    def _planner(self) -> Planner:
        def plan(cloud: Cloud, group: Sequence[Stack]) -> Sequence[StackPlan]:
            if self._choices.rollback:
                return plan_back_each(cloud, group, KINDS)
            return plan_each(cloud, group, KINDS, dns=dns_of(self._session.access))

        return plan

    def stacks(self, stacks: Sequence[Stack], stop: threading.Event | None) -> list[StackResult]:
        """Plans the stacks and applies them. Raises SpecProblem, UsageProblem, and Refused before any write."""
        session, choices = self._session, self._choices
        named = set() if choices.leave else folders_of(stacks, session.migrations)
        self._check_choices(bool(named))
        by_files = [stack for stack in stacks if stack.name in named]
        plain = [stack for stack in stacks if stack.name not in named]
        plans = plan_entries(session.connections(plain), plain, self._hazards) if plain else []
        if plans and not choices.leave:
            plans = session.previewer.with_folders_checked(plans)
        return self._run(stacks, plans, by_files, {}, stop)

    def plans(self, plans: Sequence[PlannedStack], stop: threading.Event | None) -> list[StackResult]:
        """Applies exactly these plans. A plan that AWS does not match any more is refused, in its stack's result."""
        if self._choices.rollback or self._choices.leave:
            raise UsageProblem("plans are applied as they are", hint="give the stacks for rollback and migrations")
        shown = {each.stack.name: each for each in plans if each.by_files and not each.problem}
        self._check_choices(any(each.by_files for each in plans))
        plain = [
            replace(each, planner=AllowedHazards(each.planner, self._choices.allow, agreed=True))
            for each in plans
            if each.stack.name not in shown
        ]
        by_files = [each.stack for each in plans if each.stack.name in shown]
        return self._run([each.stack for each in plans], plain, by_files, shown, stop, confirmed=True)

    def _check_choices(self, migrations: bool) -> None:
        choices = self._choices
        if (choices.needs_migrations and not migrations) or (choices.rollback and migrations):
            what = "to, approve, retry, direct and revert_drift are for stacks with migrations, rollback is for others"
            raise UsageProblem(what, hint='with migrations, to="NNNN" also rolls back')

    def _run(
        self,
        stacks: Sequence[Stack],
        plans: Sequence[Planned],
        by_files: Sequence[Stack],
        shown: Mapping[str, PlannedStack],
        stop: threading.Event | None,
        *,
        confirmed: bool = False,
    ) -> list[StackResult]:
        runs = StackRuns(self._session, stacks, "apply", self._on_event)
        for stack in by_files:
            FolderSource(Folder.of(stack.name, self._session.migrations)).read()  # a wrong file stops every write
        pairs = self._prepared(runs, by_files, shown)
        try:
            for _, apply in pairs:
                apply.start()
            for _, apply in pairs:
                apply.wait()
            self._check(plans, pairs)
        except BaseException:
            for _, apply in pairs:
                apply.decline()
            raise
        self._hazards.agreed = True
        run = partial(runs.run, agreed=not confirmed, migration=self._migration, verify=self._verifies)
        return in_order(stacks, plans, runs.all(plans, [apply for _, apply in pairs], run, stop))

    @property
    def _verifies(self) -> bool:
        """A rollback ends where the stack was before, so that it is not checked."""
        return self._choices.verify and not self._choices.rollback

    @property
    def _migration(self) -> MigrationRun | None:
        """What the record says of a stack that leaves its migrations."""
        return MigrationRun("", "", LEFT) if self._choices.leave else None

    def _prepared(
        self, runs: StackRuns, stacks: Sequence[Stack], shown: Mapping[str, PlannedStack]
    ) -> list[tuple[MigrationRunner, PreparedApply[StackResult]]]:
        clouds = self._session.connections(stacks)
        return [self._prepare(runs, stack, clouds, shown.get(stack.name)) for stack in stacks]

    def _prepare(
        self, runs: StackRuns, stack: Stack, clouds: Connections, shown: PlannedStack | None
    ) -> tuple[MigrationRunner, PreparedApply[StackResult]]:
        """The apply of a stack's migrations, which waits where it would ask."""

        def confirm(agreement: Agreement) -> None:
            runner.checked = True
            if shown is not None:
                refuse_if_changed(shown.plan, agreement.plan)
            prepared.ask(agreement)

        def work() -> StackResult:
            options = self._choices.options(confirmed=shown is not None)
            runner.cloud = clouds.cloud_of(stack)
            return runs.migrations(runner, self._choices.mode, options, verify=self._verifies)

        runner = MigrationRunner(runs.together, stack, confirm)
        prepared = PreparedApply(stack.name, work, partial(runs.failed, stack.name), repeats=True)
        return runner, prepared

    def _check(
        self, plans: Sequence[Planned], pairs: Sequence[tuple[MigrationRunner, PreparedApply[StackResult]]]
    ) -> None:
        """Raises Refused for a hazard that is not allowed."""
        self._hazards.check(planned.plan for planned in plans if planned.runnable)
        for runner, apply in pairs:
            if runner.proposed and not runner.checked and isinstance(apply.problem, Refused):
                raise apply.problem


def in_order(
    stacks: Sequence[Stack], plans: Sequence[Planned], results: Mapping[str, StackResult]
) -> list[StackResult]:
    """The results in the order of the stacks."""
    keys = dict(zip((id(planned.stack) for planned in plans), stack_keys(plans), strict=True))
    return [results[keys.get(id(stack), stack.name)] for stack in stacks]


def destroy_stacks(
    session: Session,
    stacks: Sequence[Stack],
    confirm: Collection[str],
    allow: tuple[str, ...],
    on_event: OnEvent | None,
    stop: threading.Event | None,
) -> list[StackResult]:
    """Destroys the stacks. Raises UsageProblem, and Refused before any write."""
    names = [stack.name for stack in stacks]
    for name in confirm:
        if name not in names:
            raise UsageProblem(f"confirm={name}: there is no such stack", hint=f"the stacks are {', '.join(names)}")
    hazards = AllowedHazards(lambda cloud, group: plan_destroy_each(cloud, group, KINDS), allow)
    plans = plan_entries(session.connections(stacks), stacks, hazards)
    for planned in plans:
        _refuse_unknown(session, planned)
    pending = [planned for planned in plans if planned.runnable]
    hazards.check(planned.plan for planned in pending)
    if missing := [planned.stack.name for planned in pending if planned.stack.name not in confirm]:
        what = f"destroy deletes {', '.join(missing)} only if you confirm it by name"
        raise Refused(what, hint=f"pass confirm={missing!r}")
    hazards.agreed = True
    runs = StackRuns(session, stacks, "destroy", on_event)
    run = partial(runs.run, agreed=True, migration=None, verify=False)
    return in_order(stacks, plans, runs.all(plans, (), run, stop))


def _refuse_unknown(session: Session, planned: Planned) -> None:
    """Raises UsageProblem for a name that has neither a spec nor anything in AWS."""
    plan = planned.plan
    if not is_specless(planned.stack) or planned.code or plan.lives:
        return
    if not session.lock_manager(planned.cloud).ledger.read_for_display(plan.stack):
        what = f"there is no stack {plan.stack} in {plan.region}"
        raise UsageProblem(what, hint="`elbplan list --all-regions` shows all stacks")
