"""After a create whose outcome is unknown: reads AWS again instead of repeating the create."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from ..core.address import Address, AwsId, Ref
from ..core.call import Answer, Call, single_call
from ..core.kind import Kind, LiveResource, Scope
from ..core.plan import Plan, Step
from ..core.resource import Resource, differing_fields, rewrite
from ..live.batch import BatchReader
from ..planner.diff import with_addresses
from .context import RunStepContext

T = TypeVar("T")


class RunProgram(Protocol):
    """Runs a program of a kind for the current step."""

    def __call__(self, program: Generator[Call, Answer, T], /) -> T: ...


def recover(
    plan: Plan, kind: Kind[Resource], step: Step, context: RunStepContext, run: RunProgram
) -> Mapping[str, str] | None:
    """The facts of the resource that the create did make, after an update to the desired fields. None if it made none.

    A lost answer, a retry after a lost answer ("already exists") and a half-created resource look the same. elbplan
    finds its own resource in all three cases, because the create call also writes the ownership tags.
    """
    assert step.after is not None
    created = _created(plan, kind, step.address[:2], step.after, context, run)
    if created is None:
        return None
    facts = {**created.facts, "id": created.id}
    context.known.learn(step.address, facts)
    after = kind.with_live_defaults(step.after, created.model)
    if differing_fields(created.model, after):
        run(kind.update(created.model, after, replace(context, live=created)))
    return facts


def _created(
    plan: Plan, kind: Kind[Resource], place: tuple[str, str], wanted: Resource, context: RunStepContext, run: RunProgram
) -> LiveResource[Resource] | None:
    """A resource of this kind and name that the run does not know, and that can become the desired one in place.

    Reads only the resources with the AWS name that the create gave, or on the parent that it named.
    """
    addresses = {id: address for address, id in context.known.ids.items()}

    def send(call: Call) -> Answer:
        return run(single_call(call))

    scope = Scope(plan.region, {plan.stack: {Address(*place): _by_id(wanted, context)}}, alone=True)
    (found,) = BatchReader(send, parallel=1).run([kind.read(scope)])
    for live in found.ours.get(plan.stack, ()):
        if live.address[:2] == place and live.id not in addresses:
            created = with_addresses(live, addresses)
            if not kind.replaced_fields(created.model, kind.with_live_defaults(wanted, created.model)):
                return created
    return None


def _by_id(wanted: Resource, context: RunStepContext) -> Resource:
    """The resource with AWS ids for its references, and with the AWS name of this step."""

    def id_of(ref: Ref) -> tuple[Ref, ...]:
        return (AwsId(context.known.ids.get(ref, "unknown")) if isinstance(ref, Address) else ref,)

    resource = rewrite(wanted, id_of)
    return resource.model_copy(update={"name": context.name}) if context.name else resource
