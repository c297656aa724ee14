"""What a person reads when a command fails, and the exit code that goes with it."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from .. import __version__
from ..errors import ElbplanError, SpecProblem, without
from .terminal import Terminal

MISUSED = 64


def report_problem(terminal: Terminal, problem: ElbplanError, *, asked: bool = False) -> int:
    """An error that somebody foresaw: what, and what to do. `asked` says whether AWS was."""
    if isinstance(problem, SpecProblem):
        count = len(problem.problems)
        for one in problem.problems:
            terminal.err(*str(one).split("\n"), "")
        terminal.err(f"{count} problem{'s' if count != 1 else ''} found{'' if asked else '; AWS was not asked'}.")
    else:
        _say(terminal, problem.what, problem.hint)
    return problem.exit_code


def report_misuse(terminal: Terminal, problem: click.UsageError) -> int:
    """click's complaint in our words; 64, since 2 means that changes are pending."""
    path = problem.ctx.command_path if problem.ctx else "elbplan"
    what, hint = problem.format_message(), f"{path} --help"
    if isinstance(problem, click.NoSuchOption):
        what = f"{path} has no option {problem.option_name}"
        if problem.possibilities:
            hint = f"did you mean {' or '.join(problem.possibilities)}?"
    _say(terminal, what, hint)
    return MISUSED


def report_crash(terminal: Terminal, fault: Exception, args: Sequence[str]) -> int:
    """A defect: short on the screen, whole in a file."""
    what = f"elbplan met a defect in itself: {type(fault).__name__}: {_short(str(fault))}"
    file = _log(terminal, fault, args)
    hint = f"the details are in {file}; please report them. Nothing is lost: the same command can be run again"
    _say(terminal, what, hint)
    return 1


def _say(terminal: Terminal, what: str, hint: str) -> None:
    """Our own messages may have several lines; what is foreign in them was escaped when it came in."""
    head = click.style("error:", fg="red", bold=True) if terminal.colours(terminal.stderr) else "error:"
    text = without(f"{what}\n  hint: {hint}" if hint else what, terminal.secrets)
    terminal.err(*text.split("\n"), head=f"{head} ")


def _short(text: str) -> str:
    return text if len(text) <= 300 else text[:297] + "..."


def state_dir(terminal: Terminal) -> Path:
    """Where elbplan keeps what outlives a command."""
    base = terminal.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "elbplan"


def _log(terminal: Terminal, fault: Exception, args: Sequence[str]) -> Path | str:
    head = f"elbplan {__version__}, Python {platform.python_version()}, {sys.platform}\nelbplan {' '.join(args)}\n\n"
    text = without(head + "".join(traceback.format_exception(fault)), terminal.secrets)
    name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    for folder in (state_dir(terminal) / "logs", Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = folder / name
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as log:
                log.write(text)
            return file
    return "no file: none could be written"
