"""Finds what a rollback wants: the resources that serve traffic now, without those that a change has prepared. Pure.

During a replacement, the old and the new resource share an address. As long as the old one still gets the requests, a
rollback wants the old one. Nothing is stored for this: the live state shows which resource serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from ..core.address import Address, Ref, without_deposed
from ..core.kind import LiveResource
from ..core.resource import Resource, references, rewrite
from ..kinds.aws.actions import Forward
from ..kinds.listener import Listener
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.targets import Targets
from ..kinds.traffic import are_targets_of, attach_only, attached_groups, idle_groups, weighted

LiveResources = Mapping[Address, LiveResource[Resource]]


def rollback_target(lives: LiveResources, outside: AbstractSet[Address] = frozenset()) -> dict[Address, Resource]:
    """The desired resources that lead back to what serves now. The references in `lives` are addresses.

    `outside` are the groups whose targets others register and deregister.
    """
    serving = _serving(lives)
    chosen: dict[Address, LiveResource[Resource]] = {}
    for address, live in lives.items():
        plain = address._replace(deposed="")
        if plain not in chosen or address in serving:
            chosen[plain] = live
    foreign = {a for a, _ in _targets(lives) if are_targets_of(a, outside)}
    kept = {live.address for live in chosen.values()} - _prepared(lives) - foreign
    dropped = set(lives) - kept
    return {plain: _without(live.model, dropped) for plain, live in chosen.items() if live.address in kept}


def _serving(lives: LiveResources) -> set[Address]:
    """The resources that get requests: starts at records and routes, and follows their references to the servers."""
    serving: set[Address] = set()
    todo: list[Ref] = [address for address, live in lives.items() if _gets_requests(address, live.model)]
    todo += [group for live in lives.values() for group in weighted(live.model)]
    while todo:
        ref = todo.pop()
        if not isinstance(ref, Address) or ref in serving or ref not in lives:
            continue
        serving.add(ref)
        idle = idle_groups(lives[ref].model)
        todo += [other for other in references(lives[ref].model) if other not in idle]
        todo += _targets_of({ref}, lives)
    return serving


def _gets_requests(address: Address, resource: Resource) -> bool:
    return isinstance(resource, Record) or (isinstance(resource, Listener) and not address.deposed)


def _prepared(lives: LiveResources) -> set[Address]:
    """Rules that match no request, and the groups that only these rules use, with their targets."""
    rules = {address for address, live in lives.items() if attach_only(live.model)}
    used = {group for address, live in lives.items() if address not in rules for group in attached_groups(live.model)}
    groups = {group for address in rules for group in attached_groups(lives[address].model)} - used
    return rules | {group for group in groups if isinstance(group, Address)} | set(_targets_of(groups, lives))


def _targets(lives: LiveResources) -> Iterable[tuple[Address, Targets]]:
    return ((address, live.model) for address, live in lives.items() if isinstance(live.model, Targets))


def _targets_of(groups: AbstractSet[Ref], lives: LiveResources) -> Iterator[Address]:
    return (address for address, targets in _targets(lives) if targets.group in groups)


def _without(resource: Resource, dropped: AbstractSet[Ref]) -> Resource:
    """The resource without the groups and servers that are dropped, with the addresses that a spec uses."""
    if isinstance(resource, Listener | Rule) and isinstance(resource.action, Forward):
        groups = tuple(share for share in resource.action.groups if share.group not in dropped)
        action = resource.action.model_copy(update={"groups": groups or resource.action.groups})
        resource = resource.model_copy(update={"action": action})
    if isinstance(resource, Targets):
        members = tuple(member for member in resource.members if member.instance not in dropped)
        resource = resource.model_copy(update={"members": members or resource.members})
    return rewrite(resource, lambda ref: (without_deposed(ref),))
