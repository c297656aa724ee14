"""Computes the drift of AWS from a state, without AWS ids. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address
from ...core.ignored import ignoring
from ...core.kind import LiveResource
from ...core.patch import changes, patched
from ...core.resource import Resource, differing_fields
from ...core.simulate import State
from ...errors import Refused
from ...kinds import KINDS
from ...kinds.traffic import are_targets_of
from ...live.observe import Observed
from ...live.portable import PortableNames
from ...planner.diff import diff
from ..position.position import LiveResources
from ..save import without_aws_name


@dataclass(frozen=True)
class Drift:
    """The differences of AWS from a state.

    changed   the values in AWS of the fields that differ; of maps and parts, only the keys that differ
    added     the resources that only AWS has
    gone      the resources that AWS does not have
    """

    changed: Mapping[Address, Mapping[str, Any]] = field(default_factory=dict)
    added: State = field(default_factory=dict)
    gone: tuple[Address, ...] = ()

    @property
    def empty(self) -> bool:
        """True if AWS matches the state."""
        return not (self.changed or self.added or self.gone)

    def applied_to(self, state: State) -> dict[Address, Resource]:
        """The state with the same differences."""
        drifted = {address: resource for address, resource in state.items() if address not in self.gone}
        drifted |= {a: patched(drifted[a], fields, live=True) for a, fields in self.changed.items() if a in drifted}
        return {**drifted, **self.added}


def drift_of(lives: LiveResources, state: State, symbols: PortableNames, ignore: Sequence[str]) -> Drift:
    """The drift of AWS from a state. Raises Refused during a replacement."""
    if replaced := sorted(str(address._replace(deposed="")) for address in lives if address.deposed):
        what = f"a replacement is not finished: the old and the new {', '.join(replaced)} both exist"
        raise Refused(what, hint="elbplan apply finishes it; accept the drift after that")
    changed = {}
    for address, live in lives.items():
        if address in state and (fields := _changed(live, state[address], symbols, ignore)):
            changed[address] = fields
    added = {a: without_aws_name(symbols.to_portable(live.model)) for a, live in lives.items() if a not in state}
    added = {a: model for a, model in added.items() if not are_targets_of(a, state.keys())}
    return Drift(changed, added, tuple(a for a in state if a not in lives))


def _changed(
    live: LiveResource[Any], resource: Resource, symbols: PortableNames, ignore: Sequence[str]
) -> Mapping[str, Any]:
    model = symbols.to_portable(live.model)
    wanted = ignoring(KINDS[live.address.kind].with_live_defaults(resource, model), model, live.address, ignore)
    return changes(wanted, model) if differing_fields(wanted, model) else {}


def not_in_spec(drift: Drift, observed: Observed, ignore: Sequence[str]) -> list[Address]:
    """The resources that still differ in a drifted field when AWS is compared with a spec."""
    remaining = []
    for change in diff(observed.desired, observed.live, KINDS, ignore).pending:
        if change.address in drift.changed and change.before is not None and change.after is not None:
            pending = changes(change.after, change.before)
            if _overlap(pending, drift.changed[change.address]):
                remaining.append(change.address)
    return remaining


def _overlap(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """True if both have a value for the same key, however deep."""
    for key in first.keys() & second.keys():
        values = first[key], second[key]
        if not all(isinstance(value, Mapping) for value in values) or _overlap(*values):
            return True
    return False
