"""Checks `lint: {ignore: ...}`: the names of rules exist, and each has a reason."""

from __future__ import annotations

from ....core.suggest import did_you_mean
from ...lint.names import RULES
from .subject import Subject


def check(subject: Subject) -> None:
    """Reports unknown rules and empty reasons."""
    ignored = subject.short.lint.ignore if subject.short.lint else {}
    for key, reason in ignored.items():
        name = key.split(" ")[0]
        if name not in RULES:
            hint = did_you_mean(name, RULES) or "elbplan explain lists the names"
            subject.report.at(("lint", "ignore", key), f'lint has no warning "{name}"', hint, key=True)
        elif not reason.strip():
            what, hint = f"{key} is ignored without a reason", "write why it does not concern this stack"
            subject.report.at(("lint", "ignore", key), what, hint)
