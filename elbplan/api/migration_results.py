"""How the apply of a stack's migrations ended, as the result of a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..errors import ElbplanError, Interrupted
from ..migrations.apply.options import ApplyResult
from ..migrations.migration import Migration
from ..render.errors import error_document, failure_document
from ..render.folder import StackState, state_of
from ..render.held import HeldView, held_document, share_text
from ..render.outcome import unchanged_outcome
from ..render.verify import verify_end_document
from ..run.result import RunResult
from ..verification.check import Verification
from .documents import DocumentFacts, run_end_document
from .exit_codes import FAILED, PARTLY, exit_code
from .migration_runs import MigrationRunner
from .results import StackResult
from .runs import RunView

ROLLED_BACK = FAILED
"""The exit code of an apply whose `on_failure: rollback` rolled the file back: it failed, and nothing of it is left."""

Check = Callable[[RunResult, RunView], Verification | None]
"""Checks whether the stack answers after a run."""


def migration_result(
    runner: MigrationRunner, result: ApplyResult, facts: DocumentFacts, at: str, check: Check | None
) -> StackResult:
    """How the apply ended, with the lines of `--json`."""
    stack = runner.stack.name
    lines = [run_end_document(run, facts, at, destroyed=False) for run in runner.runs]
    if problem := undone_problem(stack, result):
        code = undone_code(result)
        error = {**error_document(problem, facts.redact, result.state.replace("-", " "), stack), "code": code}
        lines.append(failure_document(error, at))
        return StackResult(stack, state_of(code, destroys=False), code, tuple(runner.runs), problem, None, lines)
    return _ended(runner, result, facts, at, check, lines)


def _ended(
    runner: MigrationRunner,
    result: ApplyResult,
    facts: DocumentFacts,
    at: str,
    check: Check | None,
    lines: list[dict[str, Any]],
) -> StackResult:
    last, problem, verification = result.last, result.last.problem if result.last else None, None
    held = result.state == "waiting"
    lines += _unrun(result, facts, at)
    if held:
        again = runner.session.command("apply", runner.stack.file)
        lines.append(held_document(held_view(runner.stack.name, result, runner.executor.migrations, again), at))
    if last and check:
        try:
            verification = check(last, runner.view)
        except Interrupted as interrupted:
            problem = interrupted
    last = replace(last, answers=verification is None or verification.answers) if last else None
    code = problem.exit_code if problem else exit_code(last) if last else 0
    if verification:
        lines.append(verify_end_document(verification, code, facts.redact))
    state = _state(result, code, changed=bool(runner.runs))
    return StackResult(runner.stack.name, state, code, tuple(runner.runs), problem, verification, lines)


def _unrun(result: ApplyResult, facts: DocumentFacts, at: str) -> Iterator[dict[str, Any]]:
    """Yields the line of a stack of which nothing was run and nothing is left to say."""
    pending = result.pending
    if result.last is None and pending is not None and result.state != "waiting":
        run = RunResult(pending.plan, unchanged_outcome(pending.plan))
        yield run_end_document(run, facts, at, destroyed=False)


def _state(result: ApplyResult, code: int, *, changed: bool) -> StackState:
    if code == 0 and result.state == "waiting":
        return "held"
    return "unchanged" if code == 0 and not changed else state_of(code, destroys=False)


def undone_problem(stack: str, result: ApplyResult) -> ElbplanError | None:
    """Why an apply failed although its last run is complete: its steps were rolled back, or did not hold."""
    if result.state not in ("rolled-back", "hold-broken"):
        return None
    word = "was rolled back" if result.state == "rolled-back" else "did not hold"
    return ElbplanError(f"{stack} {word}: {result.reason}")


def undone_code(result: ApplyResult) -> int:
    """The exit code of such an apply."""
    return ROLLED_BACK if result.state == "rolled-back" else PARTLY


def held_view(stack: str, result: ApplyResult, migrations: Sequence[Migration], again: str) -> HeldView:
    """How much traffic has moved, and the commands to go on and back; `again` is the command of the apply."""
    pending = result.pending
    assert pending is not None
    assert pending.migration is not None
    lives = pending.plan.lives
    models = [live.model for live in lives.values()]
    if result.last:
        models = [model for address in lives if (model := result.last.resource(address))]
    number = pending.migration.number - 1
    back = f"{again} --to {number:04}" if any(file.number == number for file in migrations) else ""
    place = f"{pending.place} of {pending.migration.id}"
    return HeldView(stack, share_text(models), place, f"{again} --approve", back)
