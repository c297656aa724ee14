"""The errors of elbplan. Each class has the exit code of a command that ends with it.

ElbplanError (1)
├── AwsProblem (1)        AWS refused a call
│   └── AwsUnavailable (1)   AWS failed, did not answer or is unreachable
├── Interrupted (130)     the user pressed Ctrl-C
├── Refused (5)           elbplan does not do it: lock, guard, hazard, old plan, foreign resource
│   └── Declined (5)         the user did not say yes
├── UsageProblem (64)     the command line is wrong
└── SpecProblem (65)      a spec or a migration is wrong
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def escaped(text: str, keep: str = "") -> str:
    """Returns the text with control, invisible and bidirectional characters escaped: `\\x1b`, `\\n`, `\\u202e`.

    Every text from outside goes through here: names, values, records, answers of AWS. `keep` lists characters that
    stay as they are.
    """
    return "".join(
        character if character in keep or character.isprintable() else _escape_sequence(character) for character in text
    )


MIN_SECRET_LENGTH = 8
"""A shorter value can occur in a message by chance, so elbplan does not hide it."""


def hide_values(text: str, values: Mapping[str, str]) -> str:
    """Returns the text with secret values replaced by `the value of ${NAME}`. `values` maps values to `${NAME}`."""
    for value in sorted(values, key=len, reverse=True):
        replacement = f"the value of {values[value]}"
        text = text.replace(f'"{value}"', replacement).replace(f"'{value}'", replacement)
        text = replacement.join(re.split(rf"(?<![\w$]){re.escape(value)}(?!\w)", text))
    return text


def _escape_sequence(character: str) -> str:
    return character.encode("unicode_escape").decode()


class ElbplanError(Exception):
    """An error that a person can act on: what happened (`what`) and what to do next (`hint`)."""

    exit_code = 1
    absent = False
    """True if the account lacks something that a spec names. In the simulator, `elbplan sandbox prepare` creates it."""

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}\n  hint: {self.hint}" if self.hint else self.what


@dataclass(frozen=True)
class Denial:
    """A permission that the credentials lack: the IAM action, and the resource if AWS names it.

    conditions   operator, key and values of the condition keys that the request had, as far as they are known
    """

    action: str
    resource: str = ""
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


class AwsProblem(ElbplanError):
    """AWS refused a call or is unreachable. elbplan stops. `denied` is the permission that is missing, if one is."""

    def __init__(self, what: str, *, hint: str = "", code: str = "", denied: Denial | None = None) -> None:
        super().__init__(what, hint=hint)
        self.code = code
        self.denied = denied


class AwsUnavailable(AwsProblem):
    """AWS failed, did not answer or is unreachable. Other calls to the same service will probably fail as well."""


class Interrupted(ElbplanError):
    """The user pressed Ctrl-C."""

    exit_code = 130


class Refused(ElbplanError):
    """elbplan refuses on purpose, because of a lock, a guard, a hazard or a foreign resource."""

    exit_code = 5


class Declined(Refused):
    """The user did not say yes. Nothing else is asked."""


class UsageProblem(ElbplanError):
    """The command line is wrong."""

    exit_code = 64


LINE_BREAK = "\n"
"""Messages of elbplan can have several lines. Foreign text in them is escaped before."""


@dataclass(frozen=True, order=True)
class Problem:
    """One problem in a file: position (1-based line and column), source line, description and hint."""

    file: str
    line: int
    column: int
    what: str
    hint: str = ""
    source: str = ""
    width: int = 1

    def __str__(self) -> str:
        return self.text()

    def text(self, label: str = "hint") -> str:
        """Returns `file:line:column  what`, the source line, and the hint with its label."""
        number = f"{self.line:>4} | "
        lines = [f"{escaped(self.file)}:{self.line}:{self.column}  {escaped(self.what, LINE_BREAK)}"]
        if self.source.strip():
            lines += [number + self.source, " " * (len(number) + self.column - 1) + "^" * max(1, self.width)]
        lines += [f"  {label}: {escaped(line)}" for line in self.hint.splitlines()]
        return "\n".join(lines)


class SpecProblem(ElbplanError):
    """A spec or a migration is wrong. `problems` holds all problems in file order."""

    exit_code = 65

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))
