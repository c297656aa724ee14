"""The resources that a plan adopts: their tags change, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from ..core.address import Address
from ..core.change import Change, Diff, field_difference
from ..core.kind import LiveResource
from ..core.resource import Resource, differing_fields
from ..errors import Refused
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.targets import Targets

WHY = "it exists; elbplan manages it from now on"
HINT = (
    "write the spec as AWS has it (elbplan import writes such a spec), apply that, and change the spec after that; "
    "or remove its line from `adopt:`"
)


def with_adoptions(comparison: Diff, adopting: Collection[str]) -> tuple[Diff, list[Refused]]:
    """The comparison with an `adopt` change before the other changes of each adopted resource; and the refusals.

    A resource is not replaced or deleted in the plan that adopts it.
    """
    adopted = _adopted(comparison.lives, adopting)
    changes = [after for change in comparison.changes for after in _adoption(change, adopted)]
    refusals = [
        _refusal(change) for change in changes if change.action in ("replace", "delete") and _is(change, adopted)
    ]
    return replace(comparison, changes=changes), refusals


def _adopted(lives: Mapping[Address, LiveResource[Resource]], adopting: Collection[str]) -> set[Address]:
    """The resources to adopt, with the targets and records that belong to them."""
    named = {address for address, live in lives.items() if live.id in adopting}
    return named | {address for address, live in lives.items() if _parent(live.model) in named}


def _parent(resource: Resource) -> object:
    """What the owner of an untaggable resource follows."""
    if isinstance(resource, Targets):
        return resource.group
    return resource.load_balancer if isinstance(resource, Record) else None


def _is(change: Change, adopted: Collection[Address]) -> bool:
    return change.live is not None and change.live.address in adopted


def _adoption(change: Change, adopted: Collection[Address]) -> Iterator[Change]:
    if change.before is None or change.after is None or change.action not in ("keep", "update"):
        yield change
        return
    if not _is(change, adopted):
        yield change
        return
    taken = _with_tags_of_adoption(change.before, change.after)
    yield Change("adopt", change.address, change.before, taken, change.live, because=WHY)
    if fields := differing_fields(taken, change.after):
        because = "; ".join(field_difference(taken, change.after, field) for field in fields)
        yield replace(change, action="update", before=taken, fields=fields, because=because)


def _with_tags_of_adoption(before: Resource, after: Resource) -> Resource:
    """The live resource with what its ownership tags say: a load balancer's tags list its records."""
    if isinstance(before, LoadBalancer) and isinstance(after, LoadBalancer):
        return before.model_copy(update={"records": after.records})
    return before


def _refusal(change: Change) -> Refused:
    what = {"replace": "elbplan would replace it", "delete": "the spec does not want it"}[change.action]
    return Refused(f"{change.address} cannot be adopted: {what} ({change.because})", hint=HINT)
