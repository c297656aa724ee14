"""The hazard sessions-lost."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Ref
from ...core.hazard import Hazard
from ...kinds.aws.actions import Forward
from ...kinds.listener import Listener
from ...kinds.rule import Rule
from ...kinds.target_group import TargetGroup
from ..timeline import Timeline

STICKY, BY = "stickiness.enabled", "stickiness.type"


def sessions_lost(timeline: Timeline) -> Iterator[Hazard]:
    """Clients no longer stay with the target, or with the group, that they got."""
    for transition in timeline.transitions:
        for address, before, group in transition.changed_to(TargetGroup):
            if before is None or address not in transition.before.serving or before.attributes.get(STICKY) != "true":
                continue
            if change := _of_group(before, group):
                text = f"{change}: a client can reach a target that does not know its session"
                remedy = "keep sticky: of the group until no target keeps sessions in its own memory"
                yield Hazard("sessions-lost", address, text, step=transition.index, remedy=remedy)
        for address, place, after in transition.changed_to(Listener, Rule):
            if not isinstance(place, Listener | Rule) or not isinstance(after, Listener | Rule):
                continue
            if _shared(place) and _shared(place) <= _groups(after) and not _shared(after):
                text = "clients no longer stay with one group: the next request can go to another group"
                remedy = "keep sticky: of the forward until one group gets all requests"
                yield Hazard("sessions-lost", address, text, step=transition.index, remedy=remedy)


def _of_group(before: TargetGroup, after: TargetGroup) -> str:
    """What becomes of the stickiness, in words; empty if it stays."""
    if after.attributes.get(STICKY) != "true":
        return "stickiness is switched off"
    old, new = before.attributes.get(BY, ""), after.attributes.get(BY, "")
    return "" if old == new else f"stickiness by {old} becomes {new}"


def _groups(place: Listener | Rule) -> frozenset[Ref]:
    """The groups that get requests."""
    shares = place.action.groups if isinstance(place.action, Forward) else ()
    return frozenset(share.group for share in shares if share.weight)


def _shared(place: Listener | Rule) -> frozenset[Ref]:
    """The groups between which clients stay with theirs; none if they do not, or if there is only one."""
    groups = _groups(place)
    sticky = isinstance(place.action, Forward) and place.action.sticky is not None
    return groups if sticky and len(groups) > 1 else frozenset()
