"""Asks the questions of `elbplan init` at the terminal."""

from __future__ import annotations

from typing import TypeVar

from ..errors import Declined
from ..render.starter import question_rows
from ..starter.questions import Ask, InvalidAnswer, Question, answer_default
from .context import App
from .plans import style_for

T = TypeVar("T")


def asker(app: App, *, defaults: bool) -> Ask:
    """Returns what answers the questions: the person at the terminal, or the defaults. Raises Declined."""
    if defaults:
        return answer_default
    if not app.terminal.can_ask:
        raise Declined("elbplan cannot ask: stdin is not a terminal", hint="--defaults asks nothing")
    return PersonAtTerminal(app)


class PersonAtTerminal:
    """Asks until an answer fits. Raises Declined at the end of the input."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, question: Question[T], /) -> T:
        terminal = self._app.terminal
        terminal.show(question_rows(question, style_for(self._app, terminal.stderr)), terminal.stderr)
        while True:
            answer = terminal.ask_or_end(f"{question.text} [{question.default}]: ")
            if answer is None:
                raise Declined("the input ended before the last question; nothing is written")
            try:
                return question.read(answer or question.default)
            except InvalidAnswer as reason:
                terminal.err(f"  {reason}")
