"""What the command line gives the executor of migrations: a screen, a question, and runs under the stack's lock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from shlex import quote

from rich.text import Text

from ..api.exit_codes import exit_code
from ..api.migration_results import held_view, undone_code, undone_problem
from ..api.planning import Planned
from ..core.duration import duration_text
from ..core.plan import Plan
from ..core.stack import Stack
from ..core.utc import time_text
from ..errors import ElbplanError
from ..migrations.apply.executor import MigrationExecutor
from ..migrations.apply.notices import Agreement, Notice, PendingFile, Proposed, WaitsForApproval
from ..migrations.apply.options import ApplyOptions, ApplyResult
from ..migrations.apply.source import MigrationSource
from ..migrations.migration import MigrationStep
from ..render.held import held_document, held_screen
from ..render.pending_files import FileView, StepView, pending_files_screen
from ..render.verify import verify_end_document
from ..run.lock.record import RunRecord
from ..run.migration_run import MigrationRun
from ..run.result import RunResult
from ..run.workflow import Cloud
from .connect import Connections
from .context import App
from .dns import dns_of
from .errors import print_error_document
from .execution import report_unchanged, run_one
from .locks import lock_manager_of
from .options import migrations_flags
from .plan_screens import confirm, show_plans
from .plans import ending_of, retry_command, style_for
from .verification import AnswerCheck
from .views import ScreenView, View


@dataclass
class MigrationConsole:
    """One stack's apply on the command line.

    base      the folder with the migrations of all stacks
    flags     the options that the same command needs to continue
    view      what a person sees of the stack; None: the whole screen is for it
    question  asks what is agreed to, in place of the screen's own question
    clouds    reaches AWS; None: for this stack alone
    check     checks after the last run whether the stack answers; None: nobody does
    seconds   how long the last read of AWS took
    """

    app: App
    stack: Stack
    paths: tuple[str, ...]
    yes: bool
    detail: bool
    base: str
    flags: tuple[str, ...] = ()
    check: AnswerCheck | None = None
    view: View | None = None
    question: Callable[[MigrationConsole, Agreement], None] | None = None
    clouds: Connections | None = None
    cloud: Cloud = field(init=False)
    region: str = field(init=False)
    seconds: float = 0

    def __post_init__(self) -> None:
        clouds = self.clouds or Connections(self.app, [self.stack])
        self.cloud = clouds.cloud_of(self.stack)
        self.region = self.cloud.region
        self._view: View = self.view or ScreenView(self.app, self.stack)

    def executor(self, source: MigrationSource, options: ApplyOptions) -> MigrationExecutor:
        """The executor with this console's screen, question and lock."""
        return MigrationExecutor(
            self.cloud, self.stack, source, self, self._view.clock, self.confirm, self.tell, options, self.reading,
            dns=dns_of(self.app),
        )  # fmt: skip

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Show that AWS is being read, and measure how long it takes."""
        began = time.monotonic()
        with self._view.reading(self.region), self._view.slots:
            yield
        self.seconds = time.monotonic() - began

    def tell(self, notice: Notice) -> None:
        """A notice for the person; a plan only where somebody may want to see it."""
        if isinstance(notice, Proposed):
            if self.question is None and (not self.app.options.json or (not self.yes and self.app.terminal.can_ask)):
                self.show(notice.agreement)
        elif not isinstance(notice, WaitsForApproval) and (notice.important or not self.app.options.quiet):
            self._view.say(*notice.lines)

    def show(self, agreement: Agreement) -> None:
        """Shows the plan of the first run, and the files."""
        screen = self.app.terminal.stderr
        if not agreement.plan.empty:
            show_plans(self.app, "apply", [self._planned(agreement.plan)], screen, detail=self.detail)
        if agreement.files and not self.app.options.quiet:
            files = [_view(file) for file in agreement.files]
            self.app.terminal.show(pending_files_screen(files, style_for(self.app, screen)), screen)

    def confirm(self, agreement: Agreement) -> None:
        """Returns after a yes, or at once with --yes. Raises Refused."""
        if self.question is not None:
            self.question(self, agreement)
        elif not self.yes:
            confirm(self.app, self.stack.name, approves=agreement.approves)

    def records(self) -> Sequence[RunRecord]:
        """The stack's run records. Raises AwsProblem."""
        return lock_manager_of(self.app, self.cloud, self._view.say).ledger.read(self.stack.name)

    def run(
        self, shown: Plan, plan_again: Callable[[], Plan], migration: MigrationRun, *, confirmed: bool
    ) -> RunResult:
        """Run a plan under the stack's lock, on the screen; a problem is reported."""
        planned = self._planned(shown, plan_again)
        ending = ending_of(self.app, "apply", self.paths, *self.flags)
        ending = replace(ending, destroy_command="", part=migration.state == "held")
        return run_one(self.app, planned, ending, self._view, agreed=not confirmed, migration=migration)

    def _planned(self, plan: Plan, plan_again: Callable[[], Plan] | None = None) -> Planned:
        again = plan_again or (lambda: plan)
        return Planned(plan, self.cloud, self.seconds, self.stack, lambda cloud, group: [again()])

    def end(self, executor: MigrationExecutor, result: ApplyResult) -> int:
        """Show how the apply ended. Returns the exit code."""
        if problem := undone_problem(self.stack.name, result):
            return self._end_undone(problem, result)
        if result.last is None and result.pending is not None:
            self._end_without_run(executor, result)
        held = result.state == "waiting"
        if held and self.app.options.json:  # the line of the checks has the error if the stack does not answer
            self._end_held(executor, result)
        code = exit_code(self._checked(result.last)) if result.last else 0
        if held and not self.app.options.json:
            self._end_held(executor, result)
        return code

    def _checked(self, last: RunResult) -> RunResult:
        """The last run of the command, with whether the stack answers after it."""
        verification = self.check.after(self._planned(last.plan), last, self._view) if self.check else None
        if verification is None:
            return last
        last = replace(last, answers=verification.answers)
        if self.app.options.json:
            document = verify_end_document(verification, exit_code(last), self.app.terminal.redacted)
            self.app.terminal.out(json.dumps(document))
        return last

    def _end_undone(self, problem: ElbplanError, result: ApplyResult) -> int:
        """The last run is complete, but its steps were rolled back or did not hold: the apply failed."""
        code = undone_code(result)
        if self.app.options.json:
            print_error_document(self.app, problem, result.state.replace("-", " "), code)
        return code

    def _end_held(self, executor: MigrationExecutor, result: ApplyResult) -> None:
        """Show how much traffic has moved, and the commands to go on and back."""
        again = " ".join([retry_command(self.app, "apply", self.paths), *map(quote, migrations_flags(self.base))])
        view = held_view(self.stack.name, result, executor.migrations, again)
        if self.app.options.json:
            self.app.terminal.out(json.dumps(held_document(view, time_text(self.app.wall()))))
        else:
            self._view.show(held_screen(view, style_for(self.app, self.app.terminal.stdout)))

    def _end_without_run(self, executor: MigrationExecutor, result: ApplyResult) -> None:
        pending = result.pending
        assert pending is not None
        if (result.state == "waiting" or pending.drift or pending.uncovered) and not self.app.options.json:
            if result.state == "applied":
                rest = "AWS does not match it" if pending.drift else "the spec wants more"
                last = executor.migrations[-1].id
                self._view.show([Text(f"{self.stack.name}: applied up to {last}, but {rest}: elbplan plan shows it.")])
            return
        report_unchanged(self.app, pending.plan, ending_of(self.app, "apply", self.paths, *self.flags), self._view)


def _view(file: PendingFile) -> FileView:
    """The steps of a file that are still to do, each with its hazards."""
    hazards: dict[int, list[str]] = {}
    for finding in file.hazards:
        allowed = ", allowed in the file" if finding.allowed else ""
        hazards.setdefault(finding.step, []).append(f"hazard {finding.hazard.name}{allowed}: {finding.text}")
    entries = list(enumerate(file.migration.entries))[file.entry :]
    steps = [StepView(index + 1, _action(entry), entry.why, hazards.get(index, ())) for index, entry in entries]
    return FileView(file.migration.file, len(file.migration.entries), steps)


def _action(entry: MigrationStep) -> str:
    """`update listener.443`, `hold 10m`, `hold for approval`"""
    if entry.do != "hold":
        return entry.text
    return f"{entry.text} for {'approval' if entry.hold is None else duration_text(entry.hold)}"
