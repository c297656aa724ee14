"""What a plan puts at risk, told before anything happens; a hazard blocks until somebody allows it by name. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from ..errors import Refused
from .address import Address
from .change import Comparison
from .kind import Kinds

OUTAGE_SECONDS = 300
"""What it takes to delete a network load balancer, free its addresses and make its successor, from AWS's own pace."""


@dataclass(frozen=True)
class Hazard:
    """A named risk at a resource; `seconds` is its expected length, where it has one."""

    name: str
    address: Address
    text: str
    seconds: int = 0


def hazards(comparison: Comparison, kinds: Kinds) -> Iterator[Hazard]:
    """An outage that AWS leaves no way around."""
    for change in comparison.changes:
        if change.action == "replace" and change.before is not None and change.after is not None:
            reason = kinds[change.address.kind].exclusive(change.before, change.after)
            if reason:
                minutes = OUTAGE_SECONDS // 60
                text = f"{reason}: the old one goes before the new one comes, about {minutes} minutes without answers"
                yield Hazard("outage", change.address, text, OUTAGE_SECONDS)


def allowed(found: Iterable[Hazard], allow: Collection[str]) -> None:
    """Returns if every hazard is allowed by name. Raises Refused, naming the others and the flag that allows them."""
    blocking = [hazard for hazard in found if hazard.name not in allow]
    if blocking:
        lines = "\n".join(f"{hazard.name}: {hazard.address}: {hazard.text}" for hazard in blocking)
        flags = " ".join(sorted({f"--allow {hazard.name}" for hazard in blocking}))
        raise Refused(lines, hint=f"nothing was changed; if that is acceptable now, add {flags}")
