"""Target stickiness: the groups that AWS may refuse beside others, and the step that turns target stickiness on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...core.address import Address, AwsId, Ref
from ...core.change import Diff
from ...core.resource import Resource
from ...kinds.aws.action_transitions import needs_group_stickiness
from ...kinds.aws.actions import Forward, groups_of
from ...kinds.listener import Listener
from ...kinds.rule import Rule
from ...kinds.target_group import TargetGroup
from ...kinds.traffic import attached_groups
from .builder import PlanBuilder, Stage


def alone_in_forward(diff: Diff, desired: Mapping[Address, Resource]) -> frozenset[Ref]:
    """The groups that AWS may refuse beside others in a forward without group stickiness.

    They have target stickiness in AWS or in the spec. elbplan does not read the attributes of groups outside the
    stack, so it treats them as sticky.
    """
    states = [*desired.items(), *((address, live.model) for address, live in diff.lives.items())]
    outside = {group for _, resource in states for group in attached_groups(resource) if isinstance(group, AwsId)}
    return frozenset({address for address, resource in states if _is_sticky(resource)} | outside)


def delay_target_stickiness(builder: PlanBuilder) -> None:
    """Turns target stickiness on only after every forward of the group has group stickiness, or no other group."""
    for draft in builder.at(Stage.EXPAND):
        step = draft.step
        if step.do != "update" or not _is_sticky(step.after) or _is_sticky(step.before):
            continue
        if any(_refuses(live.model, step.address) for live in builder.diff.lives.values()):
            draft.stage, draft.step = Stage.CONTRACT, replace(step, phase="contract")
            builder.ready_after.pop(step.address, None)


def wait_for_group_stickiness(builder: PlanBuilder) -> None:
    """Makes a delayed update wait for the deletes of the rules and listeners that would refuse it."""
    drafts = builder.at(Stage.CONTRACT)
    for draft in drafts:
        step = draft.step
        if step.do == "update" and _is_sticky(step.after) and not _is_sticky(step.before):
            draft.needs |= {
                other.step.id for other in drafts if other.step.writes and _refuses(other.step.before, step.address)
            }


def _is_sticky(resource: Resource | None) -> bool:
    return isinstance(resource, TargetGroup) and resource.attributes.get("stickiness.enabled") == "true"


def _refuses(resource: Resource | None, group: Ref) -> bool:
    """True for a forward that has the group beside others and no group stickiness."""
    action = resource.action if isinstance(resource, Listener | Rule) else None
    if not isinstance(action, Forward) or action.sticky is not None:
        return False
    return needs_group_stickiness(groups_of(action), {group})
