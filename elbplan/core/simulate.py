"""What a step makes of a state. Pure: S0 .. Sn of a plan without a call to AWS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .address import Address, Ref
from .patch import changes, patched
from .plan import Step
from .resource import Resource, rewrite

State = Mapping[Address, Resource]
"""The resources of a stack by address; those that a replacement is about to end are `former`."""


def simulate(state: State, step: Step) -> State:
    """The state after the step. Raises KeyError for a step about something that is not there."""
    if step.do in ("create", "adopt") and step.after is not None:
        return {**state, step.address: step.after}
    if step.do in ("delete", "release"):
        if step.address not in state:
            raise KeyError(step.address)
        return {address: resource for address, resource in state.items() if address != step.address}
    if step.do == "moved" and step.old is not None:
        return _renamed(state, step.old, step.address)
    if step.do == "reorder":
        return {**state, **{rule: reordered(state[rule], priority) for rule, priority in step.moves.items()}}
    if step.do == "update" and step.before is not None and step.after is not None:
        return {**state, step.address: patched(state[step.address], changes(step.before, step.after), live=True)}
    return state


def reordered(rule: Any, priority: int) -> Resource:
    """The rule at another place."""
    resource: Resource = rule.model_copy(update={"priority": priority})
    return resource


def _renamed(state: State, old: Address, new: Address) -> State:
    """The same under another address, everywhere."""

    def rename(ref: Ref) -> tuple[Ref, ...]:
        return (new if ref == old else ref,)

    return {new if address == old else address: rewrite(resource, rename) for address, resource in state.items()}


def states_of(start: State, steps: Iterable[Step]) -> Iterator[State]:
    """S0 .. Sn, the start first."""
    yield start
    for step in steps:
        start = simulate(start, step)
        yield start


def in_line(steps: Sequence[Step]) -> list[Step]:
    """The same steps one by one: each waits for the one before it."""
    needs = [(), *((step.id,) for step in steps)]
    return [replace(step, needs=need) for step, need in zip(steps, needs, strict=False)]
