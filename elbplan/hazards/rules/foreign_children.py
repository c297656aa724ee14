"""What others lose: deletes-foreign-children, takes-record-of-stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.address import Address
from ...core.hazard import Hazard
from ...kinds.traffic import target_group_of
from ..timeline import Timeline

MOST = 10
"""So many are named; the rest is counted."""


def deletes_foreign_children(film: Timeline) -> Iterator[Hazard]:
    """Something goes, and takes along what the stack did not make: listeners, rules, registered targets.

    A group for which the plan waits until others have taken their targets out is empty when it goes.
    """
    emptied: set[Address | None] = set()
    for frame in film.transitions:
        if frame.waits("target_group", "empty"):
            emptied.add(frame.step.what)
        for address, before, after in frame.changed:
            if before is not None and after is None:
                children = [*film.children.get(address, ()), *registered_in(address, frame.before.state)]
                if children and address not in emptied:
                    text = f"AWS takes along what elbplan did not make: {_named(children)}"
                    safe = "move them first: listeners and rules to another load balancer, targets to the new group"
                    yield Hazard("deletes-foreign-children", address, text, step=frame.index, remedy=safe)


def registered_in(group: Address, state: Mapping[Address, Any]) -> list[str]:
    """The targets that a group still has: those that nobody lets go before it, since the stack leaves it to others."""
    if group.kind != "target_group":
        return []
    pools = [
        targets for address, targets in state.items() if address.kind == "targets" and target_group_of(targets) == group
    ]
    members = [member for pool in pools for member in pool.members]
    usual = getattr(state.get(group), "port", None)
    return [f"target {member.instance or member.address}:{member.port or usual} (deregistered)" for member in members]


def _named(children: Any) -> str:
    more = f" and {len(children) - MOST} more" if len(children) > MOST else ""
    return ", ".join(children[:MOST]) + more


def takes_record_of_stack(film: Timeline) -> Iterator[Hazard]:
    """A name that another stack made comes to lead to this one, because the spec says `take_over`."""
    for frame in film.transitions:
        for address, before, after in frame.changed:
            if before is None and after is not None and (other := film.taken_over.get(address)):
                text = f"it belongs to {other}, and leads to this stack from this step on"
                safe = f"remove the name from the spec of `{other.stack}` and apply that first; it is gone in between"
                yield Hazard("takes-record-of-stack", address, text, step=frame.index, remedy=safe)
