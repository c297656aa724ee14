"""What only follows from another replacement: the targets and the listener of a new target group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..core.address import Address, Ref, without_deposed
from ..core.change import Change
from ..core.kind import Kinds
from ..core.plan import Plan
from ..core.resource import Resource, differing_fields, references, rewrite
from ..kinds.listener import Listener
from ..kinds.record import Record
from ..kinds.targets import Targets
from ..kinds.traffic import alias_target_of, weighted
from .style import listed
from .words import name_in_words, title_of

MOST = 8
"""How many followers a line names."""


def followers(plan: Plan, kinds: Kinds) -> dict[Address, list[Change]]:
    """Returns, by the address of a replaced resource, the changes that only point at the new one instead of the old."""
    order = {change.address: index for index, change in enumerate(plan.changes)}
    replaced = {c.live.address: c.address for c in plan.changes if c.action == "replace" and c.live is not None}
    parents: dict[Address, Address] = {}
    for change in plan.changes:
        if only_follows(change, kinds):
            refs = [replaced[ref] for ref in references(change.before) if isinstance(ref, Address) and ref in replaced]
            earlier = [ref for ref in refs if order[ref] < order[change.address]]
            if earlier:
                parents[change.address] = max(earlier, key=order.__getitem__)
    found: dict[Address, list[Change]] = {}
    for change in plan.changes:
        if change.address in parents:
            found.setdefault(_root(change.address, parents), []).append(change)
    return found


def _root(address: Address, parents: Mapping[Address, Address]) -> Address:
    while address in parents:
        address = parents[address]
    return address


def only_follows(change: Change, kinds: Kinds) -> bool:
    """True if nothing differs but that references lead to the new side of a replacement."""
    if change.action not in ("update", "replace") or change.before is None or change.after is None or not change.fields:
        return False
    return not own_differences(change, kinds)


def leading(plan: Plan, kinds: Kinds) -> list[Change]:
    """The changes that do not follow from another one."""
    following = {change.address for changes in followers(plan, kinds).values() for change in changes}
    return [change for change in plan.changes if change.address not in following]


def serving(plan: Plan) -> set[Ref]:
    """The groups that get requests now, their targets, and the load balancers that records lead to."""
    models = {address: live.model for address, live in plan.lives.items()}
    found: set[Ref] = {group for model in models.values() for group in weighted(model)}
    found |= {ref for model in models.values() if (ref := alias_target_of(model)) is not None}
    targets = {a for a, model in models.items() if isinstance(model, Targets) and model.group in found}
    listeners = {a for a, model in models.items() if isinstance(model, Listener) and model.load_balancer in found}
    return found | targets | listeners


def own_differences(change: Change, kinds: Kinds) -> tuple[str, ...]:
    """The fields that differ in more than the side of a replacement that a reference leads to."""
    assert change.before is not None
    assert change.after is not None
    after = kinds[change.address.kind].with_live_defaults(change.after, change.before)
    return differing_fields(_plainly(change.before), _plainly(after))


def _plainly(resource: Resource) -> Resource:
    return rewrite(resource, lambda ref: (without_deposed(ref),))


def followers_text(changes: Sequence[Change], root: Address) -> str:
    """Returns `targets, listener 443 follow`."""
    names: dict[str, list[str]] = {}
    for change in changes:
        names.setdefault(change.address.kind, []).append(_name(change, root))
    words = [word for kind, own in names.items() for word in of_kind(title_of(kind), own)]
    one = len(changes) == 1 and not title_of(changes[0].address.kind).endswith("s")
    return f"{listed(words, MOST)} {'follows' if one else 'follow'}"


def _name(change: Change, root: Address) -> str:
    if isinstance(change.after, Record):
        return f"{change.after.type} {change.after.name}"
    return "" if change.address.name == root.name else name_in_words(change.address)


def of_kind(title: str, names: Sequence[str]) -> list[str]:
    """Returns `listener 443`, or `listeners 443` and `80`; a name may be empty."""
    first, *rest = names
    several = "s" if rest and title and not title.endswith("s") else ""
    return [f"{title}{several} {first}".strip(), *(name or title for name in rest)]
