"""The few lines below a stack that needs a look: what is wrong, and what to do about it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from ..errors import SpecProblem
from ..run.condition import (
    RENEWAL,
    WARNED_DAYS,
    WORST_FIRST,
    Condition,
    certificate_ends,
    conditions_of,
    load_balancers,
)
from ..run.status import StackStatus
from .drift import drift_sentences
from .errors import Redact
from .runs import last_run_text, lock_text
from .status_words import CAUSES, StackCommands, cause_sentences, certificate_text
from .style import listed

Note = tuple[str, str, str]
"""A label, a text, and a command that a person can copy; the label or one of the two others may be empty."""


@dataclass(frozen=True)
class Noted:
    """A stack with the commands for it, and how many differences or problems may stand below it."""

    status: StackStatus
    commands: StackCommands
    redact: Redact = str
    most: int = 3


def notes_of(stack: Noted, only: Collection[Condition] = WORST_FIRST) -> Iterator[Note]:
    """Yields what a person must know about each condition of a stack, worst first."""
    done: set[Callable[[Noted], Iterator[Note]]] = set()
    for condition in conditions_of(stack.status):
        if condition in only and NOTES[condition] not in done:
            done.add(NOTES[condition])
            yield from NOTES[condition](stack)


def _unreadable(stack: Noted) -> Iterator[Note]:
    problem = stack.status.problem
    if isinstance(problem, SpecProblem):
        for found in problem.problems[: stack.most]:
            yield "error", stack.redact(f"{found.file}:{found.line}:{found.column}  {found.what}"), ""
            yield from [("hint", stack.redact(found.hint), "")] if found.hint else []
        if len(problem.problems) > stack.most:
            yield "", f"and {len(problem.problems) - stack.most} more problems:", stack.commands.line("validate")
    elif problem:
        yield "error", stack.redact(problem.what), ""
        yield from [("hint", stack.redact(problem.hint), "")] if problem.hint else []
    elif stack.status.files and stack.status.files.wrong:
        yield "error", stack.status.files.wrong, ""


def _health(stack: Noted) -> Iterator[Note]:
    for name, state in load_balancers(stack.status.plan):
        if state != "active":
            yield "", f"load balancer {name} is {state}", ""
    for sentence in cause_sentences(stack.status):
        yield "", sentence, ""


def _unfinished(stack: Noted) -> Iterator[Note]:
    yield "", f"run {last_run_text(stack.status.runs)}", ""
    yield "go on", "", stack.commands.apply(stack.status.plan)


def _certificates(stack: Noted) -> Iterator[Note]:
    for end in certificate_ends(stack.status):
        if end.days < 0:
            new = f"; {RENEWAL['files']}" if end.renewal == "files" else ""
            yield "", f"certificate {certificate_text(end)}: browsers refuse the connection{new}", ""
        elif end.days < WARNED_DAYS:
            yield "", f"certificate {certificate_text(end)}: {RENEWAL[end.renewal]}", ""
        return


def _overdue(stack: Noted) -> Iterator[Note]:
    plan = stack.status.plan
    words = ["elbplan", "destroy", "--expired", *stack.commands.options]
    words += [] if "--region" in words else ["--region", plan.region]
    yield "", "its end is past, and AWS bills it on; this deletes every stack whose end is past:", shlex.join(words)


def _drifted(stack: Noted) -> Iterator[Note]:
    """With migrations, the drift is what differs from them."""
    sentences = list(stack.status.files.drift) if stack.status.files else drift_sentences(stack.status.plan)
    for sentence in sentences[: stack.most]:
        yield "drift", sentence, ""
    if len(sentences) > stack.most:
        yield "", f"and {len(sentences) - stack.most} more differences:", stack.commands.line("plan")
    if not stack.status.plan.refusals:
        back = (
            stack.commands.line("apply", "--revert-drift")
            if stack.status.files
            else stack.commands.apply(stack.status.plan)
        )
        yield "put back", "", back
    if all(change.action != "create" for change in stack.status.plan.changes):
        yield "keep", "", stack.commands.line("accept-drift", "--write")


def _refused(stack: Noted) -> Iterator[Note]:
    for refusal in stack.status.plan.refusals[: stack.most]:
        yield "refused", refusal.what, ""
        yield from [("hint", refusal.hint, "")] if refusal.hint else []


def _pending(stack: Noted) -> Iterator[Note]:
    if stack.status.files and stack.status.files.uncovered:
        yield "", "the spec has changes without a migration:", stack.commands.line("plan", "--save", "NAME")
    elif stack.status.files:
        names = [row.name for row in stack.status.files.rows if row.state in ("pending", "rolled-back")]
        yield "", f"{listed(names, 2)} to apply:", stack.commands.line("plan")
    elif not stack.status.plan.lives:
        yield "", "elbplan has not created it:", stack.commands.line("plan")
    else:
        yield (
            "",
            f"{CAUSES[stack.status.cause] if stack.status.cause else 'the spec and AWS differ'}:",
            stack.commands.line("plan"),
        )


def _specless(stack: Noted) -> Iterator[Note]:
    yield "", "no spec of this stack is in specs/: only AWS and the records of runs are shown", ""


def _held(stack: Noted) -> Iterator[Note]:
    for row in stack.status.files.rows if stack.status.files else ():
        if row.state == "held":
            yield "", f"{row.name} is held {row.more}", ""
            yield "go on", "", stack.commands.line("apply", "--approve")


def _locked(stack: Noted) -> Iterator[Note]:
    yield "lock", lock_text(stack.status.runs), ""


NOTES: Mapping[Condition, Callable[[Noted], Iterator[Note]]] = {
    "unreadable": _unreadable,
    "down": _health,
    "degraded": _health,
    "unfinished": _unfinished,
    "expired": _certificates,
    "expiring": _certificates,
    "overdue": _overdue,
    "drifted": _drifted,
    "refused": _refused,
    "pending": _pending,
    "specless": _specless,
    "held": _held,
    "locked": _locked,
}
