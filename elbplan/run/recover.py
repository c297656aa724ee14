"""After an unknown outcome: look again, never blindly repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..core.address import Id, Ref
from ..core.call import asking
from ..core.kind import Kind, Live, Scope
from ..core.plan import Plan, Step
from ..core.resource import differing, immutable, rewrite
from ..live.batch import Rounds
from .context import StepSite

Drive = Callable[[Any], Any]


def recover(plan: Plan, kind: Kind[Any], step: Step, site: StepSite, drive: Drive) -> Mapping[str, str] | None:
    """The facts of the resource this create made after all, brought to what was wanted.

    A lost answer, a retry that met its own effect ("already exists"), a half-made resource: all look the same, since
    ownership is written by the create call itself. None if nothing of ours is there.
    """
    made = _made(plan, kind, step, site, drive)
    if made is None:
        return None
    site.known.learn(step.address, {**made.facts, "id": made.id})
    after = kind.settle(step.after, made.model)
    if differing(made.model, after):
        drive(kind.update(made.model, after, StepSite(**{**site.__dict__, "live": made})))
    return {**made.facts, "id": made.id}


def _made(plan: Plan, kind: Kind[Any], step: Step, site: StepSite, drive: Drive) -> Live[Any] | None:
    names = {id: address for address, id in site.known.ids.items()}

    def name(ref: Ref) -> tuple[Ref, ...]:
        return (names.get(ref.value, ref),) if isinstance(ref, Id) else (ref,)

    def sender(call: Any) -> Any:
        return drive(asking(call))

    scope = Scope(plan.region, {plan.stack: plan.desired})
    (found,) = Rounds(sender, parallel=1).run([kind.read(scope)])
    for live in found.ours.get(plan.stack, ()):
        if live.address[:2] == step.address[:2] and live.id not in names:
            named = Live(live.address, live.id, rewrite(live.model, name), live.facts)
            if immutable(kind.settle(step.after, named.model)) == immutable(named.model):
                return named
    return None
