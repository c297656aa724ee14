"""The right to write: for a while after SSM has confirmed the lock, and not a moment longer.

A run renews its lease by writing its record and seeing that no newer run exists, in this order. Why two runs can never
write at the same time:

- The lease counts from *before* the record was sent, and ends long before one silence is over.
- Whoever takes over has seen the record stand still for one whole silence. If the last renewal came before that, its
  lease is over. If it came during that, the record moved, and nothing is taken over.
- If it came after the last look of the successor, and before the successor's own record was there, then the successor
  sees it (it looks once more as soon as it has the lock) and waits for one silence before its first write.
- If it came later still, it finds the successor's record, and confirms nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from ...errors import AwsProblem

SHARE = 0.6
"""How much of a silence a lease lasts. The rest is for a request that is on its way to AWS when the lease ends."""


class TooSlow(AwsProblem):
    """What was asked first may no longer be true: it must be asked again."""


class Lease:
    """When the lock was confirmed last, on a clock that counts suspended time; until when that lets writes pass."""

    def __init__(self, silence: float, elapsed: Callable[[], float], confirmed: float) -> None:
        self._seconds = silence * SHARE
        self._elapsed = elapsed
        self._confirmed = confirmed

    def now(self) -> float:
        """A moment, for `renew`."""
        return self._elapsed()

    @property
    def valid(self) -> bool:
        """May a write pass at this moment?"""
        return self._within(self._confirmed)

    def renew(self, asked: float) -> None:
        """The lock was confirmed; the question left us no earlier than at `asked`."""
        self._confirmed = max(self._confirmed, asked)

    def still(self, asked: float) -> Callable[[], None]:
        """A permit for the steps of a longer question that began at `asked`. It raises TooSlow."""

        def permit() -> None:
            if not self._within(asked):
                raise TooSlow("Parameter Store answered too slowly, or this machine was asleep")

        return permit

    def _within(self, moment: float) -> bool:
        return self._elapsed() - moment < self._seconds
