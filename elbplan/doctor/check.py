"""The result of one check of `elbplan doctor`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Name = Literal[
    "versions",
    "terminal",
    "sandbox",
    "files",
    "specs",
    "migrations",
    "region",
    "endpoint",
    "clock",
    "credentials",
    "permissions",
    "quotas",
    "lock",
]
State = Literal["ok", "warning", "failed", "unknown"]


@dataclass(frozen=True)
class Check:
    """One line of the doctor.

    state    `unknown`: elbplan could not check it, and `text` says why
    text     what was found
    fix      what to do next, in words
    command  a command that does it, or that shows more
    region   the region, if several are checked
    """

    name: Name
    state: State
    text: str
    fix: str = ""
    command: str = ""
    region: str = ""


def ok(name: Name, text: str) -> Check:
    """A check that passed."""
    return Check(name, "ok", text)


def unknown(name: Name, text: str, fix: str = "", command: str = "") -> Check:
    """Something that could not be checked."""
    return Check(name, "unknown", text, fix, command)


def healthy(checks: Iterable[Check]) -> bool:
    """True if no check failed."""
    return all(check.state != "failed" for check in checks)
