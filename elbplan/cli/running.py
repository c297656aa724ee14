"""Running plans: one stack after the other, watched, stoppable; the worst end decides the exit code."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from ..core.plan import Plan
from ..run.outcome import Outcome
from .app import App
from .planning import Planned, style_for

if TYPE_CHECKING:
    from ..show.outcome import Ending
    from .reporters import Reporter

INTERRUPTED, PARTLY, FAILED = 130, 4, 1
SEVERITY = (0, 2, 3, 5, FAILED, PARTLY, INTERRUPTED)
"""From best to worst."""


def run_all(app: App, them: Sequence[Planned], ending: Ending) -> int:
    """Run the plans that have steps. After Ctrl-C no further stack is begun."""
    codes = [0]
    for one in them:
        if INTERRUPTED not in codes:
            codes.append(_run(app, one, ending, several=len(them) > 1))
    return max(codes, key=SEVERITY.index)


def _run(app: App, one: Planned, ending: Ending, *, several: bool) -> int:
    from ..show.outcome import unchanged

    outcome = unchanged(one.plan) if one.plan.empty else _execute(app, one, several)
    code = exit_code(outcome)
    if app.options.json:
        _document_end(app, one.plan, outcome, code, ending)
    else:
        _tell_end(app, one.plan, outcome, ending)
    return code


def exit_code(outcome: Outcome) -> int:
    """0, 130, 4 if running again goes on from here, 1 if nothing was done."""
    if outcome.whole:
        return 0
    if outcome.interrupted:
        return INTERRUPTED
    waited = any(event.step.do == "wait" for event in outcome.failed)
    return PARTLY if outcome.done or waited else FAILED


def _execute(app: App, one: Planned, several: bool) -> Outcome:
    from ..kinds import KINDS
    from ..run.clock import RealClock
    from ..run.workflow import apply

    reporter = _reporter(app, one.plan, several)
    clock = RealClock()
    with stoppable(clock.stop, reporter, app), reporter.watching():
        return apply(
            one.cloud, one.plan, KINDS, reporter.tell, clock, parallel=app.options.parallel, stop=clock.stop
        )


def _reporter(app: App, plan: Plan, several: bool) -> Reporter:
    from .reporters import Log, Quiet, Screen, Stream

    style = style_for(app, app.terminal.stderr)
    if app.options.json:
        return Stream(app.terminal, plan.stack)
    if app.options.quiet:
        return Quiet(app.terminal)
    if app.terminal.moves:
        return Screen(app.terminal, style, len(plan.steps))
    return Log(app.terminal, style, plan.stack if several else "")


def _tell_end(app: App, plan: Plan, outcome: Outcome, ending: Ending) -> None:
    from ..kinds import KINDS
    from ..show.outcome import outcome_screen

    style = style_for(app, app.terminal.stdout)
    app.terminal.show(outcome_screen(plan, outcome, KINDS, style, ending))


def _document_end(app: App, plan: Plan, outcome: Outcome, code: int, ending: Ending) -> None:
    from ..show.document import summary_document
    from ..show.outcome import answers

    where = answers(plan, outcome) if code == 0 and not ending.destroyed else []
    app.terminal.out(json.dumps(summary_document(plan, outcome, code, where)))


@contextlib.contextmanager
def stoppable(stop: threading.Event, reporter: Reporter, app: App) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) stops gently, the second leaves at once."""

    def pressed(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            with contextlib.suppress(Exception):
                reporter.leaving()
                app.terminal.close()
            os._exit(INTERRUPTED)
        stop.set()
        with contextlib.suppress(RuntimeError):  # in the middle of another write
            reporter.stopping()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, pressed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
