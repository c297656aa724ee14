"""A hold by the clock that watches: what it says must stay so as long as it lasts."""

from __future__ import annotations

from ...core.kind import Kinds
from ...core.plan import Plan, Step
from ...errors import AwsProblem
from ...run.clock import Clock
from ...run.context import KnownResources, RunStepContext
from ...run.program import Send, run_program
from ..files.notation import address_text
from ..migration import MigrationStep

LOOK, AGAIN = 10.0, 5.0
"""Seconds between two looks, and before a second one where the first saw something bad: one alone may be a blink."""


def wait_out(plan: Plan, entry: MigrationStep, seconds: float, kinds: Kinds, send: Send, clock: Clock) -> str:
    """Let the world be for so long. What was seen if what the hold watches did not stay so; else empty.

    With 0 seconds it is one look (two where the first is bad).
    """
    end = clock.now() + seconds
    bad = False
    while True:
        saw = _look(plan, entry, kinds, send, clock)
        if saw and bad:
            return saw
        bad = bool(saw)
        left = end - clock.now()
        if left <= 0 and not bad:
            return ""
        clock.sleep(AGAIN if bad else min(LOOK, left))


def _look(plan: Plan, entry: MigrationStep, kinds: Kinds, send: Send, clock: Clock) -> str:
    address = entry.what
    if address is None:
        return ""
    if address not in plan.lives:
        return f"{address_text(address)} is not there any more"
    gate = next(gate for gate in kinds[address.kind].gates if gate.name == entry.until)
    live = plan.lives[address]
    step = Step("hold", "gate", "wait", address, entry.why, before=live.model)
    try:
        sight = run_program(
            gate.probe(live.model, RunStepContext.of(plan, step, KnownResources(plan), "hold")), send, clock
        )
    except AwsProblem as problem:
        if "NotFound" not in problem.code:
            raise
        return f"{address_text(address)} is not there any more"
    return "" if sight.state == "ready" else f"{sight.saw}\n{sight.cause}".strip()
