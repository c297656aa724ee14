"""Simulates a migration without AWS: computes the states S0 .. Sn from its steps. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.address import Address
from ..core.patch import InvalidFields, build_model, patched
from ..core.resource import Resource, references
from ..core.simulate import State, reordered
from ..kinds import KINDS
from ..kinds.hosted_zone import HostedZone
from ..kinds.ingress_rules import IngressRules
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record, record_mark
from ..kinds.route53_health_check import Route53HealthCheck
from ..kinds.targets import Targets
from ..kinds.traffic import target_group_of, weighted_groups
from .files.notation import group_text, with_renamed_references
from .migration import MigrationStep


class InvalidStep(ValueError):
    """A step that is not possible in the state before it; `path` leads to the wrong word."""

    def __init__(self, what: str, *path: str | int, hint: str = "") -> None:
        super().__init__(what)
        self.path = path
        self.hint = hint


def start_state(state: State, entries: Sequence[MigrationStep]) -> State:
    """The state before a migration, with the addresses of the migration: a resource that it ends is `@old`."""
    old = {entry.what for entry in entries if entry.what and entry.what.deposed}
    return renamed(state, {address._replace(deposed=""): address for address in sorted(old)})


def renamed(state: State, names: Mapping[Address, Address]) -> State:
    """The same state with other addresses for some of its resources."""

    def rename(address: Address) -> Address:
        return names.get(address, address)

    return {rename(address): with_renamed_references(resource, rename) for address, resource in state.items()}


BY_REFERENCE = (HostedZone.kind, Route53HealthCheck.kind)
"""Kinds whose owner AWS keeps in a field that cannot change."""


def state_after(state: State, entry: MigrationStep) -> State:
    """The state after a step. Raises InvalidStep."""
    if not entry.writes or entry.what is None:
        return state
    if entry.what.kind == IngressRules.kind and entry.do in ("adopt", "moved", "release"):
        what = f"a step cannot {entry.do} {entry.what}: elbplan finds its rules only by the tags of this stack"
        raise InvalidStep(what.replace("moved", "move"), "what", hint="delete them and create them again")
    if entry.what.kind in BY_REFERENCE and entry.do in ("adopt", "moved", "release"):
        what = f"a step cannot {entry.do} {entry.what}: its owner is in a field that AWS never changes"
        raise InvalidStep(what.replace("moved", "move"), "what", hint="delete it and create it again")
    if entry.do == "reorder":
        return {**state, **_reordered(state, entry)}
    if entry.do == "moved":
        return _renamed(state, entry)
    if entry.do in ("create", "adopt"):
        if entry.what in state:
            raise InvalidStep(f"{entry.what} already exists at this step", "what")
        return {**state, entry.what: _resource_after(state, entry)}
    if entry.what not in state:
        raise _missing(entry.what, state)
    if entry.do in ("delete", "release"):
        return _without(state, entry)
    after = _shifted(state, entry) if entry.do == "shift" else _resource_after(state, entry)
    return {**state, entry.what: after}


def _without(state: State, entry: MigrationStep) -> State:
    """The state after a delete or a release."""
    assert entry.what is not None
    remaining = released(state, entry.what) if entry.do == "release" else state
    remaining = {address: resource for address, resource in remaining.items() if address != entry.what}
    _check_unused(entry.what, remaining)
    return remaining


def released(state: State, what: Address) -> State:
    """The state with the side effects of a release: a group takes its targets with it, a balancer drops a record."""
    resource = state[what]
    if what.kind == Targets.kind:
        hint = "release its target group; or leave the targets out of the spec and delete them"
        raise InvalidStep("targets have no tags, so a step cannot release them alone", "what", hint=hint)
    if isinstance(resource, Record):
        return {address: _without_mark(other, record_mark(resource)) for address, other in state.items()}
    return {address: r for address, r in state.items() if address.kind != Targets.kind or target_group_of(r) != what}


def _without_mark(resource: Resource, record: str) -> Resource:
    """The resource; a load balancer without the mark of this record."""
    if not isinstance(resource, LoadBalancer) or record not in resource.records:
        return resource
    return resource.model_copy(update={"records": tuple(other for other in resource.records if other != record)})


def names_after_move(state: State, entry: MigrationStep) -> dict[Address, Address]:
    """The new address of each resource that a `moved` renames: a group's targets have the name of their group."""
    assert entry.what is not None
    assert entry.old is not None
    names = {entry.old: entry.what}
    targets = [a for a, r in state.items() if a.kind == Targets.kind and target_group_of(r) == entry.old]
    return names | {a: a._replace(name=entry.what.name) for a in targets}


