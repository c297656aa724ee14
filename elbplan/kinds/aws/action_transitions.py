"""The way from one action to another without an interrupted route: attach new groups, switch, detach old groups."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from ...core.address import Ref
from ...core.kind import Phase
from .actions import Forward, WeightedGroup, groups_of

NO_GROUPS: AbstractSet[Ref] = frozenset()


def attaching_action(
    before: Any, after: Any, used: AbstractSet[Ref], alone: AbstractSet[Ref] = NO_GROUPS
) -> Any | None:
    """The action that serves as `before`, with every new group of `after` attached at weight 0.

    AWS does not check the health of a group that no action names, so elbplan attaches it before it waits for healthy
    targets. None if all groups carry traffic already, if `before` is no forward, if the groups are more than five, or
    if AWS may refuse one of them beside another.
    """
    new = [group for group in groups_of(after) if group not in used and group not in groups_of(before)]
    return _with_idle(before, new, alone)


def not_attachable(before: Any, after: Any, used: AbstractSet[Ref], alone: AbstractSet[Ref] = NO_GROUPS) -> list[Ref]:
    """The new groups that `before` cannot hold at weight 0: it is no forward, or AWS may refuse the groups together."""
    new = [group for group in groups_of(after) if group not in used and group not in groups_of(before)]
    return [] if attaching_action(before, after, used, alone) else new[:MOST_GROUPS]


def draining_action(before: Any, after: Any, alone: AbstractSet[Ref] = NO_GROUPS) -> Any | None:
    """The action that serves as `after`, with the old groups at weight 0 so that they finish their requests."""
    old = [group for group in groups_of(before) if group not in groups_of(after)]
    return _with_idle(after, old, alone)


MOST_GROUPS = 5
"""The largest number of groups in one forward."""


def needs_group_stickiness(groups: Sequence[Ref], alone: AbstractSet[Ref]) -> bool:
    """True if AWS may refuse these groups together without group stickiness: one of them has target stickiness.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2734. elbplan does not turn group stickiness
    on to switch between two groups: clients would stay with the old group.
    """
    return len(groups) > 1 and any(group in alone for group in groups)


def _with_idle(action: Any, groups: Sequence[Ref], alone: AbstractSet[Ref]) -> Forward | None:
    if not groups or not isinstance(action, Forward) or len(action.groups) + len(groups) > MOST_GROUPS:
        return None
    if action.sticky is None and needs_group_stickiness([*groups_of(action), *groups], alone):
        return None
    idle = [WeightedGroup(group=group, weight=0) for group in groups]
    return Forward(groups=(*action.groups, *idle), sticky=action.sticky)


def action_path(
    before: Any, after: Any, used: AbstractSet[Ref], alone: AbstractSet[Ref] = NO_GROUPS
) -> list[tuple[Phase, Any]]:
    """The actions from one to another, each with its phase: attach, switch, detach."""
    steps: list[tuple[Phase, Any]] = []
    if attach := attaching_action(before, after, used, alone):
        steps.append(("expand", attach))
    if draining := draining_action(before, after, alone):
        return [*steps, ("switch", draining), ("contract", after)]
    return [*steps, ("switch", after)]
