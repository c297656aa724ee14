"""The runs of several stacks: a line for each on a terminal, a line for each that ended, and one summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from rich.cells import cell_len
from rich.text import Text

from ..core.plan import Plan
from ..run.outcome import Event, Outcome
from .layout import column, flow, padded, shortened, shortened_inside
from .outcome import stack_urls, summary_text
from .progress import ASCII_SPINNER, CAUSE_AFTER, SPINNER, SPINNER_RATE, RunningStep
from .step_words import running_text
from .style import RESULT_MARKS, Style, duration

StackState = Literal[
    "applied", "destroyed", "unchanged", "held", "no answer", "failed", "refused", "interrupted", "not started"
]
"""How a stack ended, in the order of the summary."""

STATES: tuple[StackState, ...] = (
    "applied", "destroyed", "unchanged", "held", "no answer", "failed", "refused", "interrupted", "not started",
)  # fmt: skip
COUNTED: Mapping[StackState, str] = {"no answer": "without an answer"}
"""The words of the summary where they differ."""

FINISHED: frozenset[StackState] = frozenset(("applied", "destroyed", "unchanged"))
WIDEST_NAME = 24
"""The longest name of a stack."""

CODES: Mapping[int, StackState] = {0: "applied", 3: "no answer", 5: "refused", 130: "interrupted"}
"""The states of the exit codes of a stack; all others are failures."""


@dataclass(frozen=True)
class StackEnd:
    """How the run of a stack ended.

    code   its exit code
    """

    stack: str
    state: StackState
    code: int = 0


def state_of(code: int, *, destroys: bool) -> StackState:
    """Returns the state of a stack that was run, by its exit code."""
    state = CODES.get(code, "failed")
    return "destroyed" if destroys and state == "applied" else state


@dataclass
class StackLine:
    """What a stack does now. Times are seconds since the start of the command.

    phase    the work outside the steps: `reading AWS`, `checking that it answers`
    total    the number of its steps, of which `done` are done
    """

    stack: str
    began: float
    phase: str = ""
    total: int = 0
    done: int = 0
    running: dict[str, RunningStep] = field(default_factory=dict)

    def take(self, event: Event, now: float) -> None:
        """Updates the line with an event of a step."""
        id = event.step.id
        if event.what in ("started", "progress"):
            since = self.running[id].began if id in self.running else now
            self.running[id] = RunningStep(since, replace(event, text="") if event.what == "started" else event)
        else:
            self.running.pop(id, None)
            self.done += event.what == "done"

    def text(self, now: float) -> str:
        """Returns `5 of 12 · targets web: 0 of 2 healthy · server-a: HTTP 404`: the step that runs longest, and why."""
        parts = [self.phase] if self.phase else []
        if self.total and not self.phase:
            parts.append(f"{self.done} of {self.total}")
            if not self.running:
                parts.append("closing the run" if self.done == self.total else "waits for a free slot")
        if not self.phase and self.running:
            step = min(self.running.values(), key=lambda step: step.began)
            parts.append(running_text(step.event))
            if step.event.causes and now - step.began >= CAUSE_AFTER:
                cause = step.event.causes[0]
                parts.append(": ".join([*list(cause.short_labels)[:1], cause.text]))
        return " · ".join(parts)


@dataclass
class FolderBoard:
    """The stacks that run, in their order, and how many have ended."""

    stacks: Sequence[str]
    lines: dict[str, StackLine] = field(default_factory=dict)
    ended: list[StackEnd] = field(default_factory=list)
    note: str = ""

    def picture(self, now: float, style: Style, rows: int = 20) -> list[Text]:
        """Returns a line for each stack that runs, in at most `rows` lines, and the progress of all."""
        running = [line for stack in self.stacks if (line := self.lines.get(stack))]
        visible = running if len(running) <= rows else running[: rows - 1]
        width = column([line.stack for line in visible], WIDEST_NAME)
        spinner = ASCII_SPINNER if style.ascii else SPINNER
        symbol = spinner[int(now * SPINNER_RATE) % len(spinner)]
        lines = [_running_row(line, symbol, width, now, style) for line in visible]
        if len(visible) < len(running):
            lines.append(style.line((f"  and {len(running) - len(visible)} more stacks", "dim")))
        return [*lines, self._footer(now, style)]

    def _footer(self, now: float, style: Style) -> Text:
        bad = sum(end.state not in FINISHED for end in self.ended)
        failed = f" · {bad} not finished" if bad else ""
        head = f"{len(self.ended)} of {len(self.stacks)} stacks{failed} · {duration(max(now, 0))}"
        tails = [self.note] if self.note else ["Ctrl-C: stop safely; run again to go on", "Ctrl-C: stop safely"]
        texts = [style.clean(f"{head} · {tail}") for tail in tails]
        text = next((text for text in texts if cell_len(text) < style.width), texts[-1])
        return style.line((shortened(text, style.width - 1, _dots(style)), "bold" if self.note else "dim"))


def _dots(style: Style) -> str:
    return "..." if style.ascii else "…"


def _running_row(line: StackLine, symbol: str, width: int, now: float, style: Style) -> Text:
    seconds = duration(now - line.began) if now - line.began >= 1 else ""
    name = padded(shortened_inside(line.stack, width, _dots(style)), width)
    room = style.width - 1 - width - 4 - (len(seconds) + 2 if seconds else 0)
    text = shortened(style.clean(line.text(now)), max(room, 8), _dots(style))
    gap = " " * max(2, room - cell_len(text) + 2) if seconds else ""
    row = style.line((symbol, "cyan"), " ", (name, "bold"), "  ", text, gap, (seconds, "dim"))
    row.truncate(style.width - 1)
    return row


def finished_line(plan: Plan, outcome: Outcome, style: Style, *, destroys: bool, name_width: int = 0) -> list[Text]:
    """Returns the line of a stack whose run is complete: what was done, how long it took, and its address."""
    name = padded(plan.stack, name_width)
    head = style.line(RESULT_MARKS["done"], " ", (name, "bold"), "  ")
    if destroys:
        return flow(style, head, f"destroyed in {duration(outcome.seconds)}", back=4)
    text = f"{summary_text(plan)} in {duration(outcome.seconds)}"
    with_url = [f"{text} · {url}" for url in stack_urls(plan, outcome)[:1]]
    fits = [line for line in with_url if head.cell_len + cell_len(line) <= style.width]
    return flow(style, head, fits[0] if fits else text, back=4)


def interrupted_line(outcome: Outcome, stack: str, style: Style, name_width: int = 0) -> list[Text]:
    """Returns `‖ svc-02  interrupted: 3 of 10 steps done`."""
    head = style.line(RESULT_MARKS["held"], " ", (padded(stack, name_width), "bold"), "  ")
    done, left = len(outcome.done), len(outcome.skipped)
    return flow(style, head, f"interrupted: {done} of {done + left} steps done", back=4)


def problem_rows(stack: str, not_done: str, what: str, hint: str, style: Style) -> list[Text]:
    """Returns why a stack was not run: `✗ svc-07: not applied`, the problem and its hint."""
    rows = [style.line(RESULT_MARKS["failed"], (f" {stack}: ", "bold"), not_done)]
    for line in what.split("\n"):
        rows += flow(style, style.line("  "), line)
    for line in hint.split("\n") if hint else ():
        rows += flow(style, style.line("    hint: "), line)
    return rows


def counts_text(ends: Sequence[StackEnd]) -> str:
    """Returns `38 applied, 1 failed, 1 refused`."""
    numbers = Counter(end.state for end in ends)
    return ", ".join(f"{numbers[state]} {COUNTED.get(state, state)}" for state in STATES if numbers[state])


def summary_rows(ends: Sequence[StackEnd], seconds: float, next: str, style: Style) -> Iterator[Text]:
    """Yields the last lines of a command for several stacks; `next` is the command that goes on, if one does."""
    good = all(end.state in FINISHED for end in ends)
    head = style.line(RESULT_MARKS["done" if good else "failed"], " ")
    text = f"{counts_text(ends)} · {duration(seconds)}"
    if next and head.cell_len + cell_len(f"{text} · next: {next}") <= style.width:
        yield head.append_text(style.line((text, "bold"), " · next: ", next))
        return
    yield from flow(style, head, text, "bold")
    if next:
        yield style.line("  next: ", next)


def folder_document(ends: Sequence[StackEnd], seconds: float, exit_code: int, next: str, at: str) -> dict[str, Any]:
    """Returns the last line of `apply --json` for several stacks."""
    numbers = Counter(end.state for end in ends)
    return {
        "schema": 1,
        "type": "stacks",
        "at": at,
        "stacks": [{"stack": end.stack, "state": end.state, "exit": end.code} for end in ends],
        "counts": {state: numbers[state] for state in STATES if numbers[state]},
        "seconds": round(seconds, 3),
        "next": next,
        "exit": exit_code,
    }
