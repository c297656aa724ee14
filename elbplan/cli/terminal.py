"""The input and output streams of a command, with their width, character set and colours.

Data goes to `out`, everything else to `err`. If the reader closes the pipe (`elbplan plan | head`), this is no error:
elbplan discards further output, and a run continues to its end.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TextIO

from ..errors import Declined, escaped, hide_values

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SCREEN_CHARACTERS = "→·…✓✗"
"""The characters of the screens that are not ASCII."""

PIPED_WIDTH = 120


@dataclass
class Terminal:
    """The streams that a command reads and writes."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str] = field(default_factory=dict)
    plain: bool = False
    only_ascii: bool = False
    secrets: dict[str, str] = field(default_factory=dict)
    """Maps values of variables to their references. Errors of AWS or Python can quote values; elbplan hides them."""
    _writing: threading.RLock = field(default_factory=threading.RLock, repr=False)
    """Lines of several threads stay whole. A signal handler may write in the middle of another write."""

    @classmethod
    def of_process(cls) -> Terminal:
        """Returns the terminal of this process. Escapes characters that the encoding does not have.

        A stream that the caller closed (`>&-`) is /dev/null, also as Python's own: no socket may take its place.
        """
        sys.stdin, sys.stdout, sys.stderr = _opened(sys.stdin, "r"), _opened(sys.stdout, "w"), _opened(sys.stderr, "w")
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return cls(sys.stdin, sys.stdout, sys.stderr, os.environ)

    def redacted(self, text: str) -> str:
        """Returns the text without the values of variables."""
        return hide_values(text, self.secrets)

    @property
    def can_ask(self) -> bool:
        """True if a person can answer a question."""
        return _is_terminal(self.stdin)

    @property
    def can_redraw(self) -> bool:
        """True if the screen can redraw its progress in place."""
        return _is_terminal(self.stderr) and self.environ.get("TERM") not in ("dumb", "unknown")

    @property
    def can_redraw_output(self) -> bool:
        """True if stdout is a screen that can be redrawn in place."""
        return _is_terminal(self.stdout) and self.environ.get("TERM") not in ("dumb", "unknown")

    def ascii(self, stream: TextIO) -> bool:
        """True if the screen must use ASCII only."""
        if self.only_ascii:
            return True
        try:
            SCREEN_CHARACTERS.encode(getattr(stream, "encoding", None) or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return True
        return False

    def colours(self, stream: TextIO) -> bool:
        """True for a terminal, if neither an option nor the environment turns colours off."""
        turned_off = (self.environ.get("NO_COLOR"), self.environ.get("ELBPLAN_NO_COLOR"), self.plain)
        if any(turned_off) or self.environ.get("TERM") == "dumb":
            return False
        return _is_terminal(stream) or bool(self.environ.get("FORCE_COLOR"))

    def width(self, stream: TextIO) -> int:
        """Returns the number of columns. A pipe counts as a wide screen, because nothing reflows its text."""
        columns = self.environ.get("COLUMNS", "")
        if columns.isdigit() and int(columns) > 0:
            return int(columns)
        if not _is_terminal(stream):
            return PIPED_WIDTH
        with contextlib.suppress(OSError, ValueError, AttributeError):
            return os.get_terminal_size(stream.fileno()).columns or PIPED_WIDTH
        return shutil.get_terminal_size((80, 24)).columns

    def out(self, text: str) -> None:
        """Writes data to stdout. Line breaks and tabs stay, other control characters are escaped."""
        self._write(self.stdout, escaped(text, "\n\t") + "\n")

    @property
    def error_width(self) -> int:
        """Returns the columns in which errors wrap; 0 if stderr is no terminal, so that a program finds whole lines."""
        return self.width(self.stderr) if _is_terminal(self.stderr) else 0

    @property
    def output_width(self) -> int:
        """Returns the columns in which sentences on stdout wrap; 0 if stdout is no terminal."""
        return self.width(self.stdout) if _is_terminal(self.stdout) else 0

    def err(self, *lines: str, head: str = "") -> None:
        """Writes lines to stderr. Escapes control characters and line breaks, except in `head`."""
        self._write(self.stderr, head + "\n".join(map(escaped, lines)) + "\n")

    def show(self, lines: Iterable[Text], stream: TextIO | None = None) -> None:
        """Writes screen lines to stdout or to `stream`."""
        target = stream or self.stdout
        buffer = io.StringIO()
        console = self.console(target, buffer)
        for line in lines:
            console.print(line, soft_wrap=True)
        self._write(target, buffer.getvalue())

    def console(self, stream: TextIO, into: TextIO | None = None) -> Console:
        """Returns rich's console for this stream, with the colours of this terminal. It writes to `into` if given."""
        from rich.console import Console

        colours = self.colours(stream)
        return Console(
            file=into or stream,
            width=self.width(stream),
            color_system="auto" if colours else None,
            force_terminal=True if colours else None,
            highlight=False,
            markup=False,
            emoji=False,
            _environ=self.environ,
        )

    def ask(self, question: str) -> str:
        """Asks a question and returns the answer; empty at the end of the input."""
        return self.ask_or_end(question) or ""

    def ask_or_end(self, question: str) -> str | None:
        """The same, but None at the end of the input."""
        self._write(self.stderr, escaped(question))
        answer = self.stdin.readline()
        if not answer.endswith("\n"):
            self._write(self.stderr, "\n")
        return answer.strip() if answer else None

    def require_user(self, hint: str) -> None:
        """Raises Refused if no person can answer a question."""
        if not self.can_ask:
            raise Declined("elbplan cannot ask for confirmation: stdin is not a terminal", hint=hint)

    def close(self) -> None:
        """Flushes the streams, so that Python does not fail when it flushes them at its end."""
        for stream in (self.stdout, self.stderr):
            with self._ignore_closed_pipe(stream):
                stream.flush()

    def _write(self, stream: TextIO, text: str) -> None:
        with self._writing, self._ignore_closed_pipe(stream):
            stream.write(text)
            stream.flush()

    @contextlib.contextmanager
    def _ignore_closed_pipe(self, stream: TextIO) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            _discard_output(stream)


def _opened(stream: TextIO | None, mode: Literal["r", "w"]) -> TextIO:
    """The stream; for a closed one, /dev/null until the end of the process."""
    return stream or open(os.devnull, mode, encoding="utf-8")


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (ValueError, AttributeError):
        return False


def _discard_output(stream: TextIO) -> None:
    """Redirects the stream to nowhere. Otherwise Python fails again when it flushes the buffer at its end."""
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
