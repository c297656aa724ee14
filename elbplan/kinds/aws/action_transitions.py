"""The way from one action to another without an interrupted route: attach new groups, switch, detach old groups."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from ...core.address import Ref
from ...core.kind import Phase
from .actions import Forward, WeightedGroup, groups_of


def attaching_action(before: Any, after: Any, used: AbstractSet[Ref]) -> Any | None:
    """The action that serves as `before`, with every new group of `after` attached at weight 0.

    AWS does not check the health of a group that no action names, so elbplan attaches it before it waits for healthy
    targets. None if all groups carry traffic already, if `before` is no forward, or if the groups are more than five.
    """
    new = [group for group in groups_of(after) if group not in used and group not in groups_of(before)]
    if not new or not isinstance(before, Forward) or len(before.groups) + len(new) > MOST_GROUPS:
        return None
    return _with_idle(before, new)


def not_attachable(before: Any, after: Any, used: AbstractSet[Ref]) -> list[Ref]:
    """The new groups that `before` cannot hold at weight 0: it is no forward, or it has too many groups already."""
    new = [group for group in groups_of(after) if group not in used and group not in groups_of(before)]
    return [] if attaching_action(before, after, used) else new[:MOST_GROUPS]


def draining_action(before: Any, after: Any) -> Any | None:
    """The action that serves as `after`, with the old groups at weight 0 so that they finish their requests."""
    old = [group for group in groups_of(before) if group not in groups_of(after)]
    if not old or not isinstance(after, Forward) or len(after.groups) + len(old) > MOST_GROUPS:
        return None
    return _with_idle(after, old)


MOST_GROUPS = 5
"""The largest number of groups in one forward."""


def _with_idle(action: Forward, groups: Iterable[Ref]) -> Forward:
    idle = [WeightedGroup(group=group, weight=0) for group in groups]
    return Forward(groups=(*action.groups, *idle), sticky=action.sticky)


def action_path(before: Any, after: Any, used: AbstractSet[Ref]) -> list[tuple[Phase, Any]]:
    """The actions from one to another, each with its phase: attach, switch, detach."""
    steps: list[tuple[Phase, Any]] = []
    if attach := attaching_action(before, after, used):
        steps.append(("expand", attach))
    if draining := draining_action(before, after):
        return [*steps, ("switch", draining), ("contract", after)]
    return [*steps, ("switch", after)]
