"""Errors of commands, and options at any place of the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from elbplan.cli.main import ENTRIES, run
from elbplan.cli.terminal import Terminal

from .kit import PipeStream

SUBCOMMANDS = [(name,) for name in ENTRIES] + [("sandbox", name) for name in ("start", "stop", "status", "reset")]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["plann"], "did you mean elbplan plan?"),
        (["destory"], "did you mean elbplan destroy?"),
        (["sandbox", "strat"], "did you mean elbplan sandbox start?"),
        (["plan", "--jsn"], "did you mean --json?"),
        (["apply", "--auto-aprove"], "did you mean --auto-approve?"),
        (["--regoin", "x", "plan"], "did you mean --region?"),
        (["xyzzy"], "elbplan --help lists the commands"),
        (["plan", "--parallel", "0"], "elbplan plan --help"),
        (["plan", "--region"], "elbplan --help"),
    ],
)
def test_a_slip_of_the_finger_is_64_with_a_hint(shell, words, hint):
    ran = shell.run(*words)
    assert (ran.code, ran.out) == (64, "")
    assert hint in ran.err


@pytest.mark.parametrize("words", [(), *SUBCOMMANDS], ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help_with_examples_first(shell, capsys, words, flag):
    assert shell.run(*words, flag).code == 0
    text = capsys.readouterr().out
    assert text.index("Examples:") < text.index("Usage:") < text.index("Options:")
    assert f"elbplan {' '.join(words)}".strip() in text
    assert "--parallel N" in text
    assert max(map(len, text.splitlines())) <= 100


def test_without_a_command_it_shows_what_there_is(shell, capsys):
    assert shell.run().code == 0
    assert all(f"  {name}  " in capsys.readouterr().out or name for name in ENTRIES)


def test_shared_options_may_stand_before_and_after(shell):
    before = shell.run("--json", "plan", shell.spec).document
    after = shell.run("plan", shell.spec, "--json").document
    assert before == after


def test_a_defect_is_short_on_the_screen_and_whole_in_a_file(shell):
    shell.connect = broken
    ran = shell.run("plan", shell.spec)
    assert (ran.code, ran.out) == (1, "")
    assert "RuntimeError: a wire is loose" in ran.err
    assert "Traceback" not in ran.err
    (log,) = (Path(shell.environ["XDG_STATE_HOME"]) / "elbplan" / "logs").iterdir()
    assert str(log) in ran.err
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def broken(region):
    raise RuntimeError("a wire is loose")


def test_ctrl_c_while_reading_is_130_and_quiet(shell):
    def pressed(region):
        raise KeyboardInterrupt

    shell.connect = pressed
    ran = shell.run("plan", shell.spec)
    assert ran.code == 130
    assert ran.err.strip() == "interrupted"


class ClosedPipe(PipeStream):
    """A pipe whose reader closed it."""

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def fileno(self) -> int:
        raise io.UnsupportedOperation


@pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"], ["apply", "--yes", "--json"]])
def test_a_reader_who_leaves_stops_nothing_and_is_not_complained_about(shell, words):
    err = PipeStream()
    code = run([*words, shell.spec], Terminal(PipeStream(), ClosedPipe(), err, shell.environ), shell.connect)
    assert code == 0
    assert "error" not in err.getvalue()
    assert bool(shell.box.tagged("my-web")) == (words[0] == "apply")


class LatinStream(PipeStream):
    """A stream for Western European characters only."""

    encoding = "latin-1"


def test_a_screen_without_the_characters_gets_ascii(shell):
    out = LatinStream()
    assert run(["plan", shell.spec], Terminal(PipeStream(), out, PipeStream(), shell.environ), shell.connect) == 0
    assert out.getvalue().isascii()


def test_ascii_can_be_asked_for(shell):
    assert shell.run("plan", "--ascii", shell.spec).out.isascii()
    assert shell.run("apply", "--ascii", "--yes", shell.spec).err.isascii()


@pytest.mark.parametrize(
    ("environ", "words", "coloured"),
    [
        ({}, [], True),
        ({"NO_COLOR": "1"}, [], False),
        ({"ELBPLAN_NO_COLOR": "1"}, [], False),
        ({"TERM": "dumb"}, [], False),
        ({}, ["--no-color"], False),
    ],
)
def test_colour_is_for_terminals_whose_owner_does_not_object(shell, environ, words, coloured):
    from .kit import TerminalStream

    out = TerminalStream()
    environ = {"TERM": "xterm-256color", "COLUMNS": "80", **shell.environ, **environ}
    run(["plan", *words, shell.spec], Terminal(PipeStream(), out, PipeStream(), environ), shell.connect)
    assert ("\x1b[" in out.getvalue()) is coloured


def test_a_pipe_gets_no_colour(shell):
    assert "\x1b" not in shell.run("plan", shell.spec).out


@pytest.mark.parametrize("slow", ["nan", "-nan", "inf", "-1", "much"])
def test_how_slow_a_sandbox_is_must_be_a_number_of_seconds(shell, slow):
    ran = shell.run("sandbox", "start", f"--slow={slow}")
    assert ran.code == 64, ran.err


def test_what_could_move_a_cursor_or_turn_a_line_round_is_shown_escaped(shell):
    ran = shell.run("validate", "no\x1b[2J\x07\u202efile\u200b.yaml")
    for character in "\x1b\x07\u202e\u200b":
        assert character not in ran.err
    assert "\\x1b[2J\\x07\\u202efile\\u200b.yaml" in ran.err
