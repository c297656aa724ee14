"""How the run of a stack ended, as the exit code that the command line has for it. Imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..run.result import RunResult

FAILED = 1
NO_ANSWER = 3
PARTLY = 4
REFUSED = 5
INTERRUPTED = 130


def exit_code(result: RunResult) -> int:
    """0, 3 if it does not answer, 130, 4 if running again goes on from here, 1 or 5 if nothing was done.

    It is 5 if the lock was lost before.
    """
    outcome = result.outcome
    if result.problem:
        return result.problem.exit_code
    if outcome.complete:
        return 0 if result.answers else NO_ANSWER
    if outcome.lost:
        return PARTLY if outcome.done else REFUSED
    if outcome.interrupted:
        return INTERRUPTED
    waited = any(event.step.do == "wait" for event in outcome.failed)
    return PARTLY if outcome.done or waited else FAILED
