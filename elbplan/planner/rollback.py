"""Going back: what a change that has not switched yet was about to leave behind. Pure.

Where two of one address stand side by side and the old one still gets the requests, going back means to want the old
one again. Nothing is remembered: the live state says who serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from ..core.address import Address, Ref
from ..core.kind import LiveResource
from ..core.resource import Resource, references, rewrite
from ..kinds.traffic import attach_only, attached_groups, target_group_of, weighted, weighted_groups

LiveResources = Mapping[Address, LiveResource[Any]]


def rollback_target(lives: LiveResources, outside: AbstractSet[Address] = frozenset()) -> dict[Address, Resource]:
    """What to want in order to go back to what serves now; `lives` with references told as addresses.

    The targets of the groups in `outside` are others' to register and to take away.
    """
    serving = _serving(lives)
    chosen: dict[Address, LiveResource[Any]] = {}
    for address, live in lives.items():
        plain = address._replace(deposed="")
        if plain not in chosen or address in serving:
            chosen[plain] = live
    waiting = _waiting(lives) | {a for a in lives if a.kind == "targets" and Address("target_group", a.name) in outside}
    kept = {live.address for live in chosen.values()} - waiting
    dropped = set(lives) - kept
    return {plain: _without(live.model, dropped) for plain, live in chosen.items() if live.address in kept}


def _serving(lives: LiveResources) -> set[Address]:
    """What gets requests: from names and routes down to the servers, by what points at what."""
    serving: set[Address] = set()
    todo: list[Ref] = [a for a, live in lives.items() if hasattr(live.model, "zone")]
    todo += [group for live in lives.values() for group in weighted(live.model)]
    todo += [a for a, live in lives.items() if a.kind == "listener" and not a.deposed]
    while todo:
        ref = todo.pop()
        if not isinstance(ref, Address) or ref in serving or ref not in lives:
            continue
        serving.add(ref)
        idle = {share.group for share in weighted_groups(lives[ref].model) if not share.weight}
        todo += [other for other in references(lives[ref].model) if other not in idle]
        todo += [a for a, live in lives.items() if a.kind == "targets" and target_group_of(live.model) == ref]
    return serving


def _waiting(lives: LiveResources) -> set[Address]:
    """Rules that nobody's request matches, and the groups, with their targets, that nothing else is attached to."""
    rules = {address for address, live in lives.items() if attach_only(live.model)}
    used = {group for address, live in lives.items() if address not in rules for group in attached_groups(live.model)}
    groups = {group for address in rules for group in attached_groups(lives[address].model)} - used
    targets = {a for a, live in lives.items() if a.kind == "targets" and target_group_of(live.model) in groups}
    return rules | {group for group in groups if isinstance(group, Address)} | targets


def _without(model: Any, dropped: set[Address]) -> Resource:
    """The resource without what goes, in the words of a spec."""
    if groups := weighted_groups(model):
        left = tuple(share for share in groups if share.group not in dropped)
        model = model.model_copy(update={"action": model.action.model_copy(update={"groups": left or groups})})
    if members := getattr(model, "members", ()):
        left = tuple(member for member in members if member.instance not in dropped)
        model = model.model_copy(update={"members": left or members})
    resource: Resource = rewrite(model, lambda ref: (_plain(ref),))
    return resource


def _plain(ref: Ref) -> Ref:
    return ref._replace(deposed="") if isinstance(ref, Address) else ref
