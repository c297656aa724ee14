"""Balancers as a whole: outage, replace, bill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ...core.address import Address
from ...core.hazard import Hazard
from ..timeline import NOTHING_HAPPENS, Timeline, Transition
from ..traffic_state import TrafficState, name_of

if TYPE_CHECKING:
    from ...core.change import Diff
    from ...core.kind import Kinds

OUTAGE_SECONDS = 300
"""What it takes to delete a network load balancer, free its addresses and make its successor, from AWS's own pace."""


def outages(comparison: Diff, kinds: Kinds) -> Iterator[Hazard]:
    """An outage that AWS leaves no way around, from what changes alone."""
    for change in comparison.changes:
        before, after = change.before, change.after
        replaced = change.action == "replace" and before is not None and after is not None
        if replaced and (reason := kinds[change.address.kind].coexistence_conflict(before, after)):
            yield _outage(change.address, reason)


def _outage(address: Address, reason: str, step: int = 0, also: tuple[int, ...] = ()) -> Hazard:
    minutes = OUTAGE_SECONDS // 60
    text = f"{reason}: the old one goes before the new one comes, about {minutes} minutes without answers"
    safe = "give the new one other addresses, and move the name to it when it serves"
    return Hazard("outage", address, text, OUTAGE_SECONDS, step, safe, also)


def outage(film: Timeline) -> Iterator[Hazard]:
    """The same, from the states: one goes, and its successor needs what only one can have."""
    for old, new, frame in _replaced(film, film.start.state):
        before, after = film.start.state[old], film.end.state[new]
        if reason := film.kinds[old.kind].coexistence_conflict(before, after):
            yield _outage(new, reason, frame.index, _made(film, new))


def _replaced(film: Timeline, addresses: Iterable[Address]) -> Iterator[tuple[Address, Address, Transition]]:
    """What is there at the start and gone at the end while another of its name stays; and the step that ends it."""
    for old in addresses:
        others = [a for a in film.end.state if a[:2] == old[:2]] if old not in film.end.state else []
        if others:
            frame = next(f for f in film.transitions if old in f.before.state and old not in f.after.state)
            yield old, others[0], frame


def _made(film: Timeline, address: Address) -> tuple[int, ...]:
    return tuple(f.index for f in film.transitions if address in f.after.state and address not in f.before.state)


def dns_name_changes(film: Timeline) -> Iterator[Hazard]:
    """A new balancer has a new name of AWS's; one that people never came to is no loss."""
    led = set(film.start.alias_targets.values())
    balancers = [address for address, _ in film.start.of("load_balancer") if address not in film.spare]
    for old, new, frame in _replaced(film, balancers):
        if old not in led and any(other[:2] == old[:2] for other in led if isinstance(other, Address)):
            continue
        names = sorted(
            name_of(film.start.state[record]) for record, to in film.start.alias_targets.items() if to == old
        )
        stays = f"{', '.join(names)} moves along; " if names else ""
        text = f"the new one has another DNS name of AWS's: {stays}whoever uses AWS's own name is cut off"
        safe = "leave what cannot change in place; or let people move to a name of yours (domain:) first"
        yield Hazard("dns-name-changes", new, text, step=frame.index, remedy=safe, also=_made(film, new))


def extra_cost(film: Timeline) -> Iterator[Hazard]:
    """More balancers than before, for good or until a person comes. A stack that is only being made is no surprise."""
    if not film.start.listeners:
        return
    first, last = _count(film.start), _count(film.end)
    adopted = sum(_count(f.after) - _count(f.before) for f in film.transitions if f.step.do in NOTHING_HAPPENS)
    if last - adopted > first:
        frame = [
            f for f in film.transitions if _count(f.after) > _count(f.before) and f.step.do not in NOTHING_HAPPENS
        ][-1]
        text = f"{last} instead of {first} load balancers are billed from here on"
        safe = "let listeners and rules of one load balancer serve both, told apart by host or path"
        yield Hazard("extra-cost", frame.address(_some(film.end)), text, step=frame.index, remedy=safe)
    for frame in film.transitions:
        if frame.step.person and (now := _count(frame.before)) > max(first, last):
            text = f"{now} instead of {max(first, last)} load balancers are billed until a person comes"
            safe = "hold for a time (hold: 1h) instead of a person, or hold where only one of them runs"
            yield Hazard("extra-cost", frame.address(_some(frame.before)), text, step=frame.index, remedy=safe)


def _count(world: TrafficState) -> int:
    return sum(1 for _ in world.of("load_balancer"))


def _some(world: TrafficState) -> Address:
    return next(address for address, _ in world.of("load_balancer"))
