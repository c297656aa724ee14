"""Hazards of targets: requests-cut-off, health-check-changes, too-few-zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...core.address import Address, Ref
from ...core.hazard import Hazard
from ...core.resource import differing_fields, field_values
from ...kinds.aws.health_check import HealthCheck
from ...kinds.instance import Instance
from ...kinds.load_balancer import LoadBalancer
from ...kinds.target import Target
from ...kinds.target_group import TargetGroup
from ...kinds.targets import Targets
from ...kinds.traffic import weighted
from ..timeline import NOBODY, Timeline, Transition
from ..traffic_state import TrafficState

DELAY = "deregistration_delay.timeout_seconds"
DEFAULT_DELAY = "300"
CHECKED = ("protocol", "port", "path", "codes")
"""The fields that decide whether a target is healthy; the others only say how often AWS asks."""
FEWEST_ZONES = 2


@dataclass(frozen=True)
class _Leaving:
    """Deregistered targets that may still have requests to finish."""

    targets: Address
    members: frozenset[Target]
    delay: float


def requests_cut_off(timeline: Timeline) -> Iterator[Hazard]:
    """A step ends targets with requests in flight. A group that lost all its routes before has no such requests."""
    leaving: dict[Ref, _Leaving] = {}
    served: set[Ref] = set()
    for transition in timeline.transitions:
        served.update(transition.before.serving)
        for group, left in list(leaving.items()):
            if _drained(transition, left):
                del leaving[group]
            elif cut := _cut_off(transition, group, left):
                del leaving[group]
                yield _undrained(transition, left, cut)
        for group, left in _deregistered(transition):
            if group in served and group in transition.before.attached:
                leaving[group] = left
        yield from _shorter_delay(transition)


def _drained(transition: Transition, left: _Leaving) -> bool:
    """True if the step waits until the targets have finished their requests."""
    waits = transition.waits(Targets, "drained") and transition.step.what == left.targets
    return waits or transition.step.holds(left.delay)


def _deregistered(transition: Transition) -> Iterator[tuple[Ref, _Leaving]]:
    for address, before, after in transition.changed:
        if isinstance(before, Targets):
            lost = frozenset(before.members) - frozenset(after.members if isinstance(after, Targets) else ())
            if lost:
                group = transition.before.get(TargetGroup, before.group)
                yield before.group, _Leaving(address, lost, _delay(group))


def _delay(group: TargetGroup | None) -> int:
    """The seconds for which AWS lets a deregistered target finish its requests."""
    delay = group.attributes.get(DELAY, DEFAULT_DELAY) if group is not None else DEFAULT_DELAY
    return int(delay) if delay.isdigit() else int(DEFAULT_DELAY)


def _cut_off(transition: Transition, group: Ref, left: _Leaving) -> str:
    """Returns what this step takes from targets that are leaving."""
    deleted = {address for address, _, after in transition.changed if after is None}
    servers = {member.instance for member in left.members} & deleted
    if servers:
        return f"{', '.join(sorted(map(str, servers)))} is deleted"
    if group in deleted:
        return f"{group} is deleted"
    detached = group in transition.before.attached and group not in transition.after.attached
    return f"{group} is detached" if detached else ""


def _undrained(transition: Transition, left: _Leaving, cut: str) -> Hazard:
    text = f"{cut} while {left.targets} may still finish requests"
    remedy = f"before this step: - {{do: wait, what: {left.targets}, until: drained}}"
    where = transition.address(left.targets)
    return Hazard("requests-cut-off", where, text, step=transition.index, remedy=remedy)


def _shorter_delay(transition: Transition) -> Iterator[Hazard]:
    for address, before, group in transition.changed_to(TargetGroup):
        if before is not None and address in transition.before.serving and _delay(group) < _delay(before):
            seconds = f"{_delay(group)} s instead of {_delay(before)} s"
            text = f"deregistered targets get {seconds} to finish their requests"
            remedy = f"leave {DELAY} as it is, or allow it if no request takes longer than that"
            yield Hazard("requests-cut-off", address, text, step=transition.index, remedy=remedy)


def health_check_changes(timeline: Timeline) -> Iterator[Hazard]:
    """Every target may fail a changed health check at once; then AWS sends requests to all of them."""
    for transition in timeline.transitions:
        for address, before, group in transition.changed_to(TargetGroup):
            if before is None or address not in transition.before.serving:
                continue
            if changes := _check_changes(before.health, group.health):
                text = f"its health check changes while it serves ({changes}): all targets may fail it at once"
                remedy = (
                    "create a new group with the new check and shift to it when it is healthy; or first let the servers"
                    " pass both checks"
                )
                yield Hazard("health-check-changes", address, text, step=transition.index, remedy=remedy)


def _check_changes(before: HealthCheck, after: HealthCheck) -> str:
    old, new = field_values(before), field_values(after)
    changed = [field for field in differing_fields(before, after) if field in CHECKED]
    return ", ".join(f"{field} {old[field]} → {new[field]}" for field in changed)


def too_few_zones(timeline: Timeline) -> Iterator[Hazard]:
    """An application load balancer needs two zones, and its targets must stand in its zones."""
    for transition in timeline.transitions:
        for address, before, balancer in transition.changed_to(LoadBalancer):
            few = balancer.type == "application" and len(balancer.subnets) < FEWEST_ZONES
            if few and (before is None or len(before.subnets) >= FEWEST_ZONES):
                text = f"an application load balancer needs at least two zones, not {len(balancer.subnets)}"
                remedy = "add the new zone in a step before the step that removes the old zone"
                yield Hazard("too-few-zones", address, text, step=transition.index, remedy=remedy)
        for address, group in _stranded(timeline, transition):
            text = f"all targets of {group} stand in the zones that are removed"
            remedy = f"register targets of {group} in a zone that stays, wait until they are healthy, then go on"
            where = transition.address(address or NOBODY)
            yield Hazard("too-few-zones", where, text, step=transition.index, remedy=remedy)


def _stranded(timeline: Timeline, transition: Transition) -> Iterator[tuple[Address, Ref]]:
    """The groups whose targets all stand in subnets that a load balancer gives up, as far as the subnets are known."""
    for address, before, balancer in transition.changed_to(LoadBalancer):
        lost = set(before.subnets) - set(balancer.subnets) if before is not None else set()
        if not lost:
            continue
        for group in sorted(_groups(transition.after, address), key=str):
            subnets = [_subnet(timeline, transition.after, m) for m in transition.after.members.get(group, ())]
            if subnets and all(subnet in lost for subnet in subnets):
                yield address, group


def _groups(traffic: TrafficState, balancer: Ref) -> set[Ref]:
    """The groups to which a load balancer sends requests."""
    return {group for place in traffic.endpoints(balancer).values() for group in weighted(traffic.state[place])}


def _subnet(timeline: Timeline, traffic: TrafficState, target: Target) -> Ref | None:
    """The subnet of a target, if it is known."""
    if target.instance is None:
        return None
    server = traffic.get(Instance, target.instance)
    return server.subnet if server is not None else timeline.places.get(target.instance)
