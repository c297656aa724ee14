"""The progress of a run."""

from __future__ import annotations

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
    assert log_line(waiting, style, "my-web") == "my-web: wait targets.web healthy … still waiting: 1 of 2 healthy"


def test_ascii_logs_are_ascii():
    assert log_line(Event("started", GROUP), Style(80, ascii=True)) == "create target_group.web ..."


def test_the_board_shows_what_runs_how_long_and_what_a_gate_saw():
    board = ProgressBoard(total=19)
    board.take(Event("started", GROUP, seconds=1))
    board.take(Event("done", GROUP, seconds=2))
    board.take(Event("started", HEALTHY, seconds=2))
    board.take(Event("progress", HEALTHY, "1 of 2 healthy", seconds=30))
    first, last = (line.plain for line in board.picture(65, Style(80)))
    assert first[1:] == " wait targets.web healthy  1 min 3 s · 1 of 2 healthy"
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
    text = "the targets are healthy: not after 900 s; last seen: " + "x" * 90
    line = end_line(Event("failed", HEALTHY, text), Style(80))
    assert line.plain.startswith("✗ wait targets.web healthy")
    assert line.cell_len < 80
