"""Refuses a plan that takes over a resource of others or deletes a protected one, before the first write. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from ..core.address import Address, AwsId, Ref
from ..core.change import Change, Diff
from ..core.kind import Kind, Kinds, NamesInUse, Owner
from ..core.resource import Resource, digest
from ..errors import Refused
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.rule import Rule
from ..kinds.security_group import SecurityGroup
from ..kinds.target_group import TargetGroup

Owners = Mapping[str, Owner]
"""By AWS id: the elbplan stack that made the resource."""

NOBODY: Owners = MappingProxyType({})


def physical_names(
    stack: str, comparison: Diff, kinds: Kinds, names_in_use: NamesInUse, owners: Owners = NOBODY
) -> dict[Address, str]:
    """The physical name of every resource that is to be created.

    The default name if it is free. If an older resource of this stack still has it, the name ends in a digest, so that
    both can exist at the same time. Raises Refused if a resource of others has the name.
    """
    names, refusals = chosen_names(stack, comparison, kinds, names_in_use, owners)
    for refusal in refusals:
        raise refusal
    return names


def chosen_names(
    stack: str, comparison: Diff, kinds: Kinds, names_in_use: NamesInUse, owners: Owners = NOBODY
) -> tuple[dict[Address, str], list[Refused]]:
    """The names of `physical_names`, and a refusal for each name that a resource of others has."""
    names: dict[Address, str] = {}
    refusals: list[Refused] = []
    for change, after in created_by(comparison):
        kind = kinds[change.address.kind]
        if base := kind.default_name(stack, change.address, after):
            names[change.address] = base
            try:
                names[change.address] = _free_name(change.address, after, kind, base, comparison, names_in_use, owners)
            except Refused as refusal:
                refusals.append(refusal)
    return names, refusals


def created_by(comparison: Diff) -> Iterator[tuple[Change, Resource]]:
    """Each change that creates a resource, with that resource."""
    for change in comparison.changes:
        if change.action in ("create", "replace") and change.after is not None:
            yield change, change.after


def _free_name(
    address: Address,
    resource: Resource,
    kind: Kind[Resource],
    base: str,
    comparison: Diff,
    names_in_use: NamesInUse,
    owners: Owners,
) -> str:
    pinned = _pinned_name(resource)
    of_kind = names_in_use.get(kind.name, {})
    for name in [pinned] if pinned else _candidates(base, digest(resource), kind.longest_name):
        holder = of_kind.get(_unique_name(resource, name))
        if holder is None:
            return name
        if holder not in own_ids(comparison):
            raise _held(
                f"{address}: the name {name}",
                holder,
                owners,
                if_unmanaged=f"choose another name for the stack, or delete that {kind.title} if nobody needs it",
                if_managed=f"choose another name for this stack or for {address}",
            )
    raise Refused(
        f"{address}: elbplan must replace it, but its name is pinned and the old one still has that name",
        hint="leave out `name:` so that the old and the new resource can exist at the same time",
    )


def _pinned_name(resource: Resource) -> str | None:
    return resource.name if isinstance(resource, LoadBalancer | SecurityGroup | TargetGroup) else None


def own_ids(comparison: Diff) -> set[str]:
    """The AWS ids of the stack's resources."""
    return {live.id for live in comparison.lives.values()}


def _held(what: str, holder: str, owners: Owners, *, if_unmanaged: str, if_managed: str) -> Refused:
    """The refusal because of a resource of others, with the hint for one that an elbplan stack manages or not."""
    if owner := owners.get(holder):
        return Refused(f"{what} belongs to {owner}", hint=if_managed)
    return Refused(f"{what} is taken by {holder}, which elbplan did not make", hint=if_unmanaged)


def _candidates(base: str, tail: str, longest: int) -> Iterator[str]:
    """The default name first. Two long names that begin alike must stay different after they are cut."""
    if len(base) > longest - len(tail) - 3:
        tail = hashlib.sha256(f"{base} {tail}".encode()).hexdigest()[: len(tail)]
    if len(base) <= longest:
        yield base
    yield f"{base[: longest - len(tail) - 1].rstrip('-')}-{tail}"
    for number in range(2, 9):
        yield f"{base[: longest - len(tail) - 3].rstrip('-')}-{tail}-{number}"


def _unique_name(resource: Resource, name: str) -> str:
    """The name of a security group is unique in its VPC, other names in the region."""
    return f"{resource.vpc}/{name}" if isinstance(resource, SecurityGroup) else name


def held_by_others(comparison: Diff, names_in_use: NamesInUse, owners: Owners = NOBODY) -> Iterable[Refused]:
    """A refusal for each port and priority that the plan needs and that a resource of others has."""
    for change, after in created_by(comparison):
        if isinstance(after, Listener):
            yield from _port_held(change.address, after, comparison, names_in_use, owners)
        elif isinstance(after, Rule):
            yield from _priority_held(change.address, after, comparison, names_in_use, owners)


def _port_held(
    address: Address, listener: Listener, comparison: Diff, names_in_use: NamesInUse, owners: Owners
) -> Iterator[Refused]:
    place = f"{_id(listener.load_balancer, comparison)}/{listener.port}"
    holder = names_in_use.get(Listener.kind, {}).get(place)
    if holder and holder not in own_ids(comparison):
        yield _held(
            f"{address}: port {listener.port} of {listener.load_balancer}",
            holder,
            owners,
            if_unmanaged="delete that listener, or leave the port out of the spec",
            if_managed="leave the port out of one of the two specs",
        )


def _priority_held(
    address: Address, rule: Rule, comparison: Diff, names_in_use: NamesInUse, owners: Owners
) -> Iterator[Refused]:
    holder = names_in_use.get(Rule.kind, {}).get(f"{_id(rule.listener, comparison)}/{rule.priority}")
    if holder and holder not in own_ids(comparison):
        yield _held(
            f"{address}: priority {rule.priority}",
            holder,
            owners,
            if_unmanaged="give the rule another priority, or delete that rule",
            if_managed="give one of the two rules another priority",
        )


def _id(ref: Ref, comparison: Diff) -> str:
    live = comparison.lives.get(ref) if isinstance(ref, Address) else None
    return live.id if live else ref.value if isinstance(ref, AwsId) else ""
