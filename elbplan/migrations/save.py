"""From a plan to a migration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.address import Address
from ..core.kind import Kinds
from ..core.patch import changes
from ..core.plan import Plan, Step
from ..core.resource import Resource
from ..errors import Refused, UsageProblem
from ..kinds.traffic import attached_groups
from ..live.portable import PortableNames
from ..planner.reconcile import reconcile
from .files.loader import play
from .files.notation import address_text, part_document, value_document, with_renamed_references
from .migration import Migration, MigrationStep
from .position.locator import old_names

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def migration_of(
    plan: Plan,
    before: Sequence[Migration],
    kinds: Kinds,
    symbols: PortableNames,
    *,
    name: str,
    title: str = "",
    spec: str = "",
) -> Migration:
    """The plan as the file that follows the ones before.

    Raises Refused for an empty plan, UsageProblem for a bad name.
    """
    check_name(name)
    if plan.empty:
        raise Refused("there is nothing to save: AWS is as the spec says", hint="change the spec first")
    teller = MigrationBuilder.of(plan, symbols)
    entries = tuple(teller.entry(step) for step in plan.steps)
    number = len(before) + 1
    said = title or name.replace("_", " ")
    draft = Migration(plan.stack, number, name, said, spec=spec, entries=entries)
    return play(draft, before[-1].last if before else {}, kinds)


def check_name(name: str) -> None:
    """Returns if this can be a file's name. Raises UsageProblem."""
    if not NAME.fullmatch(name):
        hint = "small letters, digits, _ and -, such as app_on_8080"
        raise UsageProblem(f"{name!r} is no name for a migration", hint=hint)


def baseline(plan: Plan, kinds: Kinds, symbols: PortableNames) -> Migration:
    """What is there already as the first migration: by the look of it, every step of it is done.

    It is told in the spec's words where AWS fits them. Raises Refused while a replacement is under way.
    """
    if len({address[:2] for address in plan.lives}) < len(plan.lives):
        raise Refused("a change is under way: old and new stand side by side", hint="elbplan apply finishes it")
    desired: dict[Address, Resource] = {}
    for address, live in plan.lives.items():
        want = plan.desired.get(address)
        fits = want is not None and kinds[address.kind].with_live_defaults(want, live.model) == live.model
        told_so = want if fits and want is not None else without_aws_name(live.model)
        desired[_current(address)] = with_renamed_references(told_so, _current)
    start = reconcile(plan.stack, desired, [], kinds, region=plan.region, account=plan.account)
    return migration_of(start, (), kinds, symbols, name="baseline", title="what is there already")


def _current(address: Address) -> Address:
    """What stands alone is current, whatever is to become of it."""
    return address._replace(deposed="")


def without_aws_name(model: Resource) -> Resource:
    """Without the name that AWS knows it by, where that is not what it is."""
    field = type(model).model_fields.get("name")
    return model if field is None or field.is_required() else model.model_copy(update={"name": None})


@dataclass(frozen=True)
class MigrationBuilder:
    """Tells the steps of one plan in the words of a file: no ids, and old for what goes."""

    symbols: PortableNames
    names: Mapping[Address, Address]

    @classmethod
    def of(cls, plan: Plan, symbols: PortableNames) -> MigrationBuilder:
        """Of several former ones of an address the first is `old`, the second `old2`."""
        return cls(symbols, old_names(plan.lives))

    def entry(self, step: Step) -> MigrationStep:
        """One step."""
        what = self._name(step.address)
        entry = MigrationStep(step.do, what, dict(self._set(step)), why=self.symbols.portable_text(_why(step)))
        return replace(entry, until=step.until, timeout=step.timeout) if step.do == "wait" else entry

    def _set(self, step: Step) -> Iterator[tuple[str, Any]]:
        if step.do == "create" and step.after is not None:
            yield from part_document(self._told(step.after)).items()
        elif step.do == "reorder":
            yield from ((address_text(self._name(rule)), priority) for rule, priority in step.moves.items())
        elif step.do == "update" and step.before is not None and step.after is not None:
            changed = changes(self._told(step.before), self._told(step.after))
            yield from ((field, value_document(value)) for field, value in changed.items())

    def _told(self, resource: Resource) -> Resource:
        return with_renamed_references(self.symbols.to_portable(resource), self._name)

    def _name(self, address: Address) -> Address:
        return self.names.get(address, address)


def _why(step: Step) -> str:
    """Why, in a few words: what an update changes stands under `set` already."""
    if step.do != "update":
        return step.why
    if step.why.startswith(("attach", "take in", "let go")):
        return step.why.partition(" (")[0]
    return TURN if step.phase == "switch" and attached_groups(step.after) else ""


TURN = "the requests go to what is new"
