"""Watches the record of a run to learn whether the run is alive. Uses only the clock of this machine.

A run that is alive writes its record several times within its `lease_seconds`. If the record does not change for
`lease_seconds`, the run is dead or stopped, and it has not renewed its lease (see lease.py) in that time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..clock import Clock
from .record import RunRecord
from .run_store import RunStore

LOOKS, LONGEST_PAUSE, SHORTEST_PAUSE = 20, 5.0, 0.001
"""How often elbplan reads the record within `lease_seconds`, and the seconds between two reads."""


@dataclass(frozen=True)
class WatchResult:
    """The result for a record in the state `running`: it stayed `still`, it `moved`, or its run `ended`.

    seen   the record at the last read; None if it is gone
    """

    what: Literal["still", "moved", "ended"]
    seen: RunRecord | None


def watch(ledger: RunStore, clock: Clock, record: RunRecord) -> WatchResult:
    """Reads the record until it changes, or until it has not changed for `lease_seconds`. Raises AwsProblem.

    The time counts from after the first answer to before the last request, so it is never too short.
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
