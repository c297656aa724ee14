"""Desired against live. Pure.

Things are named only after they are paired: until it is settled which of two target groups is *the* `target_group.web`,
a rule that points at the old one must not look right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from ..core.address import Address, AwsId, Ref
from ..core.change import Change, Diff, field_difference, ignoring
from ..core.hidden import mask_hidden
from ..core.kind import Kind, Kinds, LiveResource
from ..core.resource import CARRIED, Resource, differing_fields, immutable, marked_fields, references, rewrite
from ..kinds.traffic import filled_by_others, target_group_of

R = TypeVar("R", bound=Resource)


def diff(
    desired: Mapping[Address, Resource],
    live: Iterable[LiveResource[Any]],
    kinds: Kinds,
    ignore: Sequence[str] = (),
) -> Diff:
    """What to do with every resource that is wanted or there, parents first."""
    by_kind: dict[str, list[LiveResource[Any]]] = {}
    for one in live:
        by_kind.setdefault(one.address.kind, []).append(one)
    pointed = {str(ref) for lives in by_kind.values() for one in lives for ref in references(one.model)}
    names: dict[str, Address] = {}
    changes: list[Change] = []
    lives: dict[Address, LiveResource[Any]] = {}
    for kind in kinds.values():
        wanted = {address: resource for address, resource in desired.items() if address.kind == kind.name}
        paired = _pair(kind, wanted, by_kind.get(kind.name, []), names, pointed)
        for one in paired:
            names[one.id] = one.address
        paired = [_masked(_named(one, names), wanted) for one in paired]
        lives |= {one.address: one for one in paired}
        changes += _verdicts(kind, wanted, paired, desired, ignore)
    return Diff(changes, lives)


def _named(live: LiveResource[R], names: Mapping[str, Address], address: Address | None = None) -> LiveResource[R]:
    """The live resource with ids told as addresses, where they are ours."""

    def name(ref: Ref) -> tuple[Ref, ...]:
        return (names.get(ref.value, ref),) if isinstance(ref, AwsId) else (ref,)

    return LiveResource(address or live.address, live.id, rewrite(live.model, name), live.facts)


def _masked(live: LiveResource[R], wanted: Mapping[Address, Resource]) -> LiveResource[R]:
    """The live resource, in which what stands where a value of the environment is wanted is hidden as well."""
    want = wanted.get(live.address._replace(deposed=""))
    return LiveResource(live.address, live.id, mask_hidden(live.model, want), live.facts) if want is not None else live


def _pair(
    kind: Kind[Any],
    wanted: Mapping[Address, Resource],
    lives: Iterable[LiveResource[Any]],
    names: Mapping[str, Address],
    pointed: set[str],
) -> list[LiveResource[Any]]:
    """The lives under their right addresses: of several of one address, one is current, the others are former."""
    bearing: dict[Address, list[LiveResource[Any]]] = {}
    for live in lives:
        bearing.setdefault(live.address, []).append(_named(live, names))
    paired = []
    for address, several in bearing.items():
        want = wanted.get(address)
        several = sorted(several, key=lambda one: (not _current(kind, want, one), one.id not in pointed, one.id))
        for index, one in enumerate(several):
            current = index == 0 and _current(kind, want, one)
            former = "" if current else hashlib.sha256(one.id.encode()).hexdigest()[:6]
            paired.append(LiveResource(address._replace(deposed=former), one.id, one.model, one.facts))
    return paired


def _current(kind: Kind[Any], want: Resource | None, live: LiveResource[Any]) -> bool:
    """Could the live one become the wanted one in place? The targets of a group that goes are not the current ones."""
    if want is None:
        group = target_group_of(live.model)
        return not (isinstance(group, Address) and group.deposed)
    return immutable(kind.with_live_defaults(want, live.model)) == immutable(live.model)


def _verdicts(
    kind: Kind[Any],
    wanted: Mapping[Address, Resource],
    paired: Sequence[LiveResource[Any]],
    desired: Mapping[Address, Resource],
    ignore: Sequence[str],
) -> Iterator[Change]:
    current = {one.address: one for one in paired if not one.address.deposed}
    former = [one for one in paired if one.address.deposed]
    for address, want in wanted.items():
        old = next((one for one in former if one.address[:2] == address[:2]), None)
        if address in current:
            yield _compared(kind, want, current[address], ignore)
        elif old is not None:
            yield _replacement(kind, _carried(want, old, ignore), old)
            former.remove(old)
        else:
            yield Change("create", address, None, want, None, because="in the spec, not in AWS")
    outside = filled_by_others(desired)
    for one in [one for one in former if not _theirs(one, outside)]:
        yield Change("delete", one.address, one.model, None, one, because="left over from a replacement")
    for address, one in current.items():
        if address not in wanted and not _theirs(one, outside):
            yield Change("delete", address, one.model, None, one, because="no longer in the spec")


def _theirs(live: LiveResource[Any], outside: AbstractSet[Address]) -> bool:
    """The targets of a group that others fill, on both sides of a replacement: nobody but they takes them out."""
    return live.address.kind == "targets" and Address("target_group", live.address.name) in outside


def _compared(kind: Kind[Any], want: Resource, live: LiveResource[Any], ignore: Sequence[str]) -> Change:
    after = ignoring(kind.with_live_defaults(want, live.model), live.model, live.address, ignore)
    fields = differing_fields(live.model, after)
    if not fields:
        return Change("keep", live.address, live.model, after, live)
    because = "; ".join(field_difference(live.model, after, field) for field in fields)
    return Change("update", live.address, live.model, after, live, fields, because)


def _carried(want: R, old: LiveResource[R], ignore: Sequence[str]) -> R:
    """What a new resource takes along from the old one: another tool's, which would be lost with it."""
    ignored = ignoring(want, old.model, old.address, ignore)
    return want.model_copy(update={field: getattr(ignored, field) for field in marked_fields(type(want), CARRIED)})


def _replacement(kind: Kind[Any], want: Resource, old: LiveResource[Any]) -> Change:
    after = kind.with_live_defaults(want, old.model)
    forced = [f for f in differing_fields(old.model, after) if f in marked_fields(type(want), "immutable")]
    reasons = ", ".join(field_difference(old.model, after, field) for field in forced)
    because = f"{reasons} cannot change in place: a new one first, then the old one goes"
    address = old.address._replace(deposed="")
    return Change("replace", address, old.model, want, old, tuple(forced), because)
