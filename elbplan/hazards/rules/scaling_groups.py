"""Hazards of Auto Scaling groups: detached while their target group gets requests."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Ref
from ...core.hazard import Hazard
from ...kinds.auto_scaling_attachment import AutoScalingAttachment
from ..timeline import Timeline


def detached_while_serving(timeline: Timeline) -> Iterator[Hazard]:
    """A step detaches every Auto Scaling group of a target group that gets requests, and nothing else fills it.

    The targets that AWS reports belong to the Auto Scaling group, so they count only if the plan changes them.
    """
    for transition in timeline.transitions:
        for address, before, after in transition.changed:
            if not isinstance(before, AutoScalingAttachment) or after is not None:
                continue
            if before.group in transition.after.serving and not _is_filled_otherwise(timeline, before.group):
                text = f"{before.group} gets requests and has no targets after this step"
                remedy = "name its new targets in the same spec: instances:, ips: or another auto_scaling_group:"
                yield Hazard("route-removed", address, text, step=transition.index, remedy=remedy)


def _is_filled_otherwise(timeline: Timeline, group: Ref) -> bool:
    members = timeline.end.members.get(group, ())
    return bool(members) and members != timeline.start.members.get(group, ())
