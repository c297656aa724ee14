"""The resources of a plan with both of their sides: those that change, and those that stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ...core.address import Address, Ref
from ...core.change import Change
from ...core.kind import LiveResource
from ...core.plan import Plan
from ...core.resource import Resource
from ...kinds import KINDS
from ..differences import change_reason
from ..rows import shown_action
from .map import MapAction


@dataclass(frozen=True)
class Entry:
    """A resource before and after the plan.

    live    its live side, which has another address if the plan replaces it
    name    its name in AWS, as far as it is known
    """

    address: Address
    before: Resource | None
    after: Resource | None
    action: MapAction = "keep"
    reason: str = ""
    live: LiveResource[Any] | None = None
    name: str = ""

    @property
    def shown(self) -> Resource:
        """The side that the map shows: the new one, or the old one of a resource that is deleted."""
        resource = self.after if self.after is not None else self.before
        assert resource is not None
        return resource

    def fact(self, name: str) -> str:
        """A fact about the live side; empty if it is unknown."""
        return self.live.facts.get(name, "") if self.live else ""


class Entries:
    """All resources of a plan, by address, parents first."""

    def __init__(self, plan: Plan) -> None:
        found = list(_entries(plan))
        order = {kind: number for number, kind in enumerate(KINDS)}
        found.sort(key=lambda entry: order[entry.address.kind])
        self.by_address: Mapping[Address, Entry] = {entry.address: entry for entry in found}
        self._old = {entry.live.address: entry.address for entry in found if entry.live}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.by_address.values())

    def address(self, ref: Ref | None) -> Address | None:
        """The address under which the map shows a resource; None if it is none of the stack."""
        if not isinstance(ref, Address):
            return None
        return ref if ref in self.by_address else self._old.get(ref)

    def of(self, ref: Ref | None) -> Entry | None:
        """The entry of a resource of the stack."""
        address = self.address(ref)
        return self.by_address[address] if address else None


def _entries(plan: Plan) -> Iterator[Entry]:
    names = {step.address: step.name for step in plan.steps if step.do == "create" and step.name}
    shown = set()
    for change in plan.changes:
        shown.add(change.live.address if change.live else change.address)
        yield _changed(change, plan, names)
    for address, live in plan.lives.items():
        if address not in shown:
            yield Entry(address, live.model, live.model, live=live, name=_name(live))


def _changed(change: Change, plan: Plan, names: Mapping[Address, str]) -> Entry:
    new = names.get(change.address, "")
    name = new or (_name(change.live) if change.live else "")
    after = None if change.action in ("delete", "stop") else change.after
    if change.action == "replace" and after is not None and change.before is not None:
        after = KINDS[change.address.kind].with_live_defaults(after, change.before)  # AWS's defaults are no change
    action = cast(MapAction, shown_action(change, plan))
    return Entry(change.address, change.before, after, action, change_reason(change), change.live, name)


def _name(live: LiveResource[Any]) -> str:
    return live.facts.get("name", "") or str(getattr(live.model, "name", None) or "")
