"""What `elbplan explain ADDRESS` found in AWS. Data for a screen and for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..core.address import Address

FindingState = Literal["ok", "cause", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    state    `cause` if it explains why something does not work; `unknown` if AWS did not say
    subject  what was checked
    text     the result
    cause    the cause, if `text` is only what AWS says of it
    fix      what to do
    command  the command that does it, in one line
    more     the word that `elbplan explain` explains further
    """

    state: FindingState
    subject: str
    text: str
    cause: str = ""
    fix: str = ""
    command: str = ""
    more: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was checked about a subject. `addresses` are the resources of its stack, which the texts name."""

    subject: str
    stack: str
    region: str
    account: str
    findings: Sequence[Finding]
    addresses: Sequence[Address] = ()

    @property
    def causes(self) -> list[Finding]:
        """The findings that explain why something does not work."""
        return [finding for finding in self.findings if finding.state == "cause"]


def ok(subject: str, text: str) -> Finding:
    """Something that works."""
    return Finding("ok", subject, text)


def unknown(subject: str, text: str) -> Finding:
    """Something that could not be checked."""
    return Finding("unknown", subject, text)
