"""From one action to another without a moment in which a route finds nobody: attach, switch, let go."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from ...core.address import Ref
from ...core.kind import Phase
from .actions import Forward, WeightedGroup, groups_of


def attaching_action(before: Any, after: Any, used: AbstractSet[Ref]) -> Any | None:
    """The action that goes on serving as `before` while every new group of `after` hangs on it at weight 0.

    A group that no action names is not health-checked, so it must be attached before it can be waited for. None where
    nothing needs it (the groups carry traffic already) or where it cannot be done (not both are forwards, or more than
    five groups).
    """
    new = [group for group in groups_of(after) if group not in used and group not in groups_of(before)]
    if not new or not isinstance(before, Forward) or len(before.groups) + len(new) > MOST_GROUPS:
        return None
    return _with_idle(before, new)


def not_attachable(before: Any, after: Any, used: AbstractSet[Ref]) -> list[Ref]:
    """The new groups that cannot hang on `before` at weight 0: it is no forward, or holds too many already."""
    new = [group for group in groups_of(after) if group not in used and group not in groups_of(before)]
    return [] if attaching_action(before, after, used) else new[:MOST_GROUPS]


def draining_action(before: Any, after: Any) -> Any | None:
    """The action that serves as `after` while the groups it gives up stay attached at weight 0 to finish requests."""
    old = [group for group in groups_of(before) if group not in groups_of(after)]
    if not old or not isinstance(after, Forward) or len(after.groups) + len(old) > MOST_GROUPS:
        return None
    return _with_idle(after, old)


MOST_GROUPS = 5
"""A forward takes no more."""


def _with_idle(action: Forward, groups: Iterable[Ref]) -> Forward:
    idle = [WeightedGroup(group=group, weight=0) for group in groups]
    return Forward(groups=(*action.groups, *idle), sticky=action.sticky)


def action_path(before: Any, after: Any, used: AbstractSet[Ref]) -> list[tuple[Phase, Any]]:
    """From one action to another: attach, switch, let go."""
    steps: list[tuple[Phase, Any]] = []
    if attach := attaching_action(before, after, used):
        steps.append(("expand", attach))
    if linger := draining_action(before, after):
        return [*steps, ("switch", linger), ("contract", after)]
    return [*steps, ("switch", after)]
