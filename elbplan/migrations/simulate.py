"""A migration played through without AWS: S0 .. Sn from its steps alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.address import Address
from ..core.kind import Kinds
from ..core.patch import InvalidFields, build_model, patched
from ..core.resource import Resource, references
from ..core.simulate import State, reordered
from ..kinds.record import Record, mark
from ..kinds.targets import Targets
from ..kinds.traffic import target_group_of, weighted_groups
from .files.notation import address_of, address_text, parse_name, with_renamed_references
from .migration import MigrationStep


class InvalidStep(ValueError):
    """A step that cannot be done in the state it meets; `path` leads to the word that is wrong."""

    def __init__(self, what: str, *path: str | int, hint: str = "") -> None:
        super().__init__(what)
        self.path = path
        self.hint = hint


def start_state(state: State, entries: Sequence[MigrationStep]) -> State:
    """The state before a file in the file's words: what it ends is called old."""
    old = {entry.what for entry in entries if entry.what and entry.what.deposed}
    return renamed(state, {address._replace(deposed=""): address for address in sorted(old)})


def renamed(state: State, names: Mapping[Address, Address]) -> State:
    """The same state with other names for some of its resources."""

    def rename(address: Address) -> Address:
        return names.get(address, address)

    return {rename(address): with_renamed_references(resource, rename) for address, resource in state.items()}


def state_after(state: State, entry: MigrationStep, kinds: Kinds) -> State:
    """The state after a step. Raises InvalidStep."""
    if not entry.writes or entry.what is None:
        return state
    if entry.do == "reorder":
        return {**state, **_moved(state, entry)}
    if entry.do == "moved":
        return _renamed(state, entry)
    if entry.do in ("create", "adopt"):
        if entry.what in state:
            raise InvalidStep(f"{address_text(entry.what)} is there already at this step", "what")
        return {**state, entry.what: _made(state, entry, kinds)}
    if entry.what not in state:
        raise _missing(entry.what, state)
    if entry.do in ("delete", "release"):
        return _without(state, entry)
    return {**state, entry.what: _shifted(state, entry) if entry.do == "shift" else _made(state, entry, kinds)}


def _without(state: State, entry: MigrationStep) -> State:
    """The state after something went, in AWS or only out of our hands."""
    assert entry.what is not None
    left = released(state, entry.what) if entry.do == "release" else state
    rest = {address: resource for address, resource in left.items() if address != entry.what}
    _unused(entry.what, rest)
    return rest


def released(state: State, what: Address) -> State:
    """What else changes when something is let go: targets go with their group, a balancer forgets a name."""
    gone: Any = state[what]
    if what.kind == Targets.kind:
        hint = "release its target group; or leave the targets out of the spec and delete them"
        raise InvalidStep("targets bear no tags, so they cannot be released alone", "what", hint=hint)
    if isinstance(gone, Record):
        return {address: _forgetting(resource, mark(gone)) for address, resource in state.items()}
    return {address: r for address, r in state.items() if address.kind != Targets.kind or target_group_of(r) != what}


def _forgetting(resource: Any, name: str) -> Resource:
    """A balancer without the name that it remembered."""
    if name not in getattr(resource, "records", ()):
        kept: Resource = resource
        return kept
    left = tuple(record for record in resource.records if record != name)
    changed: Resource = resource.model_copy(update={"records": left})
    return changed


def names_after_move(state: State, entry: MigrationStep) -> dict[Address, Address]:
    """Who is called what by a `moved`: targets are called as their group is."""
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
    if entry.what.kind != entry.old.kind or entry.what in state:
        other = "is there already" if entry.what in state else f"is no {entry.old.kind}"
        raise InvalidStep(f"{address_text(entry.what)} {other} at this step", "what")
    if entry.old.kind == Targets.kind:
        raise InvalidStep("targets are called as their group is", "from", hint="move the target group")
    return renamed(state, names_after_move(state, entry))


def _shifted(state: State, entry: MigrationStep) -> Resource:
    """A listener or rule whose groups get other weights; a group that is not named keeps its own."""
    assert entry.what is not None
    resource: Any = state[entry.what]
    groups = {_group_text(share.group): share for share in weighted_groups(resource)}
    for name, weight in entry.set.items():
        if name not in groups:
            there = ", ".join(groups) or "no group: it does not forward"
            hint = f"attach it at weight 0 first; attached are {there}"
            raise InvalidStep(
                f"{address_text(entry.what)} does not forward to {name} at this step", "set", name, hint=hint
            )
        try:
            groups[name] = build_model(type(groups[name]), {**dict(groups[name]), "weight": weight})
        except InvalidFields as unfit:
            raise InvalidStep(str(unfit), "set", name) from None
    if not any(share.weight for share in groups.values()):
        raise InvalidStep("no group would get any request", "set", hint="give one of them a weight")
    action = build_model(type(resource.action), {**dict(resource.action), "groups": tuple(groups.values())})
    shifted: Resource = resource.model_copy(update={"action": action})
    return shifted


def _group_text(group: Any) -> str:
    """`web`, `web@old`, or an ARN that the spec itself gives."""
    return address_text(group).partition(".")[2] if isinstance(group, Address) else str(group)


def _made(state: State, entry: MigrationStep, kinds: Kinds) -> Resource:
    assert entry.what is not None
    try:
        if entry.do in ("create", "adopt"):
            resource: Resource = build_model(kinds[entry.what.kind].model, entry.set)
        else:
            resource = patched(state[entry.what], entry.set)
    except InvalidFields as unfit:
        raise InvalidStep(str(unfit), "set", *unfit.path) from None
    resource = with_renamed_references(resource, parse_name)
    for ref in references(resource, loose=False):
        if isinstance(ref, Address) and ref not in state:
            what = f"it points at {address_text(ref)}, which is not there at this step"
            raise InvalidStep(what, "set", hint=_there(ref.kind, state))
    return resource


def _moved(state: State, entry: MigrationStep) -> dict[Address, Resource]:
    rules: dict[Address, Any] = {}
    for text, priority in entry.set.items():
        rule = _rule(text)
        if rule not in state or not isinstance(priority, int):
            raise InvalidStep(f"{text} is no rule that is there at this step, or {priority} no priority", "set", text)
        rules[rule] = reordered(state[rule], priority)
    return rules


def moves_of(entry: MigrationStep) -> dict[Address, int]:
    """The priorities that rules get together."""
    return {_rule(text): int(priority) for text, priority in entry.set.items()}


def _rule(text: str) -> Address:
    try:
        return address_of(text)
    except ValueError as error:
        raise InvalidStep(str(error), "set", text) from None


def _unused(address: Address, rest: State) -> None:
    for other, resource in rest.items():
        if address in set(references(resource, loose=False)):
            hint = f"let {address_text(other)} go first, or point it elsewhere"
            raise InvalidStep(
                f"{address_text(other)} still points at {address_text(address)} at this step", "what", hint=hint
            )


def _missing(address: Address, state: State, key: str = "what") -> InvalidStep:
    return InvalidStep(f"{address_text(address)} is not there at this step", key, hint=_there(address.kind, state))


def _there(kind: str, state: State) -> str:
    names = sorted(address_text(other) for other in state if other.kind == kind)
    return f"at this step there are: {', '.join(names)}" if names else f"at this step there is no {kind}"