def _renamed(state: State, entry: MigrationStep) -> State:
    assert entry.what is not None
    assert entry.old is not None
    if entry.old not in state:
        raise _missing(entry.old, state, "from")
    if entry.what in state:
        raise InvalidStep(f"{entry.what} already exists at this step", "what")
    if entry.what.kind != entry.old.kind:
        raise InvalidStep(f"{entry.what} is not a {entry.old.kind}", "what")
    if entry.old.kind == Targets.kind:
        raise InvalidStep("targets always have the name of their target group", "from", hint="move the target group")
    return renamed(state, names_after_move(state, entry))


def _shifted(state: State, entry: MigrationStep) -> Resource:
    """A listener or rule with new weights; a group that the step does not name keeps its weight."""
    assert entry.what is not None
    resource: Any = state[entry.what]
    groups = {group_text(share.group): share for share in weighted_groups(resource)}
    for name, weight in entry.set.items():
        if name not in groups:
            what = f"{entry.what} does not forward to {name} at this step"
            hint = f"attach it with weight 0 first; attached groups: {', '.join(groups) or 'none'}"
            raise InvalidStep(what, "set", name, hint=hint)
        try:
            groups[name] = build_model(type(groups[name]), {**dict(groups[name]), "weight": weight})
        except InvalidFields as error:
            raise InvalidStep(str(error), "set", name) from None
    if not any(share.weight for share in groups.values()):
        raise InvalidStep("no group would get requests", "set", hint="give at least one group a weight above 0")
    action = build_model(type(resource.action), {**dict(resource.action), "groups": tuple(groups.values())})
    shifted: Resource = resource.model_copy(update={"action": action})
    return shifted


def _resource_after(state: State, entry: MigrationStep) -> Resource:
    """The resource after a create, adopt or update."""
    assert entry.what is not None
    try:
        if entry.do in ("create", "adopt"):
            resource: Resource = build_model(KINDS[entry.what.kind].model, entry.set)
        else:
            resource = patched(state[entry.what], entry.set)
    except InvalidFields as error:
        raise InvalidStep(str(error), "set", *error.path) from None
    resource = with_renamed_references(resource, Address.marked)
    for ref in references(resource, loose=False):
        if isinstance(ref, Address) and ref not in state:
            what = f"it refers to {ref}, which does not exist at this step"
            raise InvalidStep(what, "set", hint=_existing(ref.kind, state))
    return resource


def _reordered(state: State, entry: MigrationStep) -> dict[Address, Resource]:
    rules: dict[Address, Resource] = {}
    for text, priority in entry.set.items():
        rule = _rule(text)
        if rule not in state:
            raise InvalidStep(f"{text} does not exist at this step", "set", text, hint=_existing(rule.kind, state))
        if not isinstance(priority, int):
            raise InvalidStep(f"{priority} is not a priority: write a number", "set", text)
        rules[rule] = reordered(state[rule], priority)
    return rules


def moves_of(entry: MigrationStep) -> dict[Address, int]:
    """The new priority of each rule that a reorder changes."""
    return {_rule(text): int(priority) for text, priority in entry.set.items()}


def _rule(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise InvalidStep(str(error), "set", text) from None


def _check_unused(address: Address, state: State) -> None:
    """Raises InvalidStep if a resource of the state still refers to the address."""
    for other, resource in state.items():
        if address in set(references(resource, loose=False)):
            what = f"{other} still refers to {address} at this step"
            hint = f"delete {other} first, or change what it refers to"
            raise InvalidStep(what, "what", hint=hint)


def _missing(address: Address, state: State, key: str = "what") -> InvalidStep:
    return InvalidStep(f"{address} does not exist at this step", key, hint=_existing(address.kind, state))


def _existing(kind: str, state: State) -> str:
    names = sorted(str(other) for other in state if other.kind == kind)
    return f"at this step there are: {', '.join(names)}" if names else f"at this step there is no {kind}"
