"""Saves a plan as a migration file: `elbplan plan --save NAME`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from ..core.address import Address
from ..core.patch import changes
from ..core.plan import Plan, Step
from ..core.resource import Resource, is_foreign
from ..core.stack import Stack
from ..errors import Refused, UsageProblem
from ..kinds import KINDS
from ..kinds.traffic import attached_groups, filled_group_of
from ..live.portable import PortableNames
from ..planner.reconcile import permitted, reconcile
from ..planner.steps.create_update import ADD, ATTACH, REMOVE
from ..run.workflow import Cloud, account_of, plan_of
from .apply.pending import drift_refusal
from .files.folder import Folder
from .files.loader import load, play
from .files.notation import part_document, value_document, with_renamed_references
from .migration import Migration, MigrationStep, StepKind, references_of
from .observe import observe_with_adopted, observe_with_files
from .position.locator import Locator
from .position.position import Drifted, Position

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
SWITCH_REASON = "requests go to the new target groups"


def save_plan(aws: Cloud, stack: Stack, folder: Folder, *, name: str, title: str = "") -> list[Path]:
    """Save the present plan as the next migration; returns the files written.

    If the stack has resources but no migration, it writes a baseline migration first. Raises Refused if there is
    nothing to do or an earlier migration is not applied, SpecProblem for wrong files, UsageProblem for a bad name.
    """
    check_name(name)
    before = load(folder)
    seen = observe_with_files(aws, stack, references_of(before))
    observed = seen[stack.name]
    if before:
        position = Locator(observed, stack.ignore).find(before)
        _check_all_applied(stack, position, before[-1].id)
    observed = observe_with_adopted(aws, stack)[stack.name] if stack.adopt else observed
    plan = plan_of(aws, stack, observed, KINDS, account_of(aws, seen), observed.desired)
    new = [baseline(plan, observed.portable_names)] if _owned(plan) and not before else []
    spec = stack.spec_hash
    new.append(migration_of(plan, [*before, *new], observed.portable_names, name=name, title=title, spec=spec))
    return folder.save(new)


def _owned(plan: Plan) -> bool:
    """True if AWS has resources of the stack. Raises Refused if an adoption began and did not end."""
    adopted = {step.address for step in plan.steps if step.do == "adopt"}
    others = {address for address, live in plan.lives.items() if filled_group_of(live.model) not in adopted}
    if adopted and (left := others - adopted):  # targets that an Auto Scaling group registers need no adoption
        what = f"{plan.stack}: a part of it is adopted already: {', '.join(sorted(map(str, left)))}"
        raise Refused(what, hint="run elbplan apply first, which adopts the rest")
    return bool(plan.lives) and not adopted


def _check_all_applied(stack: Stack, position: Position | Drifted, last: str) -> None:
    if isinstance(position, Drifted):
        raise drift_refusal(stack.name, position)
    if position.migration.id != last or position.index < len(position.migration.entries):
        what = f"{stack.name}: {last} is not completely applied yet, and the new file must begin at its end"
        raise Refused(what, hint="run elbplan apply first")
    if position.drift:
        raise drift_refusal(stack.name, Drifted(position, position.drift))


def migration_of(
    plan: Plan,
    before: Sequence[Migration],
    symbols: PortableNames,
    *,
    name: str,
    title: str = "",
    spec: str = "",
) -> Migration:
    """The plan as the migration that follows the ones before. Raises Refused for an empty plan, UsageProblem."""
    check_name(name)
    if plan.empty:
        raise Refused("there is nothing to save: AWS already matches the spec", hint="change the spec first")
    builder = MigrationBuilder(symbols, plan.desired)
    entries = tuple(builder.entry(step) for step in _parents_with_followers(plan.steps))
    title = title or name.replace("_", " ")
    draft = Migration(plan.stack, len(before) + 1, name, title, spec=spec, entries=entries)
    return play(draft, before[-1].last if before else {})


def _parents_with_followers(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps; what has no tags is adopted right after its parent, with whose tags it becomes the stack's.

    It may need a change of the parent after its adoption; it is the stack's before that change. What needs a mark comes
    after what needs no write at all, which is the stack's together with the parent.
    """
    addresses = {step.id: step.address for step in steps}
    followers = [step for step in steps if step.do == "adopt" and not KINDS[step.address.kind].taggable]
    followers.sort(key=lambda step: KINDS[step.address.kind].adopt is not None)
    for step in steps:
        if step not in followers:
            yield step
            if step.do == "adopt":
                yield from (o for o in followers if step.address in {addresses.get(need) for need in o.needs})


