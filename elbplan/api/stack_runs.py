"""Runs the stacks of one call at the same time, each until its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import replace
from functools import partial

from ..core.stack import Stack
from ..core.utc import time_text
from ..errors import ElbplanError, Interrupted
from ..migrations.apply.modes import ApplyMode
from ..migrations.apply.options import ApplyOptions
from ..render.errors import error_document, failure_document
from ..render.folder import state_of
from ..render.outcome import unchanged_outcome
from ..run.migration_run import MigrationRun
from ..run.result import RunResult
from ..run.together import StackJob, StopSwitch, run_together
from ..run.workflow import Cloud
from ..verification.check import Verification
from .documents import DocumentFacts, run_end_document
from .events import Listener, OnEvent
from .exit_codes import INTERRUPTED, exit_code
from .migration_results import migration_result
from .migration_runs import MigrationRunner
from .planning import Planned, problem_of
from .prepared import PreparedApply
from .results import StackResult
from .runs import ProgramView, Together, answers_after, pressed_by, run_plan
from .session import Session
from .stack_jobs import decline_rest, stack_jobs


class StackRuns:
    """The runs of the stacks of one call."""

    def __init__(self, session: Session, stacks: Sequence[Stack], verb: str, on_event: OnEvent | None) -> None:
        self.session, self.verb = session, verb
        self.stop = StopSwitch()
        self.listener = Listener(on_event, self.stop.press, session.wall)
        self.together = Together(session, self.stop, self.listener)
        self.facts: DocumentFacts = session.facts(stacks)
        self._faults: list[BaseException] = []

    @property
    def destroys(self) -> bool:
        """The stacks are deleted."""
        return self.verb == "destroy"

    def all(
        self,
        plans: Sequence[Planned],
        prepared: Sequence[PreparedApply[StackResult]],
        run: Callable[[Planned], StackResult],
        stop: threading.Event | None,
    ) -> Mapping[str, StackResult]:
        """Runs everything. Returns the results by the keys of the stacks. Raises what is a defect, after all ended."""
        jobs = stack_jobs(
            plans,
            prepared,
            lambda key, planned: self._closed(key, partial(run, planned)),
            lambda apply: self._closed(apply.stack, apply.go_on),
        )
        with pressed_by(stop, self.stop):
            ends = self._until_ended(jobs)
        decline_rest(prepared, ends)
        if fault := self.listener.fault or next(iter(self._faults), None):
            raise fault
        return {job.stack: ends.get(job.stack) or self._not_started(job.stack) for job in jobs}

    def _until_ended(self, jobs: Sequence[StackJob[StackResult | None]]) -> Mapping[str, StackResult | None]:
        """After Ctrl-C in a program, the stacks stop gently, and then KeyboardInterrupt goes on."""
        ends: dict[str, StackResult | None] = {}
        context = copy_context()
        thread = threading.Thread(
            target=context.run, args=(lambda: ends.update(run_together(jobs, self.stop)),), name="stacks", daemon=True
        )
        thread.start()
        interrupt: KeyboardInterrupt | None = None
        while thread.is_alive():
            try:
                thread.join(0.5)
            except KeyboardInterrupt as pressed:
                if interrupt:
                    raise
                interrupt = pressed
                self.stop.press()
        if interrupt:
            raise interrupt
        return ends

    def _closed(self, stack: str, run: Callable[[], StackResult]) -> StackResult | None:
        """Runs a stack. Whatever happens to it, it must not stop the others."""
        try:
            return run()
        except ElbplanError as problem:
            return self.failed(stack, problem)
        except BaseException as fault:
            self._faults.append(fault)
            return None

    def failed(self, stack: str, problem: ElbplanError) -> StackResult:
        """The result of a stack that was not run."""
        state = state_of(problem.exit_code, destroys=self.destroys)
        document = failure_document(error_document(problem, self.facts.redact, stack=stack), self.now)
        return StackResult(stack, state, problem.exit_code, problem=problem, documents=(document,))

    def _not_started(self, stack: str) -> StackResult:
        problem = Interrupted(f"{stack}: not started", hint="apply it again")
        return replace(self.failed(stack, problem), state="not started", code=INTERRUPTED)

    @property
    def now(self) -> str:
        """The time of day in UTC."""
        return time_text(self.session.wall())

    def run(self, planned: Planned, *, agreed: bool, migration: MigrationRun | None, verify: bool) -> StackResult:
        """Runs the plan of a stack under its lock."""
        view = ProgramView(self.together, planned.plan.stack)
        result = self._run(planned, view, agreed, migration)
        verification, problem = None, result.problem
        if verify and not (planned.plan.empty and migration is None):
            try:
                verification = self._answers(planned.stack, planned.cloud, result, view)
            except Interrupted as interrupted:
                problem = interrupted
        result = replace(result, answers=verification is None or verification.answers)
        code = problem.exit_code if problem else exit_code(result)
        unchanged = result.complete and result.plan.empty
        state = "unchanged" if unchanged and code == 0 else state_of(code, destroys=self.destroys)
        document = run_end_document(result, self.facts, self.now, destroyed=self.destroys, verification=verification)
        runs = (result,) if result.run_id or not result.plan.empty else ()
        return StackResult(planned.plan.stack, state, code, runs, problem, verification, (document,))

    def _run(self, planned: Planned, view: ProgramView, agreed: bool, migration: MigrationRun | None) -> RunResult:
        plan = planned.plan
        try:
            if planned.code:
                raise problem_of(planned)
            if not plan.empty or migration is not None:
                manager = self.session.lock_manager(planned.cloud, view.say)
                return run_plan(planned, self.verb, view, manager, agreed=agreed, migration=migration)
            if self.destroys:
                self.session.lock_manager(planned.cloud, view.say).forget(plan.stack)
            return RunResult(plan, unchanged_outcome(plan))
        except ElbplanError as problem:
            return RunResult(plan, problem=problem)

    def _answers(self, stack: Stack, cloud: Cloud, result: RunResult, view: ProgramView) -> Verification | None:
        return answers_after(self.session.access, cloud, result, view, self.session.command("apply", stack.file))

    def migrations(
        self, runner: MigrationRunner, mode: ApplyMode, options: ApplyOptions, *, verify: bool
    ) -> StackResult:
        """Applies the migrations of a stack. Raises ElbplanError if no run began."""
        result = runner.apply(mode, options)
        check = partial(self._answers, runner.stack, runner.cloud) if verify else None
        return migration_result(runner, result, self.facts, self.now, check)
