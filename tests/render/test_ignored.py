"""A plan names what differs from the spec and stays because of `ignore:`."""

from __future__ import annotations

import pytest

from elbplan.kinds import KINDS
from elbplan.render.documents import stack_document
from elbplan.render.plan import plan_screen
from elbplan.render.plan_view import PlanView
from elbplan.render.style import Style

from .plans import WEB, plan

GROUPS = (
    WEB
    + """
groups: {{green: {{instances: [i-0aaaaaaaaaaaaaaaa], port: 80}}}}
listeners: [{{listen: 443/https, forward: {{web: {0}, green: {1}}}}}]
"""
)
WEIGHTS = "ignore: ['listener.443.action.groups[*].weight']\n"
CHECK = "ignore: [target_group.web.health]\n"


@pytest.mark.parametrize(
    ("after", "before", "line"),
    [
        (
            GROUPS.format(100, 0) + WEIGHTS,
            GROUPS.format(60, 40),
            "target group web 100 → forward to target group green 40",
        ),
        (WEB + CHECK, WEB.replace("/health", "/up"), "target group web, health: path /health → /up (spec → AWS"),
        (
            WEB.replace("port: 80", "port: 80\n  sticky: 1h") + CHECK,
            WEB.replace("/health", "/up"),
            "path /health → /up",
        ),
    ],
)
def test_one_line_says_what_stays(after: str, before: str, line: str) -> None:
    drawn = plan(after, before)
    text = " ".join(" ".join(row.plain for row in plan_screen(drawn, KINDS, Style(120), PlanView())).split())
    assert "Ignored " in text
    assert line in text
    assert [len(each["fields"]) for each in stack_document(drawn)["ignored"]] == [1]


def test_nothing_that_is_equal_is_named() -> None:
    assert plan(WEB + CHECK, WEB).ignored == ()
    assert plan(WEB, WEB.replace("/health", "/up")).ignored == ()
