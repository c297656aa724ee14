"""The order between the plans of several stacks: which stack must end before another one may begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..core.address import AwsId
from ..core.plan import Plan
from ..core.resource import references


def stack_order(plans: Sequence[Plan]) -> Mapping[str, frozenset[str]]:
    """Returns for each stack the stacks that must end first. There are no cycles: the order of `plans` decides.

    A stack may use a resource of another one: forward to its target group, let in its security group. If that resource
    is changed or created again, its own stack goes first. If it is deleted, the stack that uses it goes first, since
    AWS deletes nothing that is in use.
    """
    needs: dict[str, set[str]] = {plan.stack: set() for plan in plans}
    for owner in plans:
        for user in plans:
            if owner.stack == user.stack or owner.region != user.region or owner.account != user.account:
                continue
            first, then = _ordered(owner, user)
            if first and first not in _all_before(needs, then) and then not in _all_before(needs, first):
                needs[then].add(first)
    return {stack: frozenset(before) for stack, before in needs.items()}


def _ordered(owner: Plan, user: Plan) -> tuple[str, str]:
    """The names of the two in their order; empty if nothing of the owner that changes is used."""
    used = set(_used_ids(user))
    if not used:
        return "", ""
    deleted = {id for id, action in _changed_ids(owner) if id in used and action in ("delete", "replace")}
    if deleted:
        return user.stack, owner.stack
    changed = any(id in used for id, _ in _changed_ids(owner))
    return (owner.stack, user.stack) if changed else ("", "")


def _changed_ids(plan: Plan) -> Iterator[tuple[str, str]]:
    for change in plan.changes:
        live = change.live or plan.lives.get(change.address)
        if live is not None:
            yield live.id, change.action


def _used_ids(plan: Plan) -> Iterator[str]:
    """The AWS ids of resources outside the stack to which its resources refer, before or after the plan."""
    models = [*plan.desired.values(), *(live.model for live in plan.lives.values())]
    for model in models:
        yield from (ref.value for ref in references(model) if isinstance(ref, AwsId))


def _all_before(needs: Mapping[str, set[str]], stack: str) -> set[str]:
    """Every stack that must end before this one, also by way of others."""
    found: set[str] = set()
    left = [stack]
    while left:
        new = needs[left.pop()] - found
        found |= new
        left += new
    return found
