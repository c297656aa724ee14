"""What others lose: deletes-foreign-children, takes-record-of-stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..address import Address
from ..routes import pool_of
from .film import Film, Frame
from .hazard import Hazard

MOST = 10
"""So many are named; the rest is counted."""


def deletes_foreign_children(film: Film) -> Iterator[Hazard]:
    """Something goes, and AWS deletes with it what the stack did not make: listeners, rules, registered targets."""
    for frame in film.frames:
        for address, before, after in frame.changed:
            if before is None or after is not None:
                continue
            if children := film.children.get(address, ()):
                text = f"AWS deletes with it what elbplan did not make: {_named(children)}"
                safe = f"move them to another load balancer first, or take {address} over from who needs them"
                yield Hazard("deletes-foreign-children", address, text, step=frame.index, safe=safe)
            if targets := _registered(frame, address):
                text = f"AWS deregisters with it what others registered: {_named(targets)}"
                safe = "let whoever registers them (an Auto Scaling group, ECS) use the new group first"
                yield Hazard("deletes-foreign-children", address, text, step=frame.index, safe=safe)


def _registered(frame: Frame, group: Address) -> list[str]:
    """The targets that nobody lets go before their group goes: the stack leaves the group to others."""
    if group.kind != "target_group":
        return []
    pools: list[Any] = [targets for _, targets in frame.before.of("targets") if pool_of(targets) == group]
    members = [member for pool in pools for member in pool.members]
    return [f"target {member.instance or member.address}:{member.port}" for member in members]


def _named(children: Any) -> str:
    more = f" and {len(children) - MOST} more" if len(children) > MOST else ""
    return ", ".join(children[:MOST]) + more


def takes_record_of_stack(film: Film) -> Iterator[Hazard]:
    """A name that another stack made comes to lead to this one, because the spec says `take_over`."""
    for frame in film.frames:
        for address, before, after in frame.changed:
            if before is None and after is not None and (other := film.taken_over.get(address)):
                text = f"it belongs to {other}, and leads to this stack from this step on"
                safe = f"remove the name from the spec of `{other.stack}` and apply that first; it is gone in between"
                yield Hazard("takes-record-of-stack", address, text, step=frame.index, safe=safe)
