"""Hazards of the order of steps: priority-conflict, irreversible-before-hold, repeated-state."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Ref
from ...core.hazard import Hazard
from ...core.resource import Resource, references
from ...kinds.record import Record
from ...kinds.rule import Rule
from ...kinds.security_group import SecurityGroup
from ..timeline import NOBODY, Timeline, Transition

RulePlace = tuple[Ref, int]
"""A listener and a priority there."""


def priority_conflict(timeline: Timeline) -> Iterator[Hazard]:
    """Two rules of one listener have one priority."""
    places: dict[RulePlace, frozenset[str]] = {}
    for address, rule in timeline.start.of(Rule):
        places[_place(rule)] = places.get(_place(rule), frozenset()) | {str(address)}
    for transition in timeline.transitions:
        for (listener, number), before in _move(places, transition).items():
            now = places[listener, number]
            if len(now) > 1 and now != before:
                text = f"{' and '.join(sorted(now))} both have priority {number} of {listener}"
                remedy = (
                    "let rules change places in one step: - {do: reorder, what: LISTENER, set: {RULE: PRIORITY, ...}}"
                )
                where = transition.address(NOBODY)
                yield Hazard("priority-conflict", where, text, step=transition.index, remedy=remedy)


def _move(places: dict[RulePlace, frozenset[str]], transition: Transition) -> dict[RulePlace, frozenset[str]]:
    """Applies a step to the places. Returns the rules that were before in each place that the step changes."""
    left = [(str(address), before) for address, before, _ in transition.changed if isinstance(before, Rule)]
    taken = [(str(address), after) for address, _, after in transition.changed if isinstance(after, Rule)]
    former = {_place(rule): places.setdefault(_place(rule), frozenset()) for _, rule in (*left, *taken)}
    for name, rule in left:
        places[_place(rule)] -= {name}
    for name, rule in taken:
        places[_place(rule)] |= {name}
    return former


def _place(rule: Rule) -> RulePlace:
    return rule.listener, rule.priority


def irreversible_before_hold(timeline: Timeline) -> Iterator[Hazard]:
    """A step removes something of the start before the hold in which a person would look at the result."""
    holds = [transition.index for transition in timeline.transitions if transition.step.do == "hold"]
    for transition in timeline.transitions:
        hold = next((index for index in holds if index > transition.index), None)
        if hold is not None and (lost := _removed(timeline, transition)):
            text = f"{lost} is removed before the hold at step {hold + 1}, so the hold cannot roll it back"
            remedy = f"move this step behind the hold at step {hold + 1}"
            where = transition.address(NOBODY)
            yield Hazard("irreversible-before-hold", where, text, step=transition.index, remedy=remedy)


def _removed(timeline: Timeline, transition: Transition) -> str:
    """Returns what the step removes of the start's resources."""
    for address, before, after in transition.changed:
        first = timeline.start.state.get(address)
        if first is not None and after is None:
            return str(address)
        if first is not None and before is not None and not isinstance(before, Record):
            lost = (_attachments(before) - _attachments(after)) & _attachments(first)
            if lost:
                return f"{', '.join(sorted(map(str, lost)))} of {address}"
    return ""


def _attachments(resource: Resource | None) -> set[Ref | str]:
    """Everything that a resource refers to, and the open ports of a security group."""
    rules = resource.ingress if isinstance(resource, SecurityGroup) else ()
    return {*references(resource), *(f"port {rule.from_port}" for rule in rules if rule.cidr or rule.prefix_list)}


def repeated_state(timeline: Timeline) -> Iterator[Hazard]:
    """A step leads to an earlier state. Then elbplan cannot tell from AWS how much of the file is applied."""
    passed: set[str] = set(timeline.marks[:1])
    for transition, mark in zip(timeline.transitions, timeline.marks[1:], strict=False):
        if transition.step.do in ("wait", "hold"):
            continue
        if mark in passed:
            text = "this step leads back to an earlier state: after an interruption elbplan could not find its position"
            remedy = "leave the step out, or split the file in two"
            yield Hazard("repeated-state", transition.address(NOBODY), text, step=transition.index, remedy=remedy)
        passed.add(mark)
