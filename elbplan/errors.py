"""The tree of errors; each class carries the exit code of the command that meets it.

ElbplanError (1)
├── AwsProblem (1)        AWS said no, or could not be reached
├── Interrupted (130)     a person pressed Ctrl-C
├── PartlyApplied (4)     some steps are done; run again
├── Refused (5)           locked, guarded, hazardous, stale, somebody else's
├── UsageProblem (64)     the command line does not make sense
└── SpecProblem (65)      the spec (or a migration) is wrong
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def escaped(text: str, keep: str = "") -> str:
    """The text with what moves a cursor, hides, or turns a line around written out: `\\x1b`, `\\n`, `\\u202e`.

    The one function for what others wrote: names, values, records, answers. `keep` are characters to leave alone.
    """
    return "".join(sign if sign in keep or sign.isprintable() else _written_out(sign) for sign in text)


LONG = 8
"""A value of so many characters occurs in a message for no other reason than that it is meant."""


def without(text: str, values: Mapping[str, str]) -> str:
    """The text that says `the value of ${NAME}` for each of these values, by the reference of each."""
    for value in sorted(values, key=len, reverse=True):
        instead = f"the value of {values[value]}"
        text = text.replace(f'"{value}"', instead).replace(f"'{value}'", instead)
        text = instead.join(re.split(rf"(?<![\w$]){re.escape(value)}(?!\w)", text))
    return text


def _written_out(sign: str) -> str:
    return sign.encode("unicode_escape").decode()


class ElbplanError(Exception):
    """Something a person can act on: what happened, and what to do next."""

    exit_code = 1

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}\n  hint: {self.hint}" if self.hint else self.what


class AwsProblem(ElbplanError):
    """AWS refused a call or could not be reached; nothing further was tried."""

    def __init__(self, what: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(what, hint=hint)
        self.code = code


class Interrupted(ElbplanError):
    """Ctrl-C."""

    exit_code = 130


class PartlyApplied(ElbplanError):
    """Some steps are done, some failed: the same command goes on from here."""

    exit_code = 4


class Refused(ElbplanError):
    """Not done, on purpose: a lock, a guard, a hazard, a stranger's resource."""

    exit_code = 5


class UsageProblem(ElbplanError):
    """The command line does not make sense."""

    exit_code = 64


LINES = "\n"
"""What our own messages of several lines keep; foreign text in them is escaped before."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a file: where (1-based line and column), the line itself, what, and what to write."""

    file: str
    line: int
    column: int
    what: str
    hint: str = ""
    source: str = ""
    width: int = 1

    def __str__(self) -> str:
        return self.text()

    def text(self, label: str = "hint", note: str = "") -> str:
        """`file:line:column  what`, the source line with a mark below it, and the hint after its label."""
        head = f"{escaped(self.file)}:{self.line}:{self.column}  {escaped(self.what, LINES)}{note}"
        number = f"{self.line:>4} | "
        lines = [head]
        if self.source.strip():
            lines += [number + self.source, " " * (len(number) + self.column - 1) + "^" * max(1, self.width)]
        lines += [f"  {label}: {escaped(line)}" for line in self.hint.splitlines()]
        return "\n".join(lines)


class SpecProblem(ElbplanError):
    """A spec (or migration) is wrong; `problems` holds every one that was found, in file order."""

    exit_code = 65

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))
