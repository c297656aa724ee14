"""After an unknown outcome: look again, never blindly repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..core.call import single_call
from ..core.kind import Kind, LiveResource, Scope
from ..core.plan import Plan, Step
from ..core.resource import differing_fields, immutable
from ..live.batch import BatchReader
from ..planner.diff import with_addresses
from .context import RunStepContext

RunProgram = Callable[[Any], Any]


def recover(
    plan: Plan, kind: Kind[Any], step: Step, site: RunStepContext, drive: RunProgram
) -> Mapping[str, str] | None:
    """The facts of the resource this create made after all, brought to what was wanted.

    A lost answer, a retry that met its own effect ("already exists"), a half-made resource: all look the same, since
    ownership is written by the create call itself. None if nothing of ours is there.
    """
    made = _made(plan, kind, step, site, drive)
    if made is None:
        return None
    site.known.learn(step.address, {**made.facts, "id": made.id})
    after = kind.with_live_defaults(step.after, made.model)
    if differing_fields(made.model, after):
        drive(kind.update(made.model, after, RunStepContext(**{**site.__dict__, "live": made})))
    return {**made.facts, "id": made.id}


def _made(plan: Plan, kind: Kind[Any], step: Step, site: RunStepContext, drive: RunProgram) -> LiveResource[Any] | None:
    addresses = {id: address for address, id in site.known.ids.items()}

    def sender(call: Any) -> Any:
        return drive(single_call(call))

    scope = Scope(plan.region, {plan.stack: plan.desired})
    (found,) = BatchReader(sender, parallel=1).run([kind.read(scope)])
    for live in found.ours.get(plan.stack, ()):
        if live.address[:2] == step.address[:2] and live.id not in addresses:
            named = with_addresses(live, addresses)
            if immutable(kind.with_live_defaults(step.after, named.model)) == immutable(named.model):
                return named
    return None
