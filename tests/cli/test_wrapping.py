"""Errors on a narrow terminal wrap at words, and commands stay whole."""

from __future__ import annotations

from elbplan.cli.errors import report_problem
from elbplan.cli.terminal import Terminal
from elbplan.cli.wrapping import columns, wrapped_error
from elbplan.errors import Refused

from .kit import PipeStream, TerminalStream

LONG = "the service app already has a target group with the name web-app, and another load balancer uses it"
COMMAND = "elbplan apply specs/my-web.yaml --sandbox --allow targets-unverified,route-removed --region ap-northeast-2"


def test_a_line_continues_below_its_own_text() -> None:
    lines = wrapped_error([LONG, f"  hint: {LONG}"], 80, head=len("error: "))
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 7, 2, 8]
    assert len(lines[0]) <= 80 - len("error: ")
    assert max(map(len, lines)) <= 80
    assert " ".join(" ".join(lines).split()) == f"{LONG} hint: {LONG}"


def test_a_command_has_a_line_of_its_own() -> None:
    assert wrapped_error([f"  hint: allow the hazards: {COMMAND}"], 80) == [
        "  hint: allow the hazards:",
        f"        {COMMAND}",
    ]
    assert wrapped_error([f"  hint: {COMMAND}"], 80) == [f"  hint: {COMMAND}"]


def test_what_fits_and_the_lines_of_a_spec_stay() -> None:
    source = f"  12 | {LONG}"
    lines = ["short", source, " " * 90 + "^^^"]
    assert wrapped_error(lines, 80) == lines


def test_letters_with_two_columns_count_twice() -> None:
    text = " ".join(["주문서버"] * 12)
    lines = wrapped_error([text], 80)
    assert max(map(columns, lines)) <= 80
    assert len(lines) == 2


def test_a_word_that_is_too_long_stays_whole() -> None:
    arn = "arn:aws:elasticloadbalancing:" + "a" * 80
    assert arn in [line.strip() for line in wrapped_error([f"AWS refused {arn} for a reason"], 60)]


def test_only_a_terminal_wraps() -> None:
    shown = {}
    for stream in (TerminalStream(), PipeStream()):
        report_problem(Terminal(stream, stream, stream, {"COLUMNS": "60"}), Refused(LONG, hint=COMMAND))
        shown[type(stream)] = stream.getvalue().replace("\x1b[31m\x1b[1m", "").replace("\x1b[0m", "").splitlines()
    assert shown[PipeStream] == [f"error: {LONG}", f"  hint: {COMMAND}"]
    assert [len(line) <= 60 for line in shown[TerminalStream]] == [True, True, False]
    assert shown[TerminalStream][-1] == f"  hint: {COMMAND}"
