"""The permission to write to AWS, for a limited time after SSM has confirmed the lock.

A run renews its lease in this order: it writes its record, then it checks that no newer run exists. Two runs can never
write at the same time. L stands for the `lease_seconds` of the record:

- The lease starts *before* the record is sent, and ends after 0.6 L.
- A successor takes over after it has seen no change of the record for L. If the last renewal came before that time, the
  lease has ended. If it came during that time, the record has changed, and the successor does not take over.
- If the renewal came after the successor's last look and before the successor created its own record, the successor
  sees the change, because it looks once more when it has the lock. Then it waits for L before its first write.
- If the renewal came even later, the old run finds the successor's record and does not renew its lease.
"""

from __future__ import annotations

from collections.abc import Callable

from ...errors import AwsProblem

SHARE = 0.6
"""The lease lasts this part of L. The rest is for a request that is on its way to AWS when the lease ends."""


class TooSlow(AwsProblem):
    """The first answer may be out of date, so elbplan must ask again."""


class Lease:
    """Allows writes for a limited time after the last confirmation. Its clock includes suspended time."""

    def __init__(self, lease_seconds: float, elapsed: Callable[[], float], confirmed: float) -> None:
        self._seconds = lease_seconds * SHARE
        self._elapsed = elapsed
        self._confirmed = confirmed

    def now(self) -> float:
        """The current time, for `renew`."""
        return self._elapsed()

    @property
    def valid(self) -> bool:
        """True if a write is allowed now."""
        return self._within(self._confirmed)

    def renew(self, asked: float) -> None:
        """Starts the lease again after a confirmation. elbplan sent the request at `asked` or later."""
        self._confirmed = max(self._confirmed, asked)

    def still(self, asked: float) -> Callable[[], None]:
        """A check between the requests of one renewal, which began at `asked`. The check raises TooSlow."""

        def permit() -> None:
            if not self._within(asked):
                raise TooSlow("Parameter Store answered too slowly, or this machine was asleep")

        return permit

    def _within(self, moment: float) -> bool:
        return self._elapsed() - moment < self._seconds
