"""Compares the desired resources with the live ones. Pure.

A live resource is paired with a desired one before any reference to it becomes an address. While two target groups
claim the address `target_group.web`, a rule that points at the old group must not count as equal to the desired rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from ..core.address import OLD, Address, AwsId, Ref
from ..core.change import Change, Diff, field_difference
from ..core.hidden import mask_hidden
from ..core.ignored import ignoring
from ..core.kind import Kind, Kinds, LiveResource
from ..core.resource import CARRIED, WRITE_ONLY, Resource, differing_fields, marked_fields, references, rewrite
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.traffic import are_targets_of, filled_by_others, filled_group_of, scaled_groups

R = TypeVar("R", bound=Resource)


def diff(
    desired: Mapping[Address, Resource],
    live: Iterable[LiveResource[Resource]],
    kinds: Kinds,
    ignore: Sequence[str] = (),
) -> Diff:
    """The change for each desired and each live resource, parents first."""
    by_kind: dict[str, list[LiveResource[Resource]]] = {}
    for resource in live:
        by_kind.setdefault(resource.address.kind, []).append(resource)
    referenced = {str(ref) for lives in by_kind.values() for resource in lives for ref in references(resource.model)}
    addresses: dict[str, Address] = {}
    changes: list[Change] = []
    lives: dict[Address, LiveResource[Resource]] = {}
    for kind in kinds.values():
        wanted = {address: resource for address, resource in desired.items() if address.kind == kind.name}
        paired = _pair(kind, wanted, by_kind.get(kind.name, []), addresses, referenced)
        addresses |= {resource.id: resource.address for resource in paired}
        paired = [_masked(with_addresses(resource, addresses), wanted) for resource in paired]
        lives |= {resource.address: resource for resource in paired}
        left_alone = filled_by_others(desired) | _scaled(by_kind, addresses)
        changes += _changes(kind, wanted, paired, left_alone, ignore)
    return Diff(changes, lives)


def _scaled(by_kind: Mapping[str, Sequence[LiveResource[Resource]]], addresses: Mapping[str, Address]) -> set[Address]:
    """The target groups whose targets Auto Scaling groups register, and deregister when elbplan detaches them."""
    attachments = by_kind.get(AutoScalingAttachment.kind, ())
    arns = {str(ref) for ref in scaled_groups({live.address: live.model for live in attachments})}
    return {address._replace(deposed="") for arn, address in addresses.items() if arn in arns}


def with_addresses(live: LiveResource[R], addresses: Mapping[str, Address]) -> LiveResource[R]:
    """The live resource with an address in place of each AWS id that `addresses` knows."""

    def name(ref: Ref) -> tuple[Ref, ...]:
        return (addresses.get(ref.value, ref),) if isinstance(ref, AwsId) else (ref,)

    return LiveResource(live.address, live.id, rewrite(live.model, name), live.facts)


def _masked(live: LiveResource[R], wanted: Mapping[Address, Resource]) -> LiveResource[R]:
    """The live resource; a live value is hidden where the spec takes the desired value from the environment."""
    want = wanted.get(live.address._replace(deposed=""))
    return LiveResource(live.address, live.id, mask_hidden(live.model, want), live.facts) if want is not None else live


def _pair(
    kind: Kind[Resource],
    wanted: Mapping[Address, Resource],
    lives: Iterable[LiveResource[Resource]],
    addresses: Mapping[str, Address],
    referenced: AbstractSet[str],
) -> list[LiveResource[Resource]]:
    """The live resources under their final addresses: of several with the same address, all but one are deposed.

    They come in the order of their addresses, since AWS lists them in no order.
    """
    by_address: dict[Address, list[LiveResource[Resource]]] = {}
    for live in lives:
        by_address.setdefault(live.address, []).append(with_addresses(live, addresses))
    paired = []
    for address, rivals in sorted(by_address.items(), key=lambda item: item[0].order):
        want = wanted.get(address)
        ranked = sorted(rivals, key=lambda r: (not _is_current(kind, want, r), r.id not in referenced, r.id))
        marks = ([""] if _is_current(kind, want, ranked[0]) else []) + [OLD, *(f"{OLD}{n}" for n in range(2, 99))]
        for live, deposed in zip(ranked, marks, strict=False):
            paired.append(LiveResource(address._replace(deposed=deposed), live.id, live.model, live.facts))
    return paired


def _is_current(kind: Kind[Resource], want: Resource | None, live: LiveResource[Resource]) -> bool:
    """True if an update in place can lead to the desired resource. The targets of a deposed group are deposed too."""
    if want is None:
        group = filled_group_of(live.model)
        return not (isinstance(group, Address) and group.deposed)
    return not kind.replaced_fields(live.model, kind.with_live_defaults(want, live.model))


def _changes(
    kind: Kind[Resource],
    wanted: Mapping[Address, Resource],
    paired: Sequence[LiveResource[Resource]],
    left_alone: AbstractSet[Address],
    ignore: Sequence[str],
) -> Iterator[Change]:
    """The changes of one kind. elbplan does not deregister the targets of the groups in `left_alone`."""
    current = {live.address: live for live in paired if not live.address.deposed}
    deposed = [live for live in paired if live.address.deposed]
    for address, want in wanted.items():
        old = next((live for live in deposed if live.address[:2] == address[:2]), None)
        if address in current:
            yield _update_or_keep(kind, want, current[address], ignore)
        elif old is not None:
            yield _replacement(kind, _with_carried_fields(want, old, ignore), old)
            deposed.remove(old)
        elif not want.is_empty:
            yield Change("create", address, None, want, None, because="in the spec, not in AWS")
    yield from _deletions(wanted, current, deposed, left_alone)


def _deletions(
    wanted: Mapping[Address, Resource],
    current: Mapping[Address, LiveResource[Resource]],
    deposed: Iterable[LiveResource[Resource]],
    filled: AbstractSet[Address],
) -> Iterator[Change]:
    for live in deposed:
        if not are_targets_of(live.address, filled):
            yield Change("delete", live.address, live.model, None, live, because="left over from a replacement")
    for address, live in current.items():
        if address not in wanted and not are_targets_of(live.address, filled):
            yield Change("delete", address, live.model, None, live, because="no longer in the spec")


def _update_or_keep(
    kind: Kind[Resource], want: Resource, live: LiveResource[Resource], ignore: Sequence[str]
) -> Change:
    after = ignoring(kind.with_live_defaults(want, live.model), live.model, live.address, ignore)
    fields = differing_fields(live.model, after)
    if not fields:
        return Change("keep", live.address, live.model, after, live)
    because = "; ".join(field_difference(live.model, after, field) for field in fields)
    return Change("update", live.address, live.model, after, live, fields, because)


def _with_carried_fields(want: Resource, old: LiveResource[Resource], ignore: Sequence[str]) -> Resource:
    """The new resource with the fields that another tool sets on the old one. A replacement would lose them."""
    carried = marked_fields(type(want), CARRIED)
    ignored = ignoring(want, old.model, old.address, ignore)
    return want.model_copy(update={field: value for field, value in ignored if field in carried})


def _replacement(kind: Kind[Resource], want: Resource, old: LiveResource[Resource]) -> Change:
    after = kind.with_live_defaults(want, old.model)
    fixed = kind.replaced_fields(old.model, after)
    differing = {*differing_fields(old.model, after), *marked_fields(type(after), WRITE_ONLY)}
    forced = [field for field in type(after).model_fields if field in fixed & differing]
    reasons = ", ".join(field_difference(old.model, after, field) for field in forced)
    because = f"{reasons} cannot change in place: create the new one, then delete the old one"
    address = old.address._replace(deposed="")
    return Change("replace", address, old.model, want, old, tuple(forced), because)
