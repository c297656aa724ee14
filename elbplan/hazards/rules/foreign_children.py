"""Hazards of what others made, or for what they made: the rules that need a look at AWS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.address import Address, Ref
from ...core.hazard import Hazard
from ...core.simulate import State
from ...kinds.auto_scaling_attachment import AutoScalingAttachment
from ...kinds.target_group import TargetGroup
from ...kinds.targets import Targets
from ..timeline import NOBODY, Timeline

MOST = 10
"""A text names so many children and counts the rest."""


def deletes_foreign_children(timeline: Timeline) -> Iterator[Hazard]:
    """A step deletes a resource with children that the stack did not create: listeners, rules, registered targets.

    It is no hazard if an earlier step waits until others have deregistered their targets.
    """
    emptied: set[Ref | None] = set()
    for transition in timeline.transitions:
        if transition.waits(TargetGroup, "empty"):
            emptied.add(transition.step.what)
        for address, before, after in transition.changed:
            if isinstance(before, AutoScalingAttachment) and after is None:
                emptied.add(before.group)  # it deregisters its instances, and elbplan waits for that
            if before is not None and after is None:
                registered = registered_in(address, transition.before.state)
                children = [*timeline.children.get(address, ()), *registered]
                if children and address not in emptied:
                    text = f"AWS also deletes what elbplan did not create: {_named(children)}"
                    remedy = "move them first: listeners and rules to another load balancer, targets to the new group"
                    yield Hazard("deletes-foreign-children", address, text, step=transition.index, remedy=remedy)


def registered_in(address: Address, state: State) -> list[str]:
    """The targets that a group still has, since no step deregisters them."""
    group = state.get(address)
    if not isinstance(group, TargetGroup):
        return []
    sets = [targets for targets in state.values() if isinstance(targets, Targets) and targets.group == address]
    members = [member for targets in sets for member in targets.members]
    return [
        f"target {member.instance or member.address}:{member.port or group.port} (deregistered)" for member in members
    ]


def _named(children: Sequence[str]) -> str:
    more = f" and {len(children) - MOST} more" if len(children) > MOST else ""
    return ", ".join(children[:MOST]) + more


def revokes_foreign_rules(timeline: Timeline) -> Iterator[Hazard]:
    """A step deletes a security group to which rules of others refer."""
    for transition in timeline.transitions:
        for address, before, after in transition.changed:
            rules = timeline.references.get(address, ())
            if before is not None and after is None and rules:
                text = (
                    "AWS deletes a security group only when no rule of others refers to it, so elbplan first revokes: "
                    f"{_named([rule.text for rule in rules])}"
                )
                remedy = "\n".join(["revoke them yourself, then run elbplan again:", *(rule.command for rule in rules)])
                yield Hazard("revokes-foreign-rules", address, text, step=transition.index, remedy=remedy)


def takes_record_of_stack(timeline: Timeline) -> Iterator[Hazard]:
    """A step takes the record of another stack, since the spec says `take_over`."""
    for transition in timeline.transitions:
        for address, before, after in transition.changed:
            if before is None and after is not None and (owner := timeline.taken_over.get(address)):
                text = f"it belongs to {owner}, and points at this stack from this step on"
                remedy = (
                    f"remove the name from the spec of `{owner.stack}` and apply that first; until this step is done"
                    " the name does not exist"
                )
                yield Hazard("takes-record-of-stack", address, text, step=transition.index, remedy=remedy)


def server_in_use(timeline: Timeline) -> Iterator[Hazard]:
    """A destroy stops or terminates an instance to which a target group of others sends requests."""
    for transition in timeline.transitions:
        users = timeline.users_of_servers.get(transition.address(NOBODY), ())
        if users and transition.step.do in ("delete", "stop"):
            address = transition.address(NOBODY)
            text = f"it is also a target of {_named(users)}"
            remedy = "write `on_destroy: keep`, or take it out of that group first"
            yield Hazard("server-in-use", address, text, step=transition.index, remedy=remedy)
