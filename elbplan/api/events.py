"""What a program hears while stacks are changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..core.utc import time_text
from ..render.documents import event_document
from ..run.outcome import Event


@dataclass(frozen=True)
class StackEvent:
    """Something that happened to a stack: an event of a step, or a message.

    what      `started`, `progress`, `done`, `failed`, `skipped`; or `message`
    text      what is known of it; for a message, the message
    seconds   since the run of the stack began
    step      the event of the step; None for a message
    """

    stack: str
    what: str
    text: str
    at: str
    seconds: float = 0
    step: Event | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The line of `apply --json`; a message has no line there."""
        if self.step is None:
            return {"schema": 1, "type": self.what, "at": self.at, "stack": self.stack, "text": self.text}
        return event_document(self.stack, self.step, self.at)

    def __str__(self) -> str:
        about = f"{self.what} {self.step.step.id}" if self.step else ""
        return ": ".join(part for part in (self.stack, about, self.text) if part)


OnEvent = Callable[[StackEvent], object]
"""Gets the events of all stacks, one at a time, in the threads of the stacks."""


class Listener:
    """Passes events on. What `on_event` raises stops the stacks gently, and is kept in `fault`."""

    def __init__(self, on_event: OnEvent | None, stop: Callable[[], None], wall: Callable[[], float]) -> None:
        self._on_event, self._stop, self._wall = on_event, stop, wall
        self._lock = threading.Lock()
        self.fault: BaseException | None = None

    def tell(self, stack: str, event: Event) -> None:
        """Passes on the event of a step."""
        self._pass(StackEvent(stack, event.what, event.text, time_text(self._wall()), event.seconds, event))

    def say(self, stack: str, *lines: str) -> None:
        """Passes on a message."""
        if lines:
            self._pass(StackEvent(stack, "message", "\n".join(lines), time_text(self._wall())))

    def _pass(self, event: StackEvent) -> None:
        if self._on_event is None:
            return
        with self._lock:
            if self.fault is not None:
                return
            try:
                self._on_event(event)
            except BaseException as fault:
                self.fault = fault
                self._stop()
