"""What must not happen: taking over a stranger's, deleting what is protected. Asked before the first write. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ..core.address import Address, AwsId
from ..core.change import Change, Diff
from ..core.kind import Kind, Kinds, NamesInUse, Owner
from ..core.resource import digest
from ..errors import Refused
from ..kinds.traffic import spare_balancers

"""For each kind, who holds the physical names (or places) that matter."""


Owners = Mapping[str, Owner]
"""Which elbplan stack made what bears this AWS id."""


def physical_names(
    stack: str, comparison: Diff, kinds: Kinds, taken: NamesInUse, owners: Owners = MappingProxyType({})
) -> dict[Address, str]:
    """The name of everything that is to be created.

    The plain one where it is free; one that ends in a digest where our own older resource still has it, so that both
    can stand side by side. Raises Refused if a stranger or another stack has it.
    """
    names: dict[Address, str] = {}
    for change in comparison.changes:
        kind = kinds[change.address.kind]
        wanted = change.action in ("create", "replace") and change.after is not None
        if wanted and (base := kind.default_name(stack, change.address, change.after)):
            names[change.address] = _free_name(change, kind, base, comparison, taken.get(kind.name, {}), owners)
    return names


def _free_name(
    change: Change, kind: Kind[Any], base: str, comparison: Diff, taken: Mapping[str, str], owners: Owners
) -> str:
    assert change.after is not None
    pinned = getattr(change.after, "name", None)
    ours = {live.id for live in comparison.lives.values()}
    tail = digest(change.after)
    for name in [pinned] if pinned else _candidates(base, tail, kind.longest_name):
        holder = taken.get(_place(change.after, name))
        if holder is None:
            return name
        if holder not in ours:
            raise _held(
                f"{change.address}: the name {name}",
                holder,
                owners,
                alone=f"choose another name for the stack, or delete that {kind.title} if nobody needs it",
                beside=f"choose another name for this stack or for {change.address}",
            )
    raise Refused(
        f"{change.address}: it must be replaced, but its name is pinned and the old one still has it",
        hint="leave out `name:` so that old and new can stand side by side",
    )


def _held(what: str, holder: str, owners: Owners, *, alone: str, beside: str) -> Refused:
    """Somebody else has what is wanted: a stranger (`alone` is then the hint), or another elbplan stack (`beside`)."""
    if other := owners.get(holder):
        return Refused(f"{what} belongs to {other}", hint=beside)
    return Refused(f"{what} is taken by {holder}, which elbplan did not make", hint=alone)


def _candidates(base: str, tail: str, longest: int) -> Iterator[str]:
    """The plain name first. Two long names that begin alike must not become one by being cut."""
    if len(base) > longest - len(tail) - 3:
        tail = hashlib.sha256(f"{base} {tail}".encode()).hexdigest()[: len(tail)]
    if len(base) <= longest:
        yield base
    yield f"{base[: longest - len(tail) - 1].rstrip('-')}-{tail}"
    for again in range(2, 9):
        yield f"{base[: longest - len(tail) - 3].rstrip('-')}-{tail}-{again}"


def _place(resource: Any, name: str) -> str:
    """Names of security groups are unique in their VPC, others in the region."""
    return f"{resource.vpc}/{name}" if resource.kind == "security_group" else name


def held_by_others(comparison: Diff, taken: NamesInUse, owners: Owners = MappingProxyType({})) -> Iterable[Refused]:
    """Places that the plan wants and somebody else holds: a port of our balancer, a priority, a name in the zone."""
    for change in comparison.changes:
        if change.action in ("create", "replace") and change.after is not None:
            yield from _in_the_way(change, comparison, taken, owners)


def _in_the_way(change: Change, comparison: Diff, taken: NamesInUse, owners: Owners) -> Iterator[Refused]:
    want: Any = change.after
    ours = {live.id for live in comparison.lives.values()}
    if change.address.kind == "listener":
        holder = taken.get("listener", {}).get(f"{_id(want.load_balancer, comparison)}/{want.port}")
        if holder and holder not in ours:
            yield _held(
                f"{change.address}: port {want.port} of {want.load_balancer}",
                holder,
                owners,
                alone="delete that listener, or leave the port out of the spec",
                beside="leave the port out of one of the two specs",
            )
    if change.address.kind == "rule":
        holder = taken.get("rule", {}).get(f"{_id(want.listener, comparison)}/{want.priority}")
        if holder and holder not in ours:
            yield _held(
                f"{change.address}: priority {want.priority}",
                holder,
                owners,
                alone="give the rule another priority, or delete that rule",
                beside="give one of the two rules another priority",
            )
    if change.address.kind == "record" and not want.take_over:
        yield from (_record_held(want, there, owners) for there in _at_the_name(want, taken) if there not in ours)


def _at_the_name(record: Any, taken: NamesInUse) -> Iterator[str]:
    """What stands where a record is to stand, or cannot stand beside it."""
    held = taken.get("record", {})
    return (there for type in {record.type, "CNAME"} if (there := held.get(f"{record.zone}/{record.name}/{type}")))


def _record_held(record: Any, there: str, owners: Owners) -> Refused:
    if other := owners.get(there):
        return Refused(
            f"the record {record.name} belongs to {other}",
            hint=f"remove it from the spec of `{other.stack}` and apply that first, or choose another name here",
        )
    return Refused(
        f"{record.name} already has a record that elbplan did not make: {there}",
        hint="write `take_over: true` under domain to let the alias take its place",
    )


def records_of_others(comparison: Diff, taken: NamesInUse, owners: Owners) -> dict[Address, Owner]:
    """The records that a plan takes over from another elbplan stack, because its spec says so."""
    ours = {live.id for live in comparison.lives.values()}
    return {
        change.address: owners[there]
        for change in comparison.changes
        if change.address.kind == "record" and change.action in ("create", "replace") and change.after is not None
        for there in _at_the_name(change.after, taken)
        if there in owners and there not in ours
    }


def wanted_twice(desired: Mapping[str, Mapping[Address, Any]]) -> Iterator[Refused]:
    """Records that several stacks want: each name leads to one balancer."""
    first: dict[str, str] = {}
    for stack, resources in desired.items():
        for address, resource in resources.items():
            if address.kind == "record":
                other = first.setdefault(f"{resource.zone}/{resource.name}/{resource.type}", stack)
                if other != stack:
                    yield Refused(
                        f"{resource.name} is wanted by stack `{other}` and by stack `{stack}`; it can lead to one",
                        hint="remove it from one of the two specs, or write `manage: {dns: false}` there",
                    )


def _id(ref: Any, comparison: Diff) -> str:
    live = comparison.lives.get(ref) if isinstance(ref, Address) else None
    return live.id if live else ref.value if isinstance(ref, AwsId) else ""


PROTECTION = "deletion_protection.enabled"


def deletion_protected(comparison: Diff) -> Iterator[Refused]:
    """Load balancers that are to go although their deletion protection is on; one that never served is in no danger."""
    spare = spare_balancers(comparison.lives)
    for change in comparison.changes:
        if change.live is not None and change.live.address in spare:
            continue
        attributes = getattr(change.live.model, "attributes", {}) if change.live else {}
        if change.action in ("delete", "replace") and attributes.get(PROTECTION) == "true":
            yield Refused(
                f"{change.address} has deletion protection",
                hint="write `protect: false` and change nothing else, apply that, then run this again",
            )
