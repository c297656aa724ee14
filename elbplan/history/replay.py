"""A migration played through without AWS: S0 .. Sn from its steps alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.address import Address
from ..core.kind import Kinds
from ..core.patch import Unfit, made, patched
from ..core.resource import Resource, references
from ..core.simulate import State, moved
from .migration import Entry
from .words import address_of, place, relabelled, unmarked


class Misfit(ValueError):
    """A step that cannot be done in the state it meets; `path` leads to the word that is wrong."""

    def __init__(self, what: str, *path: str | int, hint: str = "") -> None:
        super().__init__(what)
        self.path = path
        self.hint = hint


def start_of(state: State, entries: Sequence[Entry]) -> State:
    """The state before a file in the file's words: what it ends is called old."""
    old = {entry.what for entry in entries if entry.what and entry.what.former}
    return renamed(state, {address._replace(former=""): address for address in sorted(old)})


def renamed(state: State, names: Mapping[Address, Address]) -> State:
    """The same state with other names for some of its resources."""

    def rename(address: Address) -> Address:
        return names.get(address, address)

    return {rename(address): relabelled(resource, rename) for address, resource in state.items()}


def after(state: State, entry: Entry, kinds: Kinds) -> State:
    """The state after a step. Raises Misfit."""
    if not entry.writes or entry.what is None:
        _gate(state, entry, kinds)
        return state
    if entry.do == "move":
        return {**state, **_moved(state, entry)}
    if entry.do == "create":
        if entry.what in state:
            raise Misfit(f"{place(entry.what)} is there already at this step", "what")
        return {**state, entry.what: _made(state, entry, kinds)}
    if entry.what not in state:
        raise _missing(entry.what, state)
    if entry.do == "delete":
        rest = {address: resource for address, resource in state.items() if address != entry.what}
        _unused(entry.what, rest)
        return rest
    return {**state, entry.what: _made(state, entry, kinds)}


def _made(state: State, entry: Entry, kinds: Kinds) -> Resource:
    assert entry.what is not None
    try:
        if entry.do == "create":
            resource: Resource = made(kinds[entry.what.kind].model, entry.set)
        else:
            resource = patched(state[entry.what], entry.set)
    except Unfit as unfit:
        raise Misfit(str(unfit), "set", *unfit.path) from None
    resource = relabelled(resource, unmarked)
    for ref in references(resource, loose=False):
        if isinstance(ref, Address) and ref not in state:
            raise Misfit(f"it points at {place(ref)}, which is not there at this step", "set")
    return resource


def _moved(state: State, entry: Entry) -> dict[Address, Resource]:
    rules: dict[Address, Any] = {}
    for text, priority in entry.set.items():
        rule = _rule(text)
        if rule not in state or not isinstance(priority, int):
            raise Misfit(f"{text} is no rule that is there at this step, or {priority} no priority", "set", text)
        rules[rule] = moved(state[rule], priority)
    return rules


def moves_of(entry: Entry) -> dict[Address, int]:
    """The priorities that rules get together."""
    return {_rule(text): int(priority) for text, priority in entry.set.items()}


def _rule(text: str) -> Address:
    try:
        return address_of(text)
    except ValueError as error:
        raise Misfit(str(error), "set", text) from None


def _unused(address: Address, rest: State) -> None:
    for other, resource in rest.items():
        if address in set(references(resource, loose=False)):
            hint = f"let {place(other)} go first, or point it elsewhere"
            raise Misfit(f"{place(other)} still points at {place(address)} at this step", "what", hint=hint)


def _gate(state: State, entry: Entry, kinds: Kinds) -> None:
    if entry.what is None:
        return
    gates = [gate.name for gate in kinds[entry.what.kind].gates]
    if entry.until not in gates:
        usual = ", ".join(gates) or "nothing"
        what = f"a {kinds[entry.what.kind].title} is never waited for until {entry.until or 'nothing'}"
        raise Misfit(what, "until", hint=f"it can be waited for until: {usual}")


def _missing(address: Address, state: State) -> Misfit:
    there = sorted(place(other) for other in state if other.kind == address.kind)
    hint = f"at this step there are: {', '.join(there)}" if there else f"at this step there is no {address.kind}"
    return Misfit(f"{place(address)} is not there at this step", "what", hint=hint)
