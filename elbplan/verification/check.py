"""The checks of a stack and their results. Data for screens and for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..core.address import Address

CheckName = Literal[
    "load-balancer",
    "listener",
    "certificate",
    "security-path",
    "targets",
    "delegation",
    "dns",
    "connection",
    "tls",
    "redirect",
    "answer",
    "rule",
]
"""The checks, in their order."""

CheckState = Literal["ok", "failed", "skipped"]


@dataclass(frozen=True)
class Check:
    """One check and its result.

    subject   what was checked: a resource, a zone, a domain, a URL
    text      the result, in one line
    fix       what to do next; empty if there is nothing to do
    command   a command that does it, as it must be typed
    warning   the stack answers, but a person should look
    facts     values for programs: `status`, `milliseconds`, `days_left`
    """

    name: CheckName
    subject: str
    state: CheckState
    text: str
    fix: str = ""
    command: str = ""
    warning: bool = False
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


def ok(name: CheckName, subject: str, text: str, **more: str | int | float) -> Check:
    """A check that passed; `more` are its facts."""
    return Check(name, subject, "ok", text, facts=more)


def skipped(name: CheckName, subject: str, reason: str) -> Check:
    """A check that could not be made."""
    return Check(name, subject, "skipped", reason)


def failed(name: CheckName, subject: str, text: str, fix: str = "", command: str = "") -> Check:
    """A check that failed, with the next step."""
    return Check(name, subject, "failed", text, fix, command)


@dataclass(frozen=True)
class Verification:
    """The checks of one stack.

    problem    why nothing could be checked; empty if something was
    addresses  the resources of the stack, which its texts name
    """

    stack: str
    checks: Sequence[Check] = ()
    seconds: float = 0
    problem: str = ""
    addresses: Sequence[Address] = ()

    @property
    def failures(self) -> list[Check]:
        """The checks that failed."""
        return [check for check in self.checks if check.state == "failed"]

    @property
    def answers(self) -> bool:
        """True if no check failed. Skipped checks do not count."""
        return not self.failures and not self.problem

    @property
    def state(self) -> CheckState:
        """`failed` if a check failed, `ok` if the load balancer was reached, `skipped` if nothing was asked."""
        if not self.answers:
            return "failed"
        asked = any(check.state == "ok" and check.name in ("connection", "answer") for check in self.checks)
        return "ok" if asked else "skipped"
