"""Refuses a plan that changes a listener between HTTP and HTTPS together with HTTP/2 or gRPC groups. Pure.

AWS accepts these groups only behind HTTPS, but a new group is attached before the listener switches, and an old one is
detached afterwards: https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4497
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.address import Address, Ref
from ..core.change import Change, Diff
from ..core.resource import Resource
from ..errors import Refused
from ..kinds.listener import Listener
from ..kinds.rule import Rule
from ..kinds.target_group import HTTPS_ONLY, TargetGroup
from ..kinds.traffic import attached_groups

State = Mapping[Address, Any]


def mixed_protocol_changes(comparison: Diff, desired: Mapping[Address, Resource]) -> Iterator[Refused]:
    """A refusal for each listener that gets HTTPS with such a group, or loses HTTPS with one."""
    live = {address: resource.model for address, resource in comparison.lives.items()}
    for change in comparison.changes:
        before, after = change.before, change.after
        if change.action != "update" or not isinstance(before, Listener) or not isinstance(after, Listener):
            continue
        if (before.protocol, after.protocol) == ("HTTP", "HTTPS"):
            yield from _refusals(change, desired, "first apply the listener with HTTPS and the group without version:")
        elif (before.protocol, after.protocol) == ("HTTPS", "HTTP"):
            yield from _refusals(change, live, "first apply the group without version:, then the listener with HTTP")


def _refusals(change: Change, state: State, hint: str) -> Iterator[Refused]:
    for ref in sorted(_groups(change.address, state), key=str):
        group = state.get(ref) if isinstance(ref, Address) else None
        if isinstance(group, TargetGroup) and group.protocol_version in HTTPS_ONLY:
            version = group.protocol_version
            what = f"{change.address} and {ref} cannot change together: AWS accepts a group with version {version}"
            yield Refused(f"{what} only behind HTTPS", hint=hint)


def _groups(listener: Address, state: State) -> set[Ref]:
    """The groups of a listener and its rules."""
    routes = [state[listener], *(r for r in state.values() if isinstance(r, Rule) and r.listener == listener)]
    return {group for route in routes for group in attached_groups(route)}
