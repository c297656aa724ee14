"""What a caller of the executor asks for, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...run.result import RunResult
from .pending import Pending

ApplyState = Literal["applied", "waiting", "hold-broken", "rolled-back", "failed"]
Approval = Literal["refused", "if-waiting", "required"]


@dataclass(frozen=True)
class ApplyResult:
    """How an apply ended.

    state    `applied`: every file is; `waiting`: a hold waits for approval; `hold-broken`: a watched resource did not
             stay; `rolled-back`: as `on_failure` of the failed step says; `failed`: the last run did not finish
    pending  what is pending now, if that was read
    last     the last run; None if nothing had to be done
    reason   why it did not finish, and `entry`, the index of the step that failed
    """

    state: ApplyState
    pending: Pending | None = None
    last: RunResult | None = None
    reason: str = ""
    entry: int | None = None


def failed(run: RunResult) -> ApplyResult:
    """The result of a run that did not finish."""
    if run.problem:
        return ApplyResult("failed", last=run, reason=run.problem.what)
    for event in run.outcome.failed[:1]:
        hint = f" ({event.hint.splitlines()[0]})" if event.hint else ""
        return ApplyResult("failed", last=run, reason=event.text + hint, entry=event.step.entry)
    return ApplyResult("failed", last=run, reason=run.outcome.lost or "interrupted")


@dataclass(frozen=True)
class ApplyOptions:
    """What the caller asked for.

    allow      hazards that are accepted, by name
    confirmed  only what `confirm` saw may be done; else whatever is true under the lock
    approval   may a hold end that waits for approval: never, if there is one, or must there be one
    retry      apply again what was rolled back
    covers_spec      up to the last file, so that the spec may want nothing more
    """

    allow: tuple[str, ...] = ()
    confirmed: bool = True
    approval: Approval = "refused"
    retry: bool = False
    covers_spec: bool = True
