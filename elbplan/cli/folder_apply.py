"""The apply of several stacks: all are planned and checked first, one question is for all, then they run together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from ..api.planning import Planned
from ..core.stack import Stack
from ..migrations.apply.source import FolderSource
from ..migrations.files.folder import Folder
from ..render.folder import StackState
from ..render.outcome import EndScreen
from ..render.style import listed
from .connect import Connections
from .context import App
from .execution import run_stack
from .folder_run import FolderCommands, FolderRun
from .folder_views import FolderScreen, StackView
from .plan_screens import confirm, raise_if_all_fail
from .plans import allow_flags, ending_of, reading_stacks, retry_command
from .prepared_apply import PreparedApply, Proposal
from .spec_apply import ApplyChoices, SpecApply, apply_migrations
from .stack_filter import only_stacks


@dataclass
class FolderApply:
    """One `apply` of several stacks."""

    app: App
    paths: tuple[str, ...]
    chosen: ApplyChoices
    _specs: SpecApply = field(init=False)

    def __post_init__(self) -> None:
        self._specs = SpecApply(self.app, self.paths, self.chosen)

    def run(self, stacks: Sequence[Stack], with_folder: Collection[str]) -> int:
        """Plans, asks and applies. Returns the worst exit code. Raises SpecProblem, Refused before any write."""
        by_files = [stack for stack in stacks if stack.name in with_folder]
        for stack in by_files:
            FolderSource(Folder.of(stack.name, self.chosen.base)).read()  # a wrong file stops every write
        screen = FolderScreen(self.app, [stack.name for stack in stacks])
        clouds = Connections(self.app, by_files) if by_files else None
        prepared = [self._prepare(stack, screen, clouds) for stack in by_files]
        try:
            plans = self._plan([stack for stack in stacks if stack not in by_files], by_files, prepared, clouds)
            self._ask(plans, [apply.proposal for apply in prepared if apply.proposal])
        except BaseException:
            for apply in prepared:
                apply.decline()
            raise
        return FolderRun(self.app, screen, self._commands(), self._run_spec).all(plans, prepared)

    def _prepare(self, stack: Stack, screen: FolderScreen, clouds: Connections | None) -> PreparedApply:
        view = StackView(screen, stack.name)
        only = only_stacks([stack.name])

        def work(apply: PreparedApply) -> tuple[int, StackState | None]:
            return apply_migrations(self.app, stack, self.paths, self.chosen, view, apply.ask_at, clouds, only)

        return PreparedApply(stack.name, view, work, repeats=self.chosen.yes)

    def _plan(
        self,
        stacks: Sequence[Stack],
        by_files: Sequence[Stack],
        prepared: Sequence[PreparedApply],
        clouds: Connections | None,
    ) -> list[Planned]:
        """The plans of the stacks without migrations; those with migrations are read at the same time."""
        for apply in prepared:
            apply.start()
        plans = self._specs.plans(stacks) if stacks else []
        if clouds is None:
            raise_if_all_fail(plans)
        else:
            with reading_stacks(self.app, by_files, clouds):
                for apply in prepared:
                    apply.wait()
        return plans

    def _ask(self, plans: Sequence[Planned], proposals: Sequence[Proposal]) -> None:
        """Shows what would be done, checks it, and asks once. Raises Refused."""
        names = [stack_plan.plan.stack for stack_plan in plans if stack_plan.runnable]
        names += [proposal.console.stack.name for proposal in proposals]
        asking = bool(names) and not self.chosen.yes
        if not self.app.options.json or (asking and self.app.terminal.can_ask):
            for proposal in proposals:
                proposal.console.show(proposal.agreement)
        self._specs.show(plans, asking=asking)
        self._specs.check(plans)
        if asking:
            approved = [proposal.agreement.approves for proposal in proposals if proposal.agreement.approves]
            confirm(self.app, listed(names), approves=listed(approved))
        self._specs.agree()

    def _run_spec(self, planned: Planned, ending: EndScreen, view: StackView) -> int:
        return run_stack(
            self.app,
            planned,
            ending,
            view,
            agreed=self.chosen.yes,
            migration=self._specs.migration,
            check=self.chosen.check(self.app, self.paths),
        )

    def _commands(self) -> FolderCommands:
        app, paths = self.app, self.paths
        flags = (*self.chosen.flags, *allow_flags(self.chosen.allow))
        return FolderCommands(
            lambda stack: replace(self._specs.ending(*only_stacks([stack])), destroy_command=""),
            lambda stacks: retry_command(app, "apply", paths, *only_stacks(stacks), *flags),
            ending_of(app, "apply", paths, *flags),
        )
