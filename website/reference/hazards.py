"""The page of all hazards, from the explanations of `elbplan explain`."""

from __future__ import annotations

from elbplan.explain.explanation import Explanation
from elbplan.explain.hazards import EXPLANATIONS

from . import markdown
from .markdown import code, table

INTRODUCTION = """A hazard is a risk of a plan, with a name. `plan` shows it, `lint` finds it in
[migrations](../migrations.md#hazards), and `apply` refuses until `--allow NAME` allows it. `elbplan explain NAME`
prints what stands here."""


def page() -> str:
    overview = table(("hazard", "meaning"), ((f"[`{each.word}`](#{each.word})", each.means) for each in EXPLANATIONS))
    return markdown.page("Hazards", INTRODUCTION, overview, *map(section, EXPLANATIONS))


def section(hazard: Explanation) -> str:
    causes = "\n".join(f"* {cause}" for cause in hazard.causes)
    instead = "\n".join(f"* {remedy}" for remedy in hazard.do if "--allow" not in remedy)
    parts = [f"## {hazard.word}", hazard.means, f"Caused by:\n\n{causes}", f"Instead:\n\n{instead}"]
    return "\n\n".join([*parts, f"To accept it: {code(f'--allow {hazard.word}')}"])
