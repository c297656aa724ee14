"""The target groups that lose targets at the end of a plan, and whether the targets that stay are healthy already.

A run that was killed may have registered the new targets. The next plan has only the end of the change, and must not
take the old targets away before the new ones get requests.
"""

from __future__ import annotations

from ...core.address import Address, Ref
from ...kinds.target import Target
from ...kinds.targets import Targets
from ...kinds.traffic import filled_group_of
from .builder import PlanBuilder, Stage


def releasing_groups(builder: PlanBuilder) -> frozenset[Ref]:
    """The groups that stay, and from which targets or Auto Scaling groups go."""
    changed = [draft.step.after for draft in builder.at(Stage.CONTRACT) if draft.step.do == "update"]
    deleted = [change.before for change in builder.diff.changes if change.action == "delete"]
    groups = (filled_group_of(resource) for resource in (*changed, *deleted))
    return frozenset(group for group in groups if group is not None and group in builder.desired)


def healthy_targets(builder: PlanBuilder, group: Ref) -> frozenset[str]:
    """The ids of the healthy targets that a group has now, whoever registered them."""
    if not isinstance(group, Address):
        return frozenset()
    live = builder.diff.lives.get(Address(Targets.kind, group.name, group.deposed))
    return frozenset(live.facts.get("healthy", "").split()) if live else frozenset()


def loses_its_healthy_targets(builder: PlanBuilder, targets: Targets) -> bool:
    """True if the group has healthy targets now, and these targets, which stay, have none of them."""
    healthy = healthy_targets(builder, targets.group)
    return bool(healthy) and not healthy & {_id_of(builder, member) for member in targets.members}


def _id_of(builder: PlanBuilder, member: Target) -> str:
    """The id of a target in AWS; empty for a server that does not exist yet."""
    if isinstance(member.instance, Address):
        live = builder.diff.lives.get(member.instance)
        return live.id if live else ""
    return str(member.instance or member.address)
