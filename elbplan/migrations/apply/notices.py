"""What the executor of migrations reports while it works: each notice is data, and has lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...core.duration import duration_text
from ...core.plan import Plan
from ..lint.lint import LintFinding
from ..migration import Migration
from ..position.differences import Difference
from .pending import Pending


@dataclass(frozen=True)
class PendingFile:
    """A file that is not applied yet: the steps from index `entry` on are still to do."""

    migration: Migration
    entry: int
    hazards: Sequence[LintFinding] = ()

    @property
    def writes(self) -> bool:
        """One of the steps that are left changes AWS."""
        return any(step.writes for step in self.migration.entries[self.entry :])


@dataclass(frozen=True)
class Agreement:
    """What a person agrees to.

    plan       what runs first, step by step
    files      every file that may run after one yes
    approves   the step of the hold that waits for approval and ends with this yes; empty if none does
    """

    plan: Plan
    files: Sequence[PendingFile] = ()
    approves: str = ""

    @property
    def empty(self) -> bool:
        """Nothing is done."""
        return self.plan.empty and not self.approves and not any(file.writes for file in self.files)


@dataclass(frozen=True)
class Notice:
    """Something that a person should know, line by line; `important` also for who asked for quiet."""

    lines: tuple[str, ...] = ()
    important: bool = False


@dataclass(frozen=True)
class Looked(Notice):
    """AWS was read, and this is pending."""

    pending: Pending = field(kw_only=True)


@dataclass(frozen=True)
class Proposed(Notice):
    """This is what will be done after a yes."""

    agreement: Agreement = field(kw_only=True)


@dataclass(frozen=True)
class WaitsForApproval(Notice):
    """The apply ends here: the hold waits for approval."""

    pending: Pending = field(kw_only=True)


@dataclass(frozen=True)
class HoldBegins(Notice):
    """A hold by the clock begins."""

    pending: Pending = field(kw_only=True)

    @classmethod
    def of(cls, pending: Pending) -> HoldBegins:
        """`holding for 10m at step 6 of 9 of 0002_app_on_8080`"""
        assert pending.migration is not None
        time = duration_text(pending.seconds or 0)
        return cls((f"holding for {time} at {pending.place} of {pending.migration.id}",), pending=pending)


def file_begins(pending: Pending) -> Notice:
    """`0002_app_on_8080.yaml: 5 of 9 steps to do`"""
    assert pending.migration is not None
    steps = len(pending.migration.entries)
    return Notice((f"{pending.migration.file}: {steps - pending.entry} of {steps} steps to do",))


def drift_left(drift: Sequence[Difference]) -> Notice:
    """Drift in resources that no pending step changes."""
    hint = "  hint: apply --revert-drift changes AWS back, elbplan accept-drift writes it into a file"
    return Notice(("AWS has drifted in resources that no pending step changes:", *(f"  {d.text}" for d in drift), hint))


def hold_broke(pending: Pending, seen: str) -> Notice:
    """The watched resource did not stay as the hold needs it."""
    assert pending.holding is not None
    watched = f"{pending.holding.what} until {pending.holding.until}"
    return Notice(tuple(f"the hold at {pending.place} watches {watched}, and found: {seen}".split("\n")), True)


def waits_for_approval(pending: Pending) -> WaitsForApproval:
    """The hold ends only with an explicit approval."""
    assert pending.migration is not None
    where = f"{pending.place} of {pending.migration.id}"
    line = f"held at {where}, waiting for approval; elbplan apply --approve goes on"
    return WaitsForApproval((line,), True, pending=pending)


def rolls_back(target: Migration | None) -> Notice:
    """`rolling back to the end of 0001_first`"""
    return Notice((f"rolling back to {f'the end of {target.id}' if target else 'nothing'}",))
