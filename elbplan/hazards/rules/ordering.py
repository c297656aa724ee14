"""The order of a file's steps: priority, noreturn, loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...core.address import Address, Ref
from ...core.hazard import Hazard
from ...core.resource import references
from ...kinds.traffic import alias_target_of
from ..timeline import NOBODY, Timeline, Transition

RulePlace = tuple[Ref, int]
"""A listener and a priority there."""


def priority_conflict(film: Timeline) -> Iterator[Hazard]:
    """Two rules that want one place."""
    places: dict[RulePlace, frozenset[str]] = {}
    for address, rule in film.start.of("rule"):
        places[_place(rule)] = places.get(_place(rule), frozenset()) | {str(address)}
    for frame in film.transitions:
        for (listener, number), names in _moved(places, frame).items():
            there = places[listener, number]
            if len(there) > 1 and there != names:
                text = f"{' and '.join(sorted(there))} both have priority {number} of {listener}"
                safe = (
                    "let rules change places in one step: - {do: reorder, what: LISTENER, set: {RULE: PRIORITY, ...}}"
                )
                yield Hazard("priority-conflict", frame.address(NOBODY), text, step=frame.index, remedy=safe)


def _moved(places: dict[RulePlace, frozenset[str]], frame: Transition) -> dict[RulePlace, frozenset[str]]:
    """Brings the places up to date with a step; who stood before in each place that it touches."""
    touched: dict[RulePlace, frozenset[str]] = {}
    changed = [one for one in frame.changed if one[0].kind == "rule"]
    for rule in (rule for _, *sides in changed for rule in sides if rule is not None):
        touched[_place(rule)] = places.setdefault(_place(rule), frozenset())
    for address, rule, _ in changed:
        if rule is not None:
            places[_place(rule)] -= {str(address)}
    for address, _, rule in changed:
        if rule is not None:
            places[_place(rule)] |= {str(address)}
    return touched


def _place(rule: Any) -> RulePlace:
    return rule.listener, rule.priority


def irreversible_before_hold(film: Timeline) -> Iterator[Hazard]:
    """Something of the start is let go, and only then somebody looks whether all is well."""
    holds = [frame.index for frame in film.transitions if frame.step.do == "hold"]
    for frame in film.transitions:
        hold = next((index for index in holds if index > frame.index), None)
        if hold is not None and (lost := _let_go(film, frame)):
            text = f"{lost} is let go before the hold at step {hold + 1}, so there is no way back from the hold"
            safe = f"move this step behind the hold at step {hold + 1}"
            yield Hazard("irreversible-before-hold", frame.address(NOBODY), text, step=frame.index, remedy=safe)


def _let_go(film: Timeline, frame: Transition) -> str:
    """What a step takes of that which was there at the start."""
    for address, before, after in frame.changed:
        first = film.start.state.get(address)
        if first is not None and after is None:
            return str(address)
        if first is not None and before is not None and alias_target_of(before) is None:
            lost = (_held(before) - _held(after)) & _held(first)
            if lost:
                return f"{', '.join(sorted(map(str, lost)))} of {address}"
    return ""


def _held(resource: Any) -> set[Any]:
    """What a resource is attached to, and the openings of a security group."""
    openings = {f"port {o.from_port}" for o in getattr(resource, "ingress", ()) if o.cidr or o.prefix_list}
    return {*references(resource), *openings}


def repeated_state(film: Timeline) -> Iterator[Hazard]:
    """A state that was there before: by looking nobody can tell where to go on."""
    passed: set[str] = set(film.marks[:1])
    for frame, mark in zip(film.transitions, film.marks[1:], strict=False):
        if frame.step.do not in ("wait", "hold"):
            if mark in passed:
                text = "this step leads to a state that was there before: where to go on could not be told"
                safe = "leave the step out, or split the file in two"
                yield Hazard("repeated-state", frame.step.what or Address("", ""), text, step=frame.index, remedy=safe)
            passed.add(mark)
