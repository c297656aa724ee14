"""Simulates the steps of a plan: the states S0 .. Sn, without calls to AWS. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .address import Address, Ref
from .patch import changes, patched
from .plan import Step
from .resource import Resource, rewrite

State = Mapping[Address, Resource]
"""The resources of a stack by address; the old sides of replacements have `deposed` addresses."""


def simulate(state: State, step: Step) -> State:
    """The state after the step. Raises KeyError if the step changes a resource that does not exist."""
    if step.do in ("create", "adopt") and step.after is not None:
        return {**state, step.address: step.after}
    if step.do in ("delete", "release", "stop"):  # what a destroy stops is no longer part of the stack
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


def reordered(rule: Resource, priority: int) -> Resource:
    """The rule with another priority."""
    return rule.model_copy(update={"priority": priority})


def _renamed(state: State, old: Address, new: Address) -> State:
    """The state with another address for one resource, also where others refer to it."""

    def rename(ref: Ref) -> tuple[Ref, ...]:
        return (new if ref == old else ref,)

    return {new if address == old else address: rewrite(resource, rename) for address, resource in state.items()}


def states_of(start: State, steps: Iterable[Step]) -> Iterator[State]:
    """The states S0 .. Sn."""
    state = start
    yield state
    for step in steps:
        state = simulate(state, step)
        yield state
