"""Whether a run lives: its record is watched, on our own clock. Two clocks are never compared.

A run that lives writes its record several times in each `silence`. Who has seen the record stand still for one whole
silence knows that the run is dead, or stopped: then it has not been able to renew its lease (see lease.py) since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..clock import Clock
from .record import RunRecord
from .run_store import RunStore

LOOKS, LONGEST_PAUSE, SHORTEST_PAUSE = 20, 5.0, 0.001
"""How often a record is looked at in one silence, and the seconds between two looks."""


@dataclass(frozen=True)
class WatchResult:
    """What became of a record that said it was running: it stood `still`, it `moved`, or its run `ended`.

    seen   the record as it was seen last; None if it is gone
    """

    what: Literal["still", "moved", "ended"]
    seen: RunRecord | None


def watch(ledger: RunStore, clock: Clock, record: RunRecord) -> WatchResult:
    """Look until the record has moved, or has stood still for one whole silence. Raises AwsProblem.

    The silence counts from after the first answer to before the last question: what lies between is surely that long.
    """
    first = ledger.get(record.stack, record.number)
    began = clock.now()
    if first is None or first.run != record.run or first.state != "running":
        return WatchResult("ended", first)
    pause = max(SHORTEST_PAUSE, min(LONGEST_PAUSE, first.lease_seconds / LOOKS))
    while True:
        clock.sleep(min(pause, max(SHORTEST_PAUSE, first.lease_seconds - (clock.now() - began))))
        asked = clock.now()
        seen = ledger.get(record.stack, record.number)
        if seen is None or seen.run != first.run or seen.state != "running":
            return WatchResult("ended", seen)
        if seen.moved(first):
            return WatchResult("moved", seen)
        if asked - began >= first.lease_seconds:
            return WatchResult("still", seen)
