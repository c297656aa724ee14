"""While a replacement is only planned, the old side is the resource itself."""

from __future__ import annotations

from elbplan.core.address import Address
from elbplan.explain.current import current_lives
from elbplan.kinds.traffic import attached_groups

from ..render.plans import WEB, WEB_8080, plan

GROUP, LISTENER = Address("target_group", "web"), Address("listener", "443")


def test_the_old_side_of_a_planned_replacement_serves_under_its_own_name() -> None:
    planned = plan(WEB_8080, WEB)
    assert GROUP not in planned.lives, "the plan calls it the old side"
    lives = current_lives(planned.lives)
    assert lives[GROUP].id == planned.lives[GROUP._replace(deposed="old")].id
    assert GROUP in attached_groups(lives[LISTENER].model)


def test_an_old_side_beside_its_new_one_keeps_its_mark() -> None:
    planned, old = plan(WEB_8080, WEB), GROUP._replace(deposed="old")
    both = {**planned.lives, GROUP: planned.lives[old]}
    assert {GROUP, old} <= set(current_lives(both))
