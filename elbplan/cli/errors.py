"""Prints errors and returns the exit codes that belong to them."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Sequence
from json import dumps
from pathlib import Path

import click

from ..api.exit_codes import FAILED, INTERRUPTED, PARTLY, REFUSED
from ..core.utc import time_text
from ..errors import ElbplanError, Interrupted, SpecProblem, hide_values
from ..render.errors import error_document, failure_document
from ..version import __version__
from .context import App
from .denials import only_stack, specs_in
from .misuse import misuse_problem
from .preparing import with_prepare_hint
from .terminal import Terminal
from .wrapping import wrapped_error

SEVERITY = (0, 2, 3, REFUSED, 64, 65, FAILED, PARTLY, INTERRUPTED)
"""Exit codes from best to worst."""


def worst(codes: Iterable[int]) -> int:
    """Returns the exit code of a command for several stacks; 0 for none."""
    return max([0, *codes], key=SEVERITY.index)


def report_problem(terminal: Terminal, problem: ElbplanError, *, aws_called: bool = False) -> int:
    """Prints an expected error and its hint. `aws_called` is true if the command called AWS."""
    if isinstance(problem, SpecProblem):
        count = len(problem.problems)
        for spec_problem in problem.problems:
            terminal.err(*_fitting(terminal, str(spec_problem)), "")
        terminal.err(
            f"{count} problem{'s' if count != 1 else ''} found{'' if aws_called else '; elbplan did not call AWS'}."
        )
    else:
        _print_error(terminal, problem.what, problem.hint)
    return problem.exit_code


def report_failure(app: App, fault: BaseException, args: Sequence[str] = ()) -> int:
    """Prints why a command failed: as text on stderr, and with --json as a document on stdout. Returns the exit code.

    `args` is the command line: a wrong one may end before click takes --json.
    """
    problem, kind = _problem_of(app.terminal, fault, args)
    with_prepare_hint(app, problem, specs_in(args))
    if isinstance(problem, Interrupted) and not isinstance(fault, Interrupted):
        app.terminal.err("", problem.what)
    else:
        report_problem(app.terminal, problem, aws_called=app.aws_called)
    if app.options.json or JSON in args:
        print_error_document(app, problem, kind)
    return problem.exit_code


JSON = "--json"


def print_error_document(app: App, problem: ElbplanError, kind: str = "", code: int | None = None) -> None:
    """Prints the document of a problem on stdout; `code` is the exit code, if the problem does not have it."""
    error = error_document(problem, app.terminal.redacted, kind, only_stack(app))
    error["code"] = error["code"] if code is None else code
    app.terminal.out(dumps(failure_document(error, time_text(app.wall()))))


def _problem_of(terminal: Terminal, fault: BaseException, args: Sequence[str]) -> tuple[ElbplanError, str]:
    """Returns the problem, and its kind if the class does not say it."""
    if isinstance(fault, ElbplanError):
        return fault, ""
    if isinstance(fault, click.UsageError):
        return misuse_problem(fault), ""
    if isinstance(fault, KeyboardInterrupt | click.Abort):
        return Interrupted("interrupted"), ""
    return crash_problem(terminal, fault, args), "defect"


def crash_problem(terminal: Terminal, fault: BaseException, args: Sequence[str]) -> ElbplanError:
    """Returns a bug of elbplan in one line, and writes the traceback to a file."""
    what = f"bug in elbplan: {type(fault).__name__}: {_shortened(str(fault))}"
    file = _log(terminal, fault, args)
    details = f" with the details in {file}" if file else ""
    return ElbplanError(what, hint=f"please report it{details}. You can run the same command again")


def _print_error(terminal: Terminal, what: str, hint: str) -> None:
    """Messages of elbplan can have several lines. Foreign text in them is already escaped."""
    head = click.style("error:", fg="red", bold=True) if terminal.colours(terminal.stderr) else "error:"
    text = terminal.redacted(f"{what}\n  hint: {hint}" if hint else what)
    terminal.err(*_fitting(terminal, text, len("error: ")), head=f"{head} ")


def _fitting(terminal: Terminal, text: str, head: int = 0) -> list[str]:
    """Returns the lines; on a terminal they wrap at words."""
    lines = text.split("\n")
    return wrapped_error(lines, terminal.error_width, head) if terminal.error_width else lines


def _shortened(text: str) -> str:
    return text if len(text) <= 300 else text[:297] + "..."


def state_dir(terminal: Terminal) -> Path:
    """Returns the folder for files that stay after a command."""
    base = terminal.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "elbplan"


def _log(terminal: Terminal, fault: BaseException, args: Sequence[str]) -> Path | None:
    """Writes the log file. Returns None if no folder is writable."""
    head = f"elbplan {__version__}, Python {platform.python_version()}, {sys.platform}\nelbplan {' '.join(args)}\n\n"
    text = hide_values(head + "".join(traceback.format_exception(fault)), terminal.secrets)
    name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    for folder in (state_dir(terminal) / "logs", Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = folder / name
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as log:
                log.write(text)
            return file
    return None
