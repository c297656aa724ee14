"""Checks that `account:` and `role:` mean the same account."""

from __future__ import annotations

from .subject import Subject


def check(subject: Subject) -> None:
    """Reports a role of another account than the one to which the stack is pinned."""
    short = subject.short
    if short.role is None or short.account is None:
        return
    account = short.role.arn.split(":")[4]
    if account != short.account:
        what = f"this role belongs to account {account}, and the stack to account {short.account}"
        subject.report.at(("role",), what, "correct one of the two; account: is not necessary beside role:")
