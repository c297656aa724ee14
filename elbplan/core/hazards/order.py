"""The order of a file's steps: priority, noreturn, loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..address import Address, Ref
from ..resource import references
from ..routes import leads_to
from .film import NOBODY, Film, Frame
from .hazard import Hazard
from .world import World


def priority(film: Film) -> Iterator[Hazard]:
    """Two rules that want one place."""
    for frame in film.frames:
        before = {(listener, place): names for listener, place, names in _twice(frame.before)}
        for listener, place, names in _twice(frame.after):
            if before.get((listener, place)) != names:
                text = f"{' and '.join(names)} both have priority {place} of {listener}"
                safe = "let rules change places in one step: - {do: move, what: LISTENER, set: {RULE: PRIORITY, ...}}"
                yield Hazard("priority", frame.address(NOBODY), text, step=frame.index, safe=safe)


def _twice(world: World) -> Iterator[tuple[Ref, int, tuple[str, ...]]]:
    places: dict[tuple[Ref, int], list[str]] = {}
    for address, rule in world.of("rule"):
        places.setdefault((rule.listener, rule.priority), []).append(str(address))
    for (listener, place), names in places.items():
        if len(names) > 1:
            yield listener, place, tuple(sorted(names))


def noreturn(film: Film) -> Iterator[Hazard]:
    """Something of the start is let go, and only then somebody looks whether all is well."""
    holds = [frame.index for frame in film.frames if frame.cut.do == "hold"]
    for frame in film.frames:
        hold = next((index for index in holds if index > frame.index), None)
        if hold is not None and (lost := _let_go(film, frame)):
            text = f"{lost} is let go before the hold at step {hold + 1}, so there is no way back from the hold"
            safe = f"move this step behind the hold at step {hold + 1}"
            yield Hazard("noreturn", frame.address(NOBODY), text, step=frame.index, safe=safe)


def _let_go(film: Film, frame: Frame) -> str:
    """What a step takes of that which was there at the start."""
    for address, before, after in frame.changed:
        first = film.start.state.get(address)
        if first is not None and after is None:
            return str(address)
        if first is not None and before is not None and leads_to(before) is None:
            lost = (_held(before) - _held(after)) & _held(first)
            if lost:
                return f"{', '.join(sorted(map(str, lost)))} of {address}"
    return ""


def _held(resource: Any) -> set[Any]:
    """What a resource is attached to, and the openings of a security group."""
    openings = {f"port {o.from_port}" for o in getattr(resource, "ingress", ()) if o.cidr or o.prefix_list}
    return {*references(resource), *openings}


def loop(film: Film) -> Iterator[Hazard]:
    """A state that was there before: by looking nobody can tell where to go on."""
    passed: set[str] = set(film.marks[:1])
    for frame, mark in zip(film.frames, film.marks[1:], strict=False):
        if frame.cut.do not in ("wait", "hold"):
            if mark in passed:
                text = "this step leads to a state that was there before: where to go on could not be told"
                safe = "leave the step out, or split the file in two"
                yield Hazard("loop", frame.cut.what or Address("", ""), text, step=frame.index, safe=safe)
            passed.add(mark)
