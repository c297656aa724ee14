"""The three streams as a collaborator: who is a person, how wide, which characters, which colours.

Data goes to `out`, everything else to `err`. A reader who has left (`elbplan plan | head`) is no error: what is
written from then on goes nowhere, and a run goes on to its end.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from ..errors import escaped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

DRAWN = "→·…✓✗"
"""What the screens need beyond ASCII."""

PIPED_WIDTH = 120


@dataclass
class Terminal:
    """Where a command reads and writes."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str] = field(default_factory=dict)
    plain: bool = False
    only_ascii: bool = False
    secrets: dict[str, str] = field(default_factory=dict)
    """Values of variables and their references: a net under errors, which may quote what AWS or Python says."""

    @classmethod
    def of_process(cls) -> Terminal:
        """The real one; characters that its encoding lacks are escaped instead of ending the command."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return cls(sys.stdin, sys.stdout, sys.stderr, os.environ)

    @property
    def asks(self) -> bool:
        """Is there a person who could answer?"""
        return _is_terminal(self.stdin)

    @property
    def moves(self) -> bool:
        """May progress be redrawn in place?"""
        return _is_terminal(self.stderr) and self.environ.get("TERM") not in ("dumb", "unknown")

    def ascii(self, stream: TextIO) -> bool:
        """Must the screen do with ASCII?"""
        if self.only_ascii:
            return True
        try:
            DRAWN.encode(getattr(stream, "encoding", None) or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return True
        return False

    def colours(self, stream: TextIO) -> bool:
        """Only for a terminal, and only if nobody objects."""
        objections = (self.environ.get("NO_COLOR"), self.environ.get("ELBPLAN_NO_COLOR"), self.plain)
        if any(objections) or self.environ.get("TERM") == "dumb":
            return False
        return _is_terminal(stream) or bool(self.environ.get("FORCE_COLOR"))

    def width(self, stream: TextIO) -> int:
        """Columns; a pipe is taken for a wide screen, since nobody reflows it."""
        said = self.environ.get("COLUMNS", "")
        if said.isdigit() and int(said) > 0:
            return int(said)
        if not _is_terminal(stream):
            return PIPED_WIDTH
        with contextlib.suppress(OSError, ValueError, AttributeError):
            return os.get_terminal_size(stream.fileno()).columns or PIPED_WIDTH
        return shutil.get_terminal_size((80, 24)).columns

    def out(self, text: str) -> None:
        """Data of one line or several, which keeps its tabs."""
        self._write(self.stdout, escaped(text, "\n\t") + "\n")

    def err(self, *lines: str, head: str = "") -> None:
        """Lines for the person. What breaks a line or moves the cursor is escaped, except in `head`, which is ours."""
        self._write(self.stderr, head + "\n".join(map(escaped, lines)) + "\n")

    def show(self, lines: Iterable[Text], stream: TextIO | None = None) -> None:
        """Screen lines, on stdout unless said otherwise."""
        target = stream or self.stdout
        drawn = io.StringIO()
        console = self.console(target, drawn)
        for line in lines:
            console.print(line, soft_wrap=True)
        self._write(target, drawn.getvalue())

    def console(self, stream: TextIO, into: TextIO | None = None) -> Console:
        """rich for this stream, with our idea of colours; written elsewhere if asked."""
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
        """What the person typed; empty at the end of the input."""
        self._write(self.stderr, escaped(question))
        answer = self.stdin.readline()
        if not answer.endswith("\n"):
            self._write(self.stderr, "\n")
        return answer.strip()

    def close(self) -> None:
        """Nothing may be left to fail when Python ends."""
        for stream in (self.stdout, self.stderr):
            with self._leaving(stream):
                stream.flush()

    def _write(self, stream: TextIO, text: str) -> None:
        with self._leaving(stream):
            stream.write(text)
            stream.flush()

    @contextlib.contextmanager
    def _leaving(self, stream: TextIO) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            _to_nowhere(stream)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (ValueError, AttributeError):
        return False


def _to_nowhere(stream: TextIO) -> None:
    """What is still buffered must not fail again when Python ends."""
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
