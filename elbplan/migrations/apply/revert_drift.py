"""The plan that changes drift back to what the migrations say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...core.address import Address
from ...core.change import Change, Diff, field_difference
from ...core.plan import Plan
from ...core.resource import IMMUTABLE, Resource, marked_fields
from ...errors import Refused
from ...hazards import find_hazards, timeline_of
from ...kinds import KINDS
from ...live.observe import Observed
from ...planner.guards import physical_names
from ...planner.previous_records import with_previous_records
from ...planner.steps import build_steps
from ...run.workflow import account_of
from ..files.spec_fields import with_files, without_secrets
from ..migration import Migration
from ..position.differences import Difference
from ..position.position import Position
from .pending import PendingFinder

LOST_FOR_GOOD = ("login-removed",)
"""Whoever asks to revert accepts its other hazards; but AWS never returns a client secret, so a login stays lost."""


def revert_drift(finder: PendingFinder, migrations: Sequence[Migration]) -> Plan:
    """The plan to the known state that AWS is nearest to; empty if AWS is in one.

    Raises Refused for a resource that somebody replaced: that is no change that can be undone.
    """
    seen = finder.observe(migrations)
    observed = seen[finder.stack.name]
    position = finder.position(migrations, seen)
    changes = [_change(difference, position, finder, observed) for difference in position.drift]
    comparison = Diff(changes, position.lives)
    desired = {address: observed.portable_names.to_ids(resource) for address, resource in position.state.items()}
    names = physical_names(finder.stack.name, comparison, KINDS, observed.names_in_use, observed.foreign.owners)
    steps = build_steps(comparison, desired, KINDS, names, observed.names_in_use) if changes else []
    account = account_of(finder.aws, seen)
    plan = Plan(finder.stack.name, finder.aws.region, account, steps, changes, position.lives, desired)
    hazards = find_hazards(timeline_of(plan, KINDS)) if steps else ()
    plan = replace(plan, hazards=tuple(hazard for hazard in hazards if hazard.name in LOST_FOR_GOOD))
    return with_previous_records(plan)


def _change(difference: Difference, position: Position, finder: PendingFinder, observed: Observed) -> Change:
    address, live = difference.address, position.lives.get(difference.address)
    if live is None:
        made = _resource(address, position, finder, observed)
        return Change("create", address, None, made, None, because="deleted outside elbplan")
    if difference.expected is None:
        because = "created outside elbplan, and no migration describes it"
        return Change("delete", address, live.model, None, live, because=because)
    after: Resource = observed.portable_names.to_ids(difference.expected)
    after = with_files(address, live.model, after, finder.stack.resources.get(address), position.migration.file)
    if forced := set(difference.fields) & set(marked_fields(type(after), IMMUTABLE)):
        what = f"{address} was replaced outside elbplan: {', '.join(sorted(forced))} cannot be updated"
        raise Refused(what, hint="elbplan accept-drift writes it into a file as it is")
    fields = "; ".join(field_difference(live.model, after, field) for field in difference.fields)
    return Change("update", address, live.model, after, live, difference.fields, f"drift: {fields}")


def _resource(address: Address, position: Position, finder: PendingFinder, observed: Observed) -> Resource:
    wanted = observed.portable_names.to_ids(position.state[address])
    return without_secrets(address, wanted, finder.stack.resources.get(address), position.migration.file)
