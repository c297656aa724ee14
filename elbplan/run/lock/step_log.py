"""Collects for the record of a run how its steps ended."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from ...core.hidden import hidden_in
from ...core.plan import Plan
from ...errors import MIN_SECRET_LENGTH, hide_values
from ..outcome import Event
from .record import RunStep

LONGEST_FAILURE = 200
"""Most characters of the reason of a failure."""


class StepLog:
    """The steps of one run that ended, in the order of their ends. Several threads may add steps."""

    def __init__(self, plan: Plan) -> None:
        self._secrets = secrets_of(plan)
        self._before = 0.0
        self._steps: list[RunStep] = []
        self._lock = threading.Lock()

    def begin(self, before: float) -> None:
        """The steps begin, so many seconds after the start of the run."""
        self._before = before

    def take(self, event: Event) -> None:
        """Gets every event; keeps the ends of steps. A step that never started has no end."""
        if event.what in ("started", "progress") or (event.what == "skipped" and not event.took):
            return
        failure = "" if event.what == "done" else " ".join(self.redacted(event.text).split()) or event.what
        step = RunStep(event.step.id, self._before + event.seconds - event.took, event.took, failure[:LONGEST_FAILURE])
        with self._lock:
            self._steps.append(step)

    def steps(self) -> tuple[RunStep, ...]:
        """The steps until now."""
        with self._lock:
            return tuple(self._steps)

    def redacted(self, text: str) -> str:
        """The text without the values of the plan's variables, which errors of AWS can quote."""
        return hide_values(text, self._secrets)


def secrets_of(plan: Plan) -> Mapping[str, str]:
    """The values of the variables in the plan, with their references."""
    return {str(text): text.reference for text in hidden_in(plan.desired) if len(text) >= MIN_SECRET_LENGTH}
