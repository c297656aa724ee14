"""The screens of several stacks: the board while they run, a line for each that ended, and the summary."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elbplan.core.cause import Cause
from elbplan.render.folder import (
    FolderBoard,
    StackEnd,
    StackLine,
    counts_text,
    finished_line,
    folder_document,
    interrupted_line,
    problem_rows,
    state_of,
    summary_rows,
)
from elbplan.render.style import Style
from elbplan.run.outcome import Event, Outcome

from .golden import assert_golden
from .plans import WEB, plan

PLAN = plan(WEB)
GROUP = next(step for step in PLAN.steps if step.id == "create target_group.web")
HEALTHY = next(step for step in PLAN.steps if step.id == "wait targets.web healthy")
MISSING = Cause("HTTP 404 on /health", "create that page, or set health: /", targets=("i-1",), names=("server-a",))
NEXT = "elbplan apply --stack svc-07 --stack svc-19"


def board() -> FolderBoard:
    """Forty stacks, of which some run."""
    board = FolderBoard([f"svc-{number:02}" for number in range(40)])
    for number, phase in (
        (0, "reading AWS"),
        (1, ""),
        (2, ""),
        (3, "checking that it answers"),
        (4, "waits for svc-00"),
    ):
        board.lines[f"svc-{number:02}"] = StackLine(f"svc-{number:02}", number, phase)
    for number in (1, 2):
        line = board.lines[f"svc-{number:02}"]
        line.total = 10
        line.take(Event("started", GROUP, "in the spec, not in AWS"), 5)
    board.lines["svc-01"].take(Event("done", GROUP), 6)
    board.lines["svc-01"].take(Event("progress", HEALTHY, "0 of 2 healthy", causes=(MISSING,)), 20)
    board.ended += [StackEnd("svc-05", "applied"), StackEnd("svc-06", "failed", 4)]
    return board


@pytest.mark.parametrize("width", [80, 120])
def test_a_stack_that_runs_has_one_line(width: int) -> None:
    assert_golden(f"folder-{width}", board().picture(112, Style(width)))


def test_a_wait_shows_its_cause_after_a_while() -> None:
    early, late = (board().picture(now, Style(120))[1].plain for now in (25, 31))
    assert "HTTP 404" not in early
    assert "1 of 10 · targets web: 0 of 2 healthy · server-a: HTTP 404 on /health" in late


@given(st.integers(40, 200), st.integers(3, 50), st.booleans())
def test_the_board_fits_every_screen(width: int, rows: int, ascii: bool) -> None:
    full = board()
    for number in range(40):
        full.lines.setdefault(f"svc-{number:02}", StackLine(f"svc-{number:02}", 0, "reading AWS 서버"))
    lines = full.picture(1000, Style(width, ascii), rows)
    assert len(lines) <= rows + 1
    assert all(line.cell_len < width for line in lines)
    assert not ascii or all(line.plain.isascii() for line in lines)


def test_more_stacks_than_lines_are_counted() -> None:
    *_, more, footer = board().picture(60, Style(80), rows=3)
    assert more.plain == "  and 3 more stacks"
    assert footer.plain.startswith("2 of 40 stacks · 1 not finished · 1 min · Ctrl-C")


def test_a_finished_stack_is_one_line_with_its_address_if_there_is_room() -> None:
    outcome = Outcome(done=list(PLAN.steps), seconds=123)
    wide, narrow = (finished_line(PLAN, outcome, Style(width), destroys=False, name_width=8) for width in (100, 60))
    assert [line.plain for line in wide] == ["✓ my-web    8 resources created in 2 min 3 s · https://api.example.com"]
    assert [line.plain for line in narrow] == ["✓ my-web    8 resources created in 2 min 3 s"]
    destroyed = finished_line(PLAN, outcome, Style(80), destroys=True)
    assert [line.plain for line in destroyed] == ["✓ my-web  destroyed in 2 min 3 s"]


def test_an_interrupted_stack_says_how_far_it_came() -> None:
    outcome = Outcome(done=list(PLAN.steps[:3]), skipped=list(PLAN.steps[3:]), interrupted=True)
    (line,) = interrupted_line(outcome, "svc-02", Style(80))
    assert line.plain == f"‖ svc-02  interrupted: 3 of {len(PLAN.steps)} steps done"


def test_a_stack_that_was_not_run_shows_its_whole_problem() -> None:
    rows = problem_rows("svc-07", "not applied", "AWS changed since the plan was shown", "run it again", Style(80))
    assert [row.plain for row in rows] == [
        "✗ svc-07: not applied", "  AWS changed since the plan was shown", "    hint: run it again"
    ]  # fmt: skip


ENDS = [StackEnd(f"svc-{n:02}", "applied") for n in range(38)]
BAD = [*ENDS, StackEnd("svc-07", "failed", 4), StackEnd("svc-19", "refused", 5)]


def test_the_summary_counts_and_names_the_next_command() -> None:
    def summary(ends: list[StackEnd], width: int, next: str = "") -> list[str]:
        return [line.plain for line in summary_rows(ends, 123, next, Style(width))]

    assert summary(ENDS, 80) == ["✓ 38 applied · 2 min 3 s"]
    assert summary(BAD, 120, NEXT) == [f"✗ 38 applied, 1 failed, 1 refused · 2 min 3 s · next: {NEXT}"]
    assert summary(BAD, 80, NEXT) == ["✗ 38 applied, 1 failed, 1 refused · 2 min 3 s", f"  next: {NEXT}"]


def test_the_states_stand_in_one_order() -> None:
    ends = [StackEnd("a", "not started", 130), StackEnd("b", "no answer", 3), StackEnd("c", "unchanged")]
    assert counts_text(ends) == "1 unchanged, 1 without an answer, 1 not started"


@pytest.mark.parametrize(
    ("code", "destroys", "state"),
    [(0, False, "applied"), (0, True, "destroyed"), (3, False, "no answer"), (4, False, "failed"), (1, True, "failed"),
     (5, False, "refused"), (130, False, "interrupted")],
)  # fmt: skip
def test_an_exit_code_is_a_state(code: int, destroys: bool, state: str) -> None:
    assert state_of(code, destroys=destroys) == state


def test_the_last_document_has_every_stack_and_the_counts() -> None:
    document = folder_document(BAD, 123.4567, 4, NEXT, "2026-11-30T04:14:05Z")
    assert (document["type"], document["counts"]) == ("stacks", {"applied": 38, "failed": 1, "refused": 1})
    assert document["stacks"][-1] == {"stack": "svc-19", "state": "refused", "exit": 5}
    assert (document["seconds"], document["exit"], document["next"]) == (123.457, 4, NEXT)


def test_a_step_that_is_over_leaves_the_line() -> None:
    line = StackLine("svc", 0, total=2)
    line.take(Event("started", GROUP), 1)
    line.take(Event("done", GROUP), 2)
    assert line.text(3) == "1 of 2 · waits for a free slot"
    line.take(Event("started", HEALTHY), 3)
    line.take(replace(Event("failed", HEALTHY)), 4)
    assert (line.done, line.running) == (1, {})
