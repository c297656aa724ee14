"""Runs several stacks of one command at the same time, and ends with one summary."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..api.exit_codes import INTERRUPTED
from ..api.planning import Planned
from ..api.stack_jobs import decline_rest, stack_jobs
from ..core.utc import time_text
from ..errors import ElbplanError
from ..render.folder import FINISHED, StackEnd, StackState, folder_document, summary_rows
from ..render.outcome import EndScreen, finished_rows, is_first_create
from ..render.style import listed
from ..run.together import run_together
from .context import App
from .errors import crash_problem, worst
from .folder_views import FolderScreen, StackView
from .plans import style_for
from .prepared_apply import PreparedApply

MOST_NAMED = 3
"""The next command names so many stacks. With more of them, the same command again is shorter."""


@dataclass(frozen=True)
class FolderCommands:
    """The next commands.

    ending   the last screen of a stack, with its own commands, by its name
    again    the command for the stacks that are not finished; without names, the same command again
    last     the last screen of all, for the command that deletes them
    """

    ending: Callable[[str], EndScreen]
    again: Callable[[Sequence[str]], str]
    last: EndScreen


@dataclass
class FolderRun:
    """The runs of one command.

    run      runs one stack: its plan, its last screen, and what a person sees of it. Returns the exit code
    """

    app: App
    screen: FolderScreen
    commands: FolderCommands
    run: Callable[[Planned, EndScreen, StackView], int]
    _ends: dict[str, StackEnd] = field(default_factory=dict)

    def all(self, plans: Sequence[Planned], prepared: Sequence[PreparedApply] = ()) -> int:
        """Runs the plans and the prepared migrations, and shows the summary. Returns the worst exit code."""
        jobs = stack_jobs(plans, prepared, self._plan, self._migrations)
        with self.screen.running():
            for job in jobs:
                if job.after:
                    self.screen.line(job.stack).phase = f"waits for {listed(sorted(job.after), most=2)}"
            ends = run_together(jobs, self.screen.stop)
        decline_rest(prepared, ends)
        names = [job.stack for job in jobs]
        return self._summary([ends.get(name, StackEnd(name, "not started", INTERRUPTED)) for name in names])

    def _plan(self, key: str, planned: Planned) -> StackEnd:
        ending, view = self.commands.ending(planned.plan.stack), StackView(self.screen, key)
        return self._closed(view, lambda: (self.run(planned, ending, view), None))

    def _migrations(self, apply: PreparedApply) -> StackEnd:
        return self._closed(apply.view, apply.go_on)

    def _closed(self, view: StackView, run: Callable[[], tuple[int, StackState | None]]) -> StackEnd:
        """Runs a stack. Whatever happens to it, it must not stop the others."""
        try:
            return view.close(*run())
        except ElbplanError as problem:
            view.problem(problem)
            return view.close(problem.exit_code)
        except Exception as fault:
            defect = crash_problem(self.app.terminal, fault, ())
            view.problem(defect)
            return view.close(defect.exit_code)

    def _summary(self, ends: Sequence[StackEnd]) -> int:
        app, code = self.app, worst(end.code for end in ends)
        names = [end.stack for end in ends]
        app.results.sort(key=lambda result: names.index(result.plan.stack) if result.plan.stack in names else 0)
        unfinished = [end.stack for end in ends if end.state not in (*FINISHED, "held")]
        next = self.commands.again(unfinished if len(unfinished) <= MOST_NAMED else ()) if unfinished else ""
        if app.options.json:
            document = folder_document(ends, self.screen.seconds, code, next, time_text(app.wall()))
            app.terminal.out(json.dumps(document))
            return code
        style = style_for(app, app.terminal.stdout)
        app.terminal.show(summary_rows(ends, self.screen.seconds, next, style))
        if any(result.complete and is_first_create(result.plan) for result in app.results):
            app.terminal.show(finished_rows(style, self.commands.last))
        return code
