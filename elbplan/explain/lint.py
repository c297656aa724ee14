"""The findings of `elbplan lint` that are no hazards."""

from __future__ import annotations

from collections.abc import Mapping

from .explanation import Explanation, lines

GROUP = "findings of lint"

FINDINGS: Mapping[str, tuple[str, str, str]] = {
    "spec": (
        "The spec changed after the last migration was saved, and no migration covers the change.",
        "somebody changed the spec and did not save a migration\na merge took the spec of one branch",
        "elbplan plan specs/web.yaml --save NAME",
    ),
    "unused-allow": (
        "A step allows a hazard that it does not have.",
        "the step was edited, or the hazard is at another step",
        "delete the name from allow:",
    ),
}
"""By finding: its meaning, its causes, and what to do."""


def _finding(name: str) -> Explanation:
    means, causes, do = FINDINGS[name]
    see = "elbplan lint shows the file, the line and the column"
    return Explanation(name, GROUP, means, lines(causes), (see,), (do,), "docs/migrations.md")


EXPLANATIONS = tuple(map(_finding, FINDINGS))
