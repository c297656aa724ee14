"""When targets must be healthy: once their group is attached, and before anything relies on them."""

from __future__ import annotations

from ..address import Ref
from ..plan import Step
from ..routes import carrying, pool_of, reached, routes_to
from .sketch import Sketch


def gates_of_health(sketch: Sketch) -> None:
    """Targets are waited for once their group is attached, and before anything relies on them."""
    relied = {group for draft in sketch.at(2) if draft.step.after for group in routes_to(draft.step, sketch.desired)}
    for address, targets in sketch.desired.items():
        if address.kind != "targets" or not getattr(targets, "members", ()):
            continue
        group = pool_of(targets)
        live = sketch.found.lives.get(address)
        fresh = any(d.step.address == address and d.stage == 1 for d in sketch.drafts.values())
        unwell = live is None or sketch.kind(address).unready(live) == "healthy"
        if not fresh and not (unwell and group in relied):
            continue
        attaching = [d for d in sketch.drafts.values() if d.stage < 3 and d.step.writes and _attaches(d.step, group)]
        if not attaching and group not in carrying(sketch.found):
            continue  # nothing uses the group, so nobody checks its health
        stage = min((d.stage for d in attaching), default=1)
        gate = next(g for g in sketch.kind(address).gates if g.name == "healthy")
        first = {d.step.id for d in attaching if d.stage == stage} if group not in carrying(sketch.found) else set()
        registered = {id for id, d in sketch.drafts.items() if d.step.address == address and d.stage == 1}
        sketch.wait(stage if first else 1, gate, address, targets, *first, *registered)


def _attaches(step: Step, group: Ref | None) -> bool:
    return group in reached(step.after) and group not in reached(step.before)


