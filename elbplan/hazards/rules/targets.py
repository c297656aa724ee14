"""Targets that are cut off or judged anew: drain, health, zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...core.address import Address, Ref
from ...core.hazard import Hazard
from ...kinds.traffic import target_group_of, weighted
from ..timeline import NOBODY, Timeline, Transition
from ..traffic_state import TrafficState

DELAY = "deregistration_delay.timeout_seconds"
USUAL_DELAY = "300"
CHECKED = ("protocol", "port", "path", "codes")
"""What decides whether a target is called healthy; how often it is asked is another matter."""
FEWEST_ZONES = 2


@dataclass(frozen=True)
class _Leaving:
    """Targets that were let go and may still have requests to finish."""

    targets: Address
    members: frozenset[Any]
    delay: float


def requests_cut_off(film: Timeline) -> Iterator[Hazard]:
    """What requests in flight need is taken from them; where all routes to a group went first, there are none."""
    leaving: dict[Ref, _Leaving] = {}
    served: set[Ref] = set()
    for frame in film.transitions:
        served.update(frame.before.serving)
        for group, left in list(leaving.items()):
            if (frame.waits("targets", "drained") and frame.step.what == left.targets) or frame.step.holds(left.delay):
                del leaving[group]
            elif cut := _cut_off(frame, group, left):
                del leaving[group]
                yield _undrained(frame, left, cut)
        for group, left in _let_go(frame):
            if group in served and group in frame.before.attached:
                leaving[group] = left
        yield from _hurried(frame)


def _let_go(frame: Transition) -> Iterator[tuple[Ref, _Leaving]]:
    for address, targets, after in frame.changed:
        if address.kind != "targets" or targets is None:
            continue
        lost = frozenset(targets.members) - frozenset(after.members if after else ())
        group = target_group_of(targets)
        if lost and group is not None:
            pool: Any = frame.before.state.get(group) if isinstance(group, Address) else None
            yield group, _Leaving(address, lost, _delay(pool))


def _delay(group: Any) -> int:
    said = getattr(group, "attributes", {}).get(DELAY, USUAL_DELAY)
    return int(said) if said.isdigit() else int(USUAL_DELAY)


def _cut_off(frame: Transition, group: Ref, left: _Leaving) -> str:
    """What this step takes from targets that are leaving."""
    gone = {address for address, _, after in frame.changed if after is None}
    servers = {member.instance for member in left.members} & gone
    if servers:
        return f"{', '.join(sorted(map(str, servers)))} ends"
    if group in gone or (group in frame.before.attached and group not in frame.after.attached):
        return f"{group} goes"
    return ""


def _undrained(frame: Transition, left: _Leaving, cut: str) -> Hazard:
    place = f"targets.{left.targets.name}" + (f"@{left.targets.deposed}" if left.targets.deposed else "")
    text = f"{cut} while {left.targets} may still finish requests"
    safe = f"before this step: - {{do: wait, what: {place}, until: drained}}"
    return Hazard("requests-cut-off", frame.address(left.targets), text, step=frame.index, remedy=safe)


def _hurried(frame: Transition) -> Iterator[Hazard]:
    for address, before, group in frame.came("target_group"):
        if before is not None and address in frame.before.serving and _delay(group) < _delay(before):
            text = f"targets that leave get {_delay(group)} s instead of {_delay(before)} s to finish their requests"
            safe = f"leave {DELAY} as it is, or allow it if no request takes longer than that"
            yield Hazard("requests-cut-off", address, text, step=frame.index, remedy=safe)


def health_check_changes(film: Timeline) -> Iterator[Hazard]:
    """Another check in place: every target may fail it at once, and then AWS sends requests to all of them."""
    for frame in film.transitions:
        for address, before, group in frame.came("target_group"):
            if before is None or address not in frame.before.serving:
                continue
            changed = [f for f in CHECKED if getattr(before.health, f) != getattr(group.health, f)]
            if changed:
                what = ", ".join(f"{f} {getattr(before.health, f)} → {getattr(group.health, f)}" for f in changed)
                text = f"its check changes while it serves ({what}): all targets may fail it at once"
                safe = "a new group with the new check, shifted to when healthy; or first let the servers answer both"
                yield Hazard("health-check-changes", address, text, step=frame.index, remedy=safe)


def too_few_zones(film: Timeline) -> Iterator[Hazard]:
    """An application balancer needs two zones, and its targets must stand in those it has."""
    for frame in film.transitions:
        for address, before, balancer in frame.came("load_balancer"):
            few = balancer.type == "application" and len(balancer.subnets) < FEWEST_ZONES
            if few and (before is None or len(before.subnets) >= FEWEST_ZONES):
                text = f"an application load balancer stands in at least two zones, not {len(balancer.subnets)}"
                safe = "add the new zone in a step before the one that takes the old zone away"
                yield Hazard("too-few-zones", address, text, step=frame.index, remedy=safe)
        for address, group in _stranded(film, frame):
            text = f"all targets of {group} stand in the zones that are taken away"
            safe = f"register targets of {group} in a zone that stays, wait until they are healthy, then go on"
            yield Hazard("too-few-zones", frame.address(address or NOBODY), text, step=frame.index, remedy=safe)


def _stranded(film: Timeline, frame: Transition) -> Iterator[tuple[Address, Ref]]:
    """Groups that a balancer leaves behind with the zones it gives up, where it is known where their servers are."""
    for address, before, balancer in frame.came("load_balancer"):
        lost = set(before.subnets) - set(balancer.subnets) if before is not None else set()
        if not lost:
            continue
        for group in sorted(_groups(frame.after, address), key=str):
            places = [_place(film, frame.after, member) for member in frame.after.members.get(group, ())]
            if places and all(place in lost for place in places):
                yield address, group


def _groups(world: TrafficState, balancer: Ref) -> set[Ref]:
    return {group for place in world.endpoints(balancer).values() for group in weighted(world.state[place])}


def _place(film: Timeline, world: TrafficState, member: Any) -> Ref | None:
    """The subnet of a target, if it is known."""
    server: Any = world.state.get(member.instance)
    return server.subnet if server is not None else film.places.get(member.instance)
