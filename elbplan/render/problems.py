"""Stacks that have no plan, or a plan that elbplan does not carry out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from ..core.plan import Refusal
from ..errors import ElbplanError, SpecProblem
from .errors import Redact
from .layout import flow
from .style import Style, count


def problem_screen(
    verb: str, stack: str, region: str, problem: ElbplanError, style: Style, redact: Redact, *, same_as: str = ""
) -> list[Text]:
    """Returns the screen of a stack without a plan. `same_as`: a stack above has the same problem."""
    place = f" · {region}" if region else ""
    head = style.line((f"elbplan {verb}", "dim"), " · ", (stack, "bold"), place)
    if same_as:
        return [head, *flow(style, _label(style, "error"), f"the same as for {same_as} above")]
    return [head, *problem_lines(problem, style, redact)]


def problem_lines(problem: ElbplanError, style: Style, redact: Redact) -> list[Text]:
    """Returns the problem and its hint. The lines of a wrong spec stay as they are."""
    if isinstance(problem, SpecProblem):
        return [style.line(line) for line in redact(problem.what).split("\n")]
    lines = [line for what in redact(problem.what).split("\n") for line in flow(style, _label(style, "error"), what)]
    if problem.hint:
        lines += flow(style, style.line("  hint: "), redact(problem.hint))
    return lines


def _label(style: Style, word: str) -> Text:
    return style.line((f"{word}: ", "bold red"))


def refusal_lines(refusals: Sequence[Refusal], style: Style, prepare: str = "") -> list[Text]:
    """Returns why elbplan does not carry a plan out; equal hints once. `prepare` creates what is absent."""
    lines = [Text(), style.line((f"Refused {len(refusals)}", "bold red"))] if refusals else []
    for index, refusal in enumerate(refusals):
        for what in refusal.what.split("\n"):
            lines += flow(style, style.line("  "), what)
        later = refusals[index + 1 : index + 2]
        if refusal.hint and not any(other.hint == refusal.hint for other in later):
            lines += flow(style, style.line("    hint: "), refusal.hint)
    if prepare and any(refusal.absent for refusal in refusals):
        lines += flow(style, style.line("    hint: "), f"{PREPARE} `{prepare}`")
    return lines


PREPARE = "to create it in the sandbox:"


def failures_text(failed: int, refused: int) -> str:
    """Returns `1 stack failed, 2 stacks are refused.`"""
    parts = [f"{count(failed, 'stack')} failed"] if failed else []
    if refused:
        parts.append(f"{count(refused, 'stack')} {'is' if refused == 1 else 'are'} refused")
    return f"{', '.join(parts)}." if parts else ""


def refusal_documents(refusals: Sequence[Refusal]) -> list[Mapping[str, str]]:
    """Returns the refusals in a JSON document."""
    return [{"what": refusal.what, "hint": refusal.hint} for refusal in refusals]