def check_name(name: str) -> None:
    """Raises UsageProblem if a migration cannot have this name."""
    if not NAME.fullmatch(name):
        hint = "use small letters, digits, _ and -, such as app_on_8080"
        raise UsageProblem(f"{name!r} cannot be the name of a migration", hint=hint)


def baseline(plan: Plan, symbols: PortableNames) -> Migration:
    """The existing resources as the first migration; AWS already matches its end, so it counts as applied.

    A resource that matches the spec is written as in the spec. Raises Refused during a replacement,
    and for a resource with values that only AWS allows.
    """
    if len({address[:2] for address in plan.lives}) < len(plan.lives):
        what = "a replacement is not finished: the old and the new resource both exist"
        raise Refused(what, hint="elbplan apply finishes it")
    desired: dict[Address, Resource] = {}
    for address, live in plan.lives.items():
        resource = plan.desired.get(address)
        if resource is None or KINDS[address.kind].with_live_defaults(resource, live.model) != live.model:
            resource = without_aws_name(live.model)
        desired[_current(address)] = with_renamed_references(resource, _current)
    if foreign := sorted(str(address) for address, resource in desired.items() if is_foreign(resource)):
        what = f"{plan.stack}: {', '.join(foreign)} has settings in AWS that no migration can express"
        raise Refused(what, hint="revert them in AWS (start a server that is stopped), then save again")
    creates = permitted(reconcile(plan.stack, desired, [], KINDS, region=plan.region, account=plan.account))
    return migration_of(creates, (), symbols, name="baseline", title="the existing resources")


def _current(address: Address) -> Address:
    """The address without the mark of an old resource: before the change, the old resource is the only one."""
    return address._replace(deposed="")


def without_aws_name(model: Resource) -> Resource:
    """The resource without its optional AWS name, which elbplan generates; a required name, as of a record, stays."""
    field = type(model).model_fields.get("name")
    return model if field is None or field.is_required() else model.model_copy(update={"name": None})


@dataclass(frozen=True)
class MigrationBuilder:
    """Writes the steps of a plan as entries of a migration: without AWS ids, and `@old` for what they replace."""

    symbols: PortableNames
    desired: Mapping[Address, Resource] = field(default_factory=dict)

    def entry(self, step: Step) -> MigrationStep:
        """The entry of one step."""
        why = self.symbols.portable_text(_why(step))
        entry = MigrationStep(cast(StepKind, step.do), step.address, dict(self._set(step)), why=why)
        if step.do == "adopt":
            return replace(entry, id=step.name)
        return replace(entry, until=step.until, timeout=step.timeout) if step.do == "wait" else entry

    def _set(self, step: Step) -> Iterator[tuple[str, Any]]:
        portable = self.symbols.to_portable
        if step.do == "create" and step.after is not None:
            yield from part_document(portable(step.after)).items()
        elif step.do == "adopt" and step.after is not None:
            yield from part_document(portable(self._as_in_spec(step.address, step.after))).items()
        elif step.do == "reorder":
            yield from ((str(rule), priority) for rule, priority in step.moves.items())
        elif step.do == "update" and step.before is not None and step.after is not None:
            changed = changes(portable(step.before), portable(step.after))
            yield from ((field, value_document(value)) for field, value in changed.items())

    def _as_in_spec(self, address: Address, live: Resource) -> Resource:
        """The adopted resource as the spec writes it, without AWS's defaults, if it is as the spec wants it."""
        wanted = self.desired.get(address)
        same = wanted is not None and KINDS[address.kind].with_live_defaults(wanted, live) == live
        return wanted if wanted is not None and same else live


def _why(step: Step) -> str:
    """The reason in a few words; of an update without its list of changes, which `set` shows."""
    if step.do != "update":
        return step.why
    if step.why.startswith((ATTACH, ADD, REMOVE)):
        return step.why.partition(" (")[0]
    return SWITCH_REASON if step.phase == "switch" and attached_groups(step.after) else ""
