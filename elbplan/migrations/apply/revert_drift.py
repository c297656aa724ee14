"""What somebody changed by hand, put back as the files say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...core.address import Address
from ...core.change import Change, Diff, field_difference
from ...core.plan import Plan
from ...core.resource import IMMUTABLE, Resource, marked_fields
from ...errors import Refused
from ...hazards import find_hazards, timeline_of
from ...live.observe import Observed
from ...planner.guards import physical_names
from ...planner.steps import build_steps
from ...run.workflow import account_of
from ..files.notation import address_text
from ..files.spec_fields import without_secrets
from ..migration import Migration
from ..position.differences import Difference
from ..position.locator import Position
from .pending import PendingFinder


def revert_drift(looker: PendingFinder, migrations: Sequence[Migration]) -> Plan:
    """The plan that makes live the state that it is nearest to; empty if it is in one.

    Raises Refused for what was replaced by hand: that is no change to take back.
    """
    seen = looker.observe(migrations)
    observed = seen[looker.stack.name]
    found = looker.locator(observed).find(migrations)
    standing = found if isinstance(found, Position) else found.nearest
    changes = [_change(gap, standing, looker, observed) for gap in standing.drift]
    comparison = Diff(changes, standing.lives)
    desired = {address: observed.symbols.to_ids(resource) for address, resource in standing.state.items()}
    names = physical_names(looker.stack.name, comparison, looker.kinds, observed.taken, observed.foreign.owners)
    steps = build_steps(comparison, desired, looker.kinds, names, observed.taken) if changes else []
    account = account_of(looker.aws, seen)
    plan = Plan(looker.stack.name, looker.aws.region, account, steps, changes, standing.lives, desired)
    hazards = find_hazards(timeline_of(plan, looker.kinds)) if steps else ()
    return replace(plan, hazards=tuple(hazard for hazard in hazards if hazard.name in LOST_FOR_GOOD))


LOST_FOR_GOOD = ("login-removed",)
"""Who asks for the way back takes its risks, but for what nobody can put up again: AWS gives back no client secret."""


def _change(gap: Difference, standing: Position, looker: PendingFinder, observed: Observed) -> Change:
    address, live = gap.address, standing.lives.get(gap.address)
    if live is None:
        made = _made(address, standing, looker, observed)
        return Change("create", address, None, made, None, because="deleted by hand")
    if gap.told is None:
        return Change("delete", address, live.model, None, live, because="made by hand, and no file speaks of it")
    after: Any = observed.symbols.to_ids(gap.told)
    if forced := set(gap.fields) & set(marked_fields(type(after), IMMUTABLE)):
        what = f"{address_text(address)} was replaced by hand: its {', '.join(sorted(forced))} cannot change in place"
        raise Refused(what, hint="elbplan accept-drift takes it as it is")
    because = "changed by hand: " + "; ".join(field_difference(live.model, after, field) for field in gap.fields)
    return Change("update", address, live.model, after, live, gap.fields, because)


def _made(address: Address, standing: Position, looker: PendingFinder, observed: Observed) -> Resource:
    wanted = observed.symbols.to_ids(standing.state[address])
    return without_secrets(address, wanted, looker.stack.resources.get(address), standing.migration.file)
