"""A plan of many rules takes little more work than in proportion to their number, counted in calls of functions."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.kind import LiveResource
from elbplan.core.resource import Resource
from elbplan.kinds import KINDS
from elbplan.planner.reconcile import reconcile

from .kit import REGION, alive, desired


def spec(rules: int, path: str = "p") -> str:
    groups = rules // 10
    lines = [f"      - {{name: r{i}, path: /{path}{i}/*, forward: g{i % groups}}}" for i in range(rules)]
    named = [f"  g{i}: {{instances: [i-0{i:016x}], port: {8000 + i}, health: /health}}" for i in range(groups)]
    top = f"name: big\nregion: {REGION}\nlisteners:\n  - listen: 80\n    forward: g0\n    rules:"
    return "\n".join([top, *lines, "groups:", *named]) + "\n"


def calls(wanted: Mapping[Address, Resource], live: Sequence[LiveResource[Any]]) -> int:
    """How many Python functions a plan calls."""
    number = 0

    def count(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal number
        number += event == "call"

    sys.setprofile(count)
    try:
        reconcile("big", wanted, live, KINDS, region=REGION, account="1")
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("change", ["all new", "every rule's path changes", "all go"])
def test_four_times_the_rules_take_less_than_eight_times_the_work(change: str) -> None:
    work = []
    for rules in (60, 240):
        before = [] if change == "all new" else alive(desired(spec(rules)))
        after = {} if change == "all go" else desired(spec(rules, "q"))
        work.append(calls(after, before))
    assert work[1] < 8 * work[0], work
