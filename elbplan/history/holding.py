"""A hold by the clock that watches: what it says must stay so as long as it lasts."""

from __future__ import annotations

from ..core.call import Answer, Call
from ..core.kind import Kinds
from ..core.plan import Plan, Step
from ..errors import AwsProblem
from ..run.clock import Clock
from ..run.drive import Send, drive
from ..run.site import Known, StepSite
from .migration import Entry

LOOK, AGAIN = 10.0, 5.0
"""Seconds between two looks, and before a second one where the first saw something bad: one alone may be a blink."""


GONE = "it is not there any more"


def hold(plan: Plan, entry: Entry, seconds: float, kinds: Kinds, send: Send, clock: Clock) -> str:
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


def _look(plan: Plan, entry: Entry, kinds: Kinds, send: Send, clock: Clock) -> str:
    address = entry.what
    if address is None:
        return ""
    if address not in plan.lives:
        return GONE
    gate = next(gate for gate in kinds[address.kind].gates if gate.name == entry.until)
    live = plan.lives[address]
    step = Step("hold", "gate", "wait", address, entry.why, before=live.model)
    try:
        sight = drive(gate.look(live.model, StepSite.of(plan, step, Known(plan), "hold")), _once(send), clock)
    except _Missing:
        return GONE
    return "" if sight.state == "ready" else f"{sight.saw}\n{sight.cause}".strip()


class _Missing(Exception):
    """AWS does not know what is watched."""


def _once(send: Send) -> Send:
    """What was there when the hold began is gone if AWS does not know it: not "not yet", as after a create."""

    def sending(call: Call) -> Answer:
        try:
            return send(call)
        except AwsProblem as problem:
            if "NotFound" in problem.code or problem.code.startswith("NoSuch"):
                raise _Missing from problem
            raise

    return sending
