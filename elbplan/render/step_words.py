"""Steps of a run in words for people: `listener 443 created`, `targets web: 0 of 2 healthy`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..core.address import Address
from ..core.plan import Step, StepAction
from ..kinds import KINDS
from ..kinds.certificate import Certificate
from ..kinds.listener import Listener
from ..kinds.rule import Rule
from ..kinds.traffic import weighted
from ..run.outcome import Event
from .phases import gate_text
from .style import duration, listed
from .words import in_words, title_of

USUAL_NAME = "main"
"""The name of a resource of which a stack usually has one. Progress does not repeat it."""

RUNNING: Mapping[StepAction, str] = {
    "create": "creating",
    "update": "changing",
    "delete": "deleting",
    "stop": "stopping",
    "reorder": "changing the order",
    "moved": "renaming",
    "adopt": "adopting",
    "release": "releasing",
}
DONE: Mapping[StepAction, str] = {
    "create": "created",
    "update": "changed",
    "delete": "deleted",
    "stop": "stopped",
    "reorder": "put in order",
    "moved": "renamed",
    "adopt": "adopted",
    "release": "released",
}
FAILED: Mapping[StepAction, str] = {
    "create": "not created",
    "update": "not changed",
    "delete": "not deleted",
    "stop": "not stopped",
    "reorder": "not put in order",
    "moved": "not renamed",
    "adopt": "not adopted",
    "release": "not released",
}
ROUTES = (Listener.kind, Rule.kind)
SHORTEST_SHOWN = 1.0
"""Seconds; a shorter duration says nothing to a person."""


def resource_text(address: Address) -> str:
    """Returns `targets web`, and `load balancer` for the one with the usual name."""
    return title_of(address.kind) if address.label == USUAL_NAME else in_words(address)


def subject(step: Step) -> str:
    """Returns the resource of a step, or how many rules it puts in order."""
    if step.do == "reorder" and step.moves:
        return f"{len(step.moves)} rules of {resource_text(step.address)}"
    return resource_text(step.address)


def resources_text(steps: Iterable[Step], most: int = 4) -> str:
    """Returns the resources of steps, each once: `listener 443, targets web and 2 more`."""
    return listed(list(dict.fromkeys(subject(step) for step in steps)), most=most)


def running_text(event: Event) -> str:
    """Returns what a step does now: `listener 443: creating`, `targets web: 0 of 2 healthy`."""
    step = event.step
    if step.do == "wait":
        return f"{subject(step)}: {event.text or f'waiting until {gate_text(step, KINDS)}'}"
    return f"{subject(step)}: {event.text or RUNNING[step.do]}"


def done_text(event: Event) -> str:
    """Returns how a step ended well: `listener 443 created`, `certificate issued`, `targets web: 2 of 2 healthy`."""
    step = event.step
    if step.do == "wait":
        return f"{subject(step)}{' ' if event.text.isalpha() else ': '}{event.text or 'ready'}"
    return f"{subject(step)} {_part(step) or DONE[step.do]}"


def failed_text(event: Event) -> str:
    """Returns how a step failed: `listener 443 not created: AWS refused CreateListener`."""
    step = event.step
    if step.do == "wait":
        return f"{subject(step)}: {event.text}"
    return f"{subject(step)} {FAILED[step.do]}: {event.text}"


def next_text(step: Step) -> str:
    """Returns what a step will do: `create listener 443`, `wait until the targets are healthy`."""
    if step.do == "wait":
        return f"wait until {gate_text(step, KINDS)}"
    verb = {"update": "change", "moved": "rename", "reorder": "put in order"}.get(step.do, step.do)
    return f"{verb} {subject(step)}"


def _part(step: Step) -> str:
    """The part of an update that has several steps: a route first gets its new group, and loses the old one last."""
    if step.do != "update":
        return ""
    if isinstance(step.after, Certificate) and isinstance(step.before, Certificate):
        if step.after.fingerprints != step.before.fingerprints:
            return "imported again"
        if not step.before.proofs:
            return "validation records created"
    if step.address.kind in ROUTES and step.phase == "expand":
        return "prepared"
    if step.address.kind in ROUTES and step.phase == "switch" and weighted(step.before) != weighted(step.after):
        return "switched"
    return {"contract": "cleaned up", "protect": "protected"}.get(step.phase, "")


def took_text(event: Event) -> str:
    """Returns the duration of an ended step; empty for a short one."""
    return duration(event.took) if event.took >= SHORTEST_SHOWN else ""


def expectations(event: Event) -> Sequence[str]:
    """Returns how long a wait usually takes and when it ends; then the same in fewer words."""
    usual = "usually " + re.sub(r"(?<=\d)-(?=\d)", " to ", event.usual) if event.usual else ""
    gives_up = f"gives up at {duration(event.gives_up)}" if event.gives_up else ""
    return [text for text in (", ".join(part for part in (usual, gives_up) if part), gives_up) if text]
