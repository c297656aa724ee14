"""elbplan explain: explain a word without AWS, or find out in AWS why something does not work."""

from __future__ import annotations

import json

import click

from ...errors import UsageProblem
from ...explain.words import EXPLANATIONS, by_group, find, nearest, spelling
from ...render.explain import explanation_document, explanation_screen, word_list
from ..context import App
from ..group import HelpFirstCommand
from ..options import shared
from ..plans import style_for

EXAMPLES = (
    "elbplan explain                              list the words that elbplan explains",
    "elbplan explain Target.Timeout               explain a reason, a code, a hazard or an error",
    "elbplan explain exit 5                       explain an exit code",
)


@click.command(
    cls=HelpFirstCommand,
    name="explain",
    examples=EXAMPLES,
    help="Explain a reason, code, hazard, exit code or error.",
)
@click.argument("words", nargs=-1, metavar="[WORD]")
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...]) -> int:
    """Prints what the word means, its usual causes, and what to do."""
    if not words:
        _list(app)
    elif explanation := find(" ".join(words)):
        if app.options.json:
            app.terminal.out(json.dumps({"schema": 1, "explanation": explanation_document(explanation)}, indent=2))
        else:
            asked = spelling(explanation, " ".join(words))
            app.terminal.show([*explanation_screen(explanation, asked, style_for(app, app.terminal.stdout))])
    else:
        near = nearest(" ".join(words))
        hint = f"did you mean elbplan explain {near}?" if near else "elbplan explain lists all words"
        raise UsageProblem(f"elbplan has no explanation for {' '.join(words)!r}", hint=hint)
    return 0


def _list(app: App) -> None:
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "words": [explanation_document(e) for e in EXPLANATIONS]}, indent=2))
    else:
        app.terminal.show([*word_list(by_group(), style_for(app, app.terminal.stdout))])
