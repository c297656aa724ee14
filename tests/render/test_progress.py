"""The progress of a run."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from elbplan.core.cause import Cause
from elbplan.render.progress import ProgressBoard, end_line, log_lines
from elbplan.render.step_words import expectations
from elbplan.render.style import Style, duration
from elbplan.run.outcome import Event

from .plans import WEB, WEB_8080, plan

STEPS = plan(WEB).steps
GROUP = next(step for step in STEPS if step.id == "create target_group.web")
ISSUED = next(step for step in STEPS if step.id == "wait certificate.main issued")
HEALTHY = next(step for step in STEPS if step.id == "wait targets.web healthy")

MISSING = Cause("HTTP 404 on /health", "create that page, or set health: /", targets=("i-1",), names=("server-a",))


WIDE = Style(80)


def log(event: Event, style: Style = WIDE, *, causes: bool = False) -> list[str]:
    return log_lines(event, style, "my-web", causes=causes)


def test_a_log_names_the_stack_and_the_resource_at_the_start_and_at_the_end():
    assert log(Event("started", GROUP)) == ["my-web: target group web: creating"]
    assert log(Event("done", GROUP, took=0.2)) == ["my-web: target group web created"]
    assert log(Event("done", GROUP, took=2.6)) == ["my-web: target group web created after 2.6 s"]
    assert log(Event("failed", GROUP, "AWS refused it", took=12)) == [
        "my-web: target group web not created: AWS refused it (after 12 s)"
    ]
    assert log(Event("skipped", GROUP, "needs create load_balancer.main")) == [
        "my-web: target group web: skipped: an earlier step is not done"
    ]
    assert log(Event("skipped", GROUP, "interrupted")) == ["my-web: target group web: skipped: interrupted"]


def test_a_log_says_what_a_wait_sees_why_and_how_long_it_takes():
    assert log(Event("started", HEALTHY)) == ["my-web: targets web: waiting until the targets are healthy"]
    waiting = Event("progress", HEALTHY, "1 of 2 healthy", causes=(MISSING,), usual="< 1 min", gives_up=300)
    assert log(waiting, causes=True) == [
        "my-web: targets web: 1 of 2 healthy (usually < 1 min, gives up at 5 min)",
        "my-web: targets web: server-a (i-1): HTTP 404 on /health: create that page, or set health: /",
    ]


def test_ascii_logs_are_ascii():
    assert log(Event("progress", GROUP, "서버 …"), Style(80, ascii=True))[0].isascii()


def test_an_ended_step_says_what_became_of_its_resource():
    lines = [
        end_line(Event("done", ISSUED, "issued", took=2.6), Style(80)),
        end_line(Event("done", GROUP, took=0.04), Style(80)),
        end_line(Event("done", HEALTHY, "2 of 2 healthy", took=48), Style(80)),
        end_line(Event("failed", GROUP, "AWS refused it", took=0.1), Style(80)),
    ]
    assert [line.plain for line in lines] == [
        "✓ certificate issued            2.6 s",
        "✓ target group web created",
        "✓ targets web: 2 of 2 healthy   48 s",
        "✗ target group web not created: AWS refused it",
    ]


def test_a_change_of_a_route_in_parts_names_the_part():
    steps = [step for step in plan(WEB_8080, WEB).steps if step.do == "update" and step.address.kind == "listener"]
    assert [end_line(Event("done", step), Style(80)).plain for step in steps] == [
        "✓ listener 443 prepared",
        "✓ listener 443 switched",
        "✓ listener 443 cleaned up",
    ]


def test_the_board_shows_what_runs_how_long_and_what_a_gate_saw():
    board = ProgressBoard(total=19)
    board.take(Event("started", GROUP, seconds=1))
    board.take(Event("done", GROUP, seconds=2))
    board.take(Event("started", HEALTHY, seconds=2))
    board.take(Event("progress", HEALTHY, "1 of 2 healthy", seconds=30, usual="< 1 min", gives_up=300))
    first, last = (line.plain for line in board.picture(41, Style(80)))
    assert first[1:] == " targets web: 1 of 2 healthy   39 s   usually < 1 min, gives up at 5 min"
    assert last == "1 of 19 · 41 s · Ctrl-C: stop safely; run again to go on"


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
    assert board.picture(1, Style(80))[-1].plain.startswith("0 of 2 · 1.0 s")


def test_an_ended_step_fits_one_line():
    text = "0 of 2 healthy " + "x" * 90
    line = end_line(Event("failed", HEALTHY, text), Style(80))
    assert line.plain.startswith("✗ targets web: 0 of 2 healthy xxx")
    assert line.cell_len < 80


def board_with(*causes: Cause, since: float = 2) -> ProgressBoard:
    board = ProgressBoard(total=19)
    board.take(Event("started", HEALTHY, seconds=since))
    board.take(Event("progress", HEALTHY, "0 of 2 healthy", causes=causes, usual="< 1 min", gives_up=300))
    return board


def lines(board: ProgressBoard, now: float, width: int = 80, rows: int = 20) -> list[str]:
    return [line.plain for line in board.picture(now, Style(width), rows)]


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
    assert lines(board_with(), 60, width=64)[0][1:] == " targets web: 0 of 2 healthy   58 s   gives up at 5 min"
    assert lines(board_with(), 60, width=60)[-1] == "0 of 19 · 1 min · Ctrl-C: stop safely; run again to go on"
    assert lines(board_with(), 61, width=60)[-1] == "0 of 19 · 1 min 1 s · Ctrl-C: stop safely"


NAMES = ["web", "a" * 63, "웹서버" * 21, "東京" * 31, "é" * 63]
TEXTS = ["0 of 2 healthy", "AWS registers only running servers", "서버가 아직 준비되지 않았습니다 " * 9]
WORDS = ["HTTP 404 on /health", "a" * 150, "열리지 않은 포트 " * 20, "no\x1b[2J answer\n" * 9, ""]
CAUSES = [Cause(text, fix, targets=("i-1",), names=(name,)) for text in WORDS for fix in WORDS for name in NAMES]


@given(
    width=st.integers(60, 200), ascii=st.booleans(), name=st.sampled_from(NAMES), text=st.sampled_from(TEXTS),
    causes=st.lists(st.sampled_from(CAUSES), max_size=7),
    seconds=st.floats(0, 90000), rows=st.integers(3, 40), what=st.sampled_from(["started", "progress"]),
)  # fmt: skip
def test_no_row_is_wider_than_the_screen(width, ascii, name, text, causes, seconds, rows, what):
    style, board = Style(width, ascii), ProgressBoard(total=40)
    for step in (HEALTHY, GROUP):
        named = replace(step, address=step.address._replace(name=name))
        waiting = Event(what, named, text, causes=tuple(causes), usual="2 to 3 min", gives_up=4500)
        board.take(waiting)
    picture = [
        *board.picture(seconds, style, rows),
        end_line(Event("failed", named, text, took=seconds), style),
        end_line(Event("done", named, text, took=seconds), style),
    ]
    assert len(picture) <= rows + 3
    for line in picture:
        assert line.cell_len < width
        assert line.plain.isprintable()
        assert line.plain.isascii() or not ascii
    shown = [line.plain for line in picture if duration(seconds) in line.plain]
    assert seconds < 1 or len(shown) >= 3, "the times never give way to a long name"


def test_a_usual_time_is_a_range_in_words():
    waiting = Event("progress", HEALTHY, "AWS is creating it", usual="2-3 min", gives_up=900)
    assert expectations(waiting) == ["usually 2 to 3 min, gives up at 15 min", "gives up at 15 min"]
