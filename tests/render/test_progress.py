"""The progress of a run."""

from __future__ import annotations

from dataclasses import replace

from elbplan.core.cause import Cause
from elbplan.render.progress import ProgressBoard, end_line, log_line
from elbplan.render.style import Style
from elbplan.run.outcome import Event

from .plans import WEB, plan

STEPS = plan(WEB).steps
GROUP = next(step for step in STEPS if step.id == "create target_group.web")
HEALTHY = next(step for step in STEPS if step.id == "wait targets.web healthy")


def test_a_log_has_a_line_at_the_start_and_one_at_the_end():
    style = Style(80)
    assert log_line(Event("started", GROUP), style) == "create target_group.web …"
    assert log_line(Event("done", GROUP, took=0.2), style) == "create target_group.web … done in 0.2 s"
    failed = Event("failed", GROUP, "AWS refused it", took=12)
    assert log_line(failed, style) == "create target_group.web … failed after 12 s: AWS refused it"
    waiting = Event("progress", HEALTHY, "1 of 2 healthy")
    assert log_line(waiting, Style(120), "my-web") == (
        "my-web: wait until the targets are healthy (targets.web) … still waiting: 1 of 2 healthy"
    )


def test_ascii_logs_are_ascii():
    assert log_line(Event("started", GROUP), Style(80, ascii=True)) == "create target_group.web ..."


def test_the_board_shows_what_runs_how_long_and_what_a_gate_saw():
    board = ProgressBoard(total=19)
    board.take(Event("started", GROUP, seconds=1))
    board.take(Event("done", GROUP, seconds=2))
    board.take(Event("started", HEALTHY, seconds=2))
    board.take(Event("progress", HEALTHY, "1 of 2 healthy", seconds=30, usual="< 1 min", gives_up=300))
    first, last = (line.plain for line in board.picture(65, Style(80)))
    assert first[1:] == " targets web: 1 of 2 healthy  1 min 3 s · usually < 1 min, gives up at 5 min"
    assert last == "1 of 19 done · 1 min 5 s · Ctrl-C stops after the running calls"


def test_the_board_never_wraps_and_never_outgrows_its_rows():
    board = ProgressBoard(total=40)
    for step in STEPS:
        board.take(Event("started", step))
        board.take(Event("progress", step, "a very long sight " * 20))
    picture = board.picture(10, Style(80), rows=5)
    assert len(picture) == 6
    assert max(line.cell_len for line in picture) < 80


def test_a_failed_step_is_not_counted_as_done():
    board = ProgressBoard(total=2)
    board.take(Event("started", GROUP))
    board.take(Event("failed", GROUP, "no"))
    assert board.picture(1, Style(80))[-1].plain.startswith("0 of 2 done")


def test_an_ended_step_fits_one_line():
    text = "0 of 2 healthy; waiting longer does not help" + "x" * 90
    line = end_line(Event("failed", HEALTHY, text), Style(80))
    assert line.plain.startswith("✗ targets web: 0 of 2 healthy; waiting longer")
    assert line.cell_len < 80


def board_with(*causes: Cause, since: float = 2) -> ProgressBoard:
    board = ProgressBoard(total=19)
    board.take(Event("started", HEALTHY, seconds=since))
    board.take(Event("progress", HEALTHY, "0 of 2 healthy", causes=causes, usual="< 1 min", gives_up=300))
    return board


def lines(board: ProgressBoard, now: float, width: int = 80, rows: int = 20) -> list[str]:
    return [line.plain for line in board.picture(now, Style(width), rows)]


MISSING = Cause("HTTP 404 on /health", "create that page, or set health: /", targets=("i-1",), names=("server-a",))


def test_a_wait_shows_its_causes_after_ten_seconds():
    board = board_with(MISSING)
    assert len(lines(board, 11.9)) == 2
    assert lines(board, 12)[1] == "    server-a  HTTP 404 on /health: create that page, or set health: /"


def test_a_long_cause_has_the_servers_in_a_line_of_their_own():
    ids = tuple(f"i-{number:017}" for number in range(5))
    both = replace(MISSING, targets=ids, names=("server-a", *[""] * 4))
    row, who, what, _ = lines(board_with(both), 60)
    assert who == f"    server-a, {ids[1]}, {ids[2]} and 2 more"
    assert what == "      HTTP 404 on /health: create that page, or set health: /"
    assert max(map(len, (row, who, what))) < 80


def test_many_causes_end_with_a_number():
    causes = [replace(MISSING, text=f"HTTP 50{number}", targets=(f"i-{number}",), names=("",)) for number in range(9)]
    shown = lines(board_with(*causes), 60)
    assert len(shown) == 1 + 5 + 1 + 1
    assert shown[-2] == "    and 4 more"


def test_causes_stay_away_where_the_steps_need_the_rows():
    board = board_with(MISSING)
    board.take(Event("started", GROUP))
    assert len(lines(board, 60, rows=2)) == 3
    assert len(lines(board, 60, rows=3)) == 4


def test_a_narrow_screen_shows_when_the_wait_ends():
    assert lines(board_with(), 60, width=64)[0][1:] == " targets web: 0 of 2 healthy  58 s · gives up at 5 min"
