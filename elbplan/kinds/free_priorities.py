"""Free priorities of a listener, for rules that exist only during a change. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.address import Address, AwsId, Ref
from ..core.change import Diff

LOWEST = 50000


class FreePriorities:
    """Gives each free priority of a listener once, the highest number first.

    A priority is free if no rule of the listener has or wants it. `names_in_use` are the priorities in AWS, also of
    rules that others made, by `LISTENER ARN/PRIORITY`.
    """

    def __init__(self, diff: Diff, names_in_use: Mapping[str, str]) -> None:
        self._used: dict[Ref, set[int]] = {}
        names = {live.id: address for address, live in diff.lives.items() if address.kind == "listener"}
        for place in names_in_use:
            arn, _, number = place.rpartition("/")
            self._use(names.get(arn, AwsId(arn)), int(number) if number.isdigit() else 0)
        for listener, priority in _rules(diff):
            self._use(listener, priority)

    def _use(self, listener: Ref, priority: int) -> None:
        self._used.setdefault(listener, set()).add(priority)

    def take(self, listener: Ref) -> int:
        """Takes a free priority of this listener. Raises StopIteration if there is none."""
        used = self._used.get(listener, set())
        free = next(priority for priority in range(LOWEST, 0, -1) if priority not in used)
        self._use(listener, free)
        return free


def _rules(diff: Diff) -> Iterator[tuple[Ref, int]]:
    """The listener and the priority of each live or desired rule."""
    models: list[Any] = [live.model for address, live in diff.lives.items() if _is_rule(address)]
    models += [change.after for change in diff.changes if _is_rule(change.address) and change.after is not None]
    return ((model.listener, model.priority) for model in models)


def _is_rule(address: Address) -> bool:
    return address.kind == "rule"
