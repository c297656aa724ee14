"""What somebody changed by hand, put back as the files say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...core.address import Address
from ...core.change import Change, Comparison, difference
from ...core.plan import Plan
from ...core.resource import IMMUTABLE, Resource, marked
from ...errors import Refused
from ...hazards import film_of, judge
from ...live.observe import Observed
from ...planner.guards import physical_names
from ...planner.steps import draw
from ...run.workflow import account_of
from ..files.notation import place
from ..files.secrets import whole
from ..migration import Migration
from ..position.differences import Gap
from ..position.locator import Standing
from .pending import Looker


def mend(looker: Looker, migrations: Sequence[Migration]) -> Plan:
    """The plan that makes live the state that it is nearest to; empty if it is in one.

    Raises Refused for what was replaced by hand: that is no change to take back.
    """
    seen = looker.observe(migrations)
    observed = seen[looker.stack.name]
    found = looker.locator(observed).find(migrations)
    standing = found if isinstance(found, Standing) else found.nearest
    changes = [_change(gap, standing, looker, observed) for gap in standing.drift]
    comparison = Comparison(changes, standing.lives)
    desired = {address: observed.symbols.unfold(resource) for address, resource in standing.state.items()}
    names = physical_names(looker.stack.name, comparison, looker.kinds, observed.taken, observed.foreign.owners)
    steps = draw(comparison, desired, looker.kinds, names, observed.taken) if changes else []
    account = account_of(looker.aws, seen)
    plan = Plan(looker.stack.name, looker.aws.region, account, steps, changes, standing.lives, desired)
    hazards = judge(film_of(plan, looker.kinds)) if steps else ()
    return replace(plan, hazards=tuple(hazard for hazard in hazards if hazard.name in LOST_FOR_GOOD))


LOST_FOR_GOOD = ("login-removed",)
"""Who asks for the way back takes its risks, but for what nobody can put up again: AWS gives back no client secret."""


def _change(gap: Gap, standing: Standing, looker: Looker, observed: Observed) -> Change:
    address, live = gap.address, standing.lives.get(gap.address)
    if live is None:
        made = _made(address, standing, looker, observed)
        return Change("create", address, None, made, None, because="deleted by hand")
    if gap.told is None:
        return Change("delete", address, live.model, None, live, because="made by hand, and no file speaks of it")
    after: Any = observed.symbols.unfold(gap.told)
    if forced := set(gap.fields) & set(marked(type(after), IMMUTABLE)):
        what = f"{place(address)} was replaced by hand: its {', '.join(sorted(forced))} cannot change in place"
        raise Refused(what, hint="elbplan adopt takes it as it is")
    because = "changed by hand: " + "; ".join(difference(live.model, after, field) for field in gap.fields)
    return Change("update", address, live.model, after, live, gap.fields, because)


def _made(address: Address, standing: Standing, looker: Looker, observed: Observed) -> Resource:
    wanted = observed.symbols.unfold(standing.state[address])
    return whole(address, wanted, looker.stack.resources.get(address), standing.migration.file)
