"""The collaborators of the lock, from what a command was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import UsageProblem
from .app import App

if TYPE_CHECKING:
    from ..core.plan import Plan
    from ..run.clock import Clock
    from ..run.lock import Keeper
    from ..run.turn import Job
    from ..run.workflow import Cloud
    from .planning import Planned

DEAD_AFTER = "ELBPLAN_LOCK_DEAD_AFTER"


def keeper_of(app: App, cloud: Cloud, clock: Clock) -> Keeper:
    """Who takes and keeps locks here; what it has to say goes to stderr. Raises UsageProblem."""
    from ..run.ledger import Ledger
    from ..run.lock import Keeper
    from ..run.witness import Who, Witness, folder_of

    who = Who.here()
    witness = Witness(folder_of(app.terminal.environ), who.machine)
    return Keeper(Ledger(cloud.send, clock), who, witness, app.terminal.err, silence=_silence(app))


def _silence(app: App) -> float:
    from ..run.lock import SILENCE

    said = app.terminal.environ.get(DEAD_AFTER)
    try:
        seconds = float(said) if said else SILENCE
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= 86400:
        raise UsageProblem(f"{DEAD_AFTER}={said}: should be seconds, from 1 to 86400", hint="90 is usual; unset it")
    return seconds


def job_of(one: Planned, verb: str, agreed: bool) -> Job:
    """The run of a plan, with the way to draw it again."""
    from ..run.turn import Job

    return Job(one.cloud, one.plan, _again(one), verb, one.stack.spec_hash, agreed)


def _again(one: Planned) -> Callable[[], Plan]:
    def look() -> Plan:
        (plan,) = one.planner(one.cloud, [one.stack])
        return plan

    return look
