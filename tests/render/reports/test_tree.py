"""The map as a tree of text."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from elbplan.core.address import Address
from elbplan.core.plan import ServerLabel
from elbplan.kinds.target_states import TargetState
from elbplan.render.reports.build import stack_map
from elbplan.render.reports.live import live_plan
from elbplan.render.reports.tree import tree_lines
from elbplan.render.style import Style
from tests.render.golden import assert_golden
from tests.render.plans import SERVERS, plan
from tests.render.reports.kit import SHOP, named, shop_change

STATES = {
    Address("target_group", "web"): [TargetState(SERVERS[0], 8080, "ap-northeast-2a", "healthy")],
    Address("target_group", "api"): [
        TargetState(SERVERS[1], 80, "ap-northeast-2c", "unhealthy", "Target.Timeout", "Request timed out")
    ],
}


def test_the_tree_of_a_live_stack():
    map = stack_map(live_plan(named(plan(SHOP, SHOP))), STATES)
    assert_golden("map-80", tree_lines(map, Style(width=80)))
    assert_golden("map-ascii", tree_lines(map, Style(width=80, ascii=True)))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_screen_and_80_columns(width):
    from dataclasses import replace

    long = replace(plan(SHOP, SHOP), servers={id: ServerLabel("서버" * 15, "running") for id in SERVERS})
    lines = tree_lines(stack_map(live_plan(long), STATES), Style(width=width))
    assert max(cell_len(line.plain) for line in lines) <= min(width, 80)


def test_changes_have_their_symbols():
    text = "\n".join(line.plain for line in tree_lines(stack_map(shop_change()), Style(width=80)))
    assert "+/- target group web" in text
    assert "- 30" in text
