"""What somebody changed by hand, told in the words of files: no ids, and no more than what differs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address
from ...core.change import ignoring
from ...core.kind import Kinds, LiveResource
from ...core.patch import changes, patched
from ...core.resource import Resource, differing_fields
from ...core.simulate import State
from ...errors import Refused
from ...live.observe import Observed
from ...live.portable import PortableNames
from ...planner.diff import diff
from ..position.locator import LiveResources
from ..save import without_aws_name


@dataclass(frozen=True)
class Drift:
    """Live against what should be there.

    changed   the values that differ, by field, as live has them; of maps and parts only the keys that differ
    added     resources that nobody knows of
    gone      resources that are not there
    """

    changed: Mapping[Address, Mapping[str, Any]] = field(default_factory=dict)
    added: State = field(default_factory=dict)
    gone: tuple[Address, ...] = ()

    @property
    def empty(self) -> bool:
        """Everything is as it should be."""
        return not (self.changed or self.added or self.gone)

    def applied_to(self, state: State) -> dict[Address, Resource]:
        """A state with the same changes."""
        made = {address: resource for address, resource in state.items() if address not in self.gone}
        made |= {a: patched(made[a], fields, live=True) for a, fields in self.changed.items() if a in made}
        return {**made, **self.added}


def drift_of(lives: LiveResources, state: State, symbols: PortableNames, kinds: Kinds, ignore: Sequence[str]) -> Drift:
    """What is not as a state says. Raises Refused while a replacement is under way."""
    if sides := sorted(str(address._replace(deposed="")) for address in lives if address.deposed):
        what = f"a replacement is under way: of {', '.join(sides)} old and new stand side by side"
        raise Refused(what, hint="elbplan apply finishes it; what was changed by hand can be taken in after that")
    changed = {}
    for address, live in lives.items():
        if address in state and (fields := _changed(live, state[address], symbols, kinds, ignore)):
            changed[address] = fields
    added = {a: without_aws_name(symbols.to_portable(live.model)) for a, live in lives.items() if a not in state}
    filled = {a for a in added if a.kind == "targets" and Address("target_group", a.name) in state}
    added = {a: model for a, model in added.items() if a not in filled}
    return Drift(changed, added, tuple(a for a in state if a not in lives))


def _changed(
    live: LiveResource[Any], told: Resource, symbols: PortableNames, kinds: Kinds, ignore: Sequence[str]
) -> Mapping[str, Any]:
    model = symbols.to_portable(live.model)
    wanted = ignoring(kinds[live.address.kind].with_live_defaults(told, model), model, live.address, ignore)
    return changes(wanted, model) if differing_fields(wanted, model) else {}


def not_in_spec(drift: Drift, observed: Observed, kinds: Kinds, ignore: Sequence[str]) -> list[Address]:
    """The resources whose changes a spec does not say either."""
    left = []
    for change in diff(observed.desired, observed.live, kinds, ignore).pending:
        if change.address in drift.changed and change.before is not None and change.after is not None:
            wanted = changes(change.after, change.before)
            if _both(wanted, drift.changed[change.address]):
                left.append(change.address)
    return left


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Is there a value that both are about?"""
    for key in one.keys() & other.keys():
        inner = one[key], other[key]
        if not all(isinstance(value, Mapping) for value in inner) or _both(*inner):
            return True
    return False
