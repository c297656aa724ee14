"""What a wait or a hold may name: something that is there at that point of a file. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.address import Address
from ..core.kind import Kinds
from ..core.simulate import State
from ..core.suggest import closest
from .files.notation import address_text
from .migration import MigrationStep
from .simulate import InvalidStep


def check_gates(states: Sequence[State], entries: Sequence[MigrationStep], kinds: Kinds) -> None:
    """Check the wait or hold that is the last of `entries`; `states` are S0 up to where it stands.

    Without this a misspelled name would be waited for in silence, so that traffic moves unchecked.
    Raises InvalidStep.
    """
    entry = entries[-1]
    if entry.what is None:
        return
    gates = [gate.name for gate in kinds[entry.what.kind].gates]
    if entry.until not in gates:
        what = f"{address_text(entry.what)} has no state {entry.until or '(none is named)'} to wait for"
        hint = f"there are: {', '.join(gates) or 'none'}"
        raise InvalidStep(what, "while" if entry.do == "hold" else "until", hint=hint)
    there = set(states[-1])
    if entry.do == "wait":  # the requests in flight of what was deleted a moment ago can be waited for
        there |= _removed(states, entries)
    if entry.what not in there:
        raise InvalidStep(
            f"{address_text(entry.what)} is not there at this step", "what", hint=_hint(entry.what, there)
        )


def _removed(states: Sequence[State], entries: Sequence[MigrationStep]) -> set[Address]:
    """What earlier steps of the file deleted."""
    steps = zip(entries, states, states[1:], strict=False)
    return {address for entry, before, after in steps if entry.do == "delete" for address in before.keys() - after}


def _hint(what: Address, there: set[Address]) -> str:
    names = sorted(address_text(address) for address in there if address.kind == what.kind)
    if near := closest(address_text(what), names):
        return f"did you mean {near}? at this step there are: {', '.join(names)}"
    return f"at this step there are: {', '.join(names)}" if names else f"at this step there is no {what.kind}"
