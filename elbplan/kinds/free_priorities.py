"""Priorities of rules that nobody has or wants: for what stands only during a change. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.address import Address, AwsId, Ref
from ..core.change import Diff

LOWEST = 50000


class FreePriorities:
    """Gives each priority of a listener once, the lowest first: none that a rule there has, wants, or was given.

    `taken` says who holds a priority, strangers included, by `LISTENER ARN/PRIORITY`.
    """

    def __init__(self, comparison: Diff, taken: Mapping[str, str]) -> None:
        self._held: dict[Ref, set[int]] = {}
        names = {live.id: address for address, live in comparison.lives.items() if address.kind == "listener"}
        for place in taken:
            arn, _, number = place.rpartition("/")
            self._hold(names.get(arn, AwsId(arn)), int(number) if number.isdigit() else 0)
        for listener, priority in _rules(comparison):
            self._hold(listener, priority)

    def _hold(self, listener: Ref, priority: int) -> None:
        self._held.setdefault(listener, set()).add(priority)

    def take(self, listener: Ref) -> int:
        """A free priority of this listener, which is free no more. Raises StopIteration if none is left."""
        held = self._held.get(listener, set())
        free = next(priority for priority in range(LOWEST, 0, -1) if priority not in held)
        self._hold(listener, free)
        return free


def _rules(comparison: Diff) -> Iterator[tuple[Ref, int]]:
    """The listener and the priority of each rule that is there or wanted."""
    models: list[Any] = [live.model for address, live in comparison.lives.items() if _is_rule(address)]
    models += [change.after for change in comparison.changes if _is_rule(change.address) and change.after is not None]
    return ((model.listener, model.priority) for model in models)


def _is_rule(address: Address) -> bool:
    return address.kind == "rule"
