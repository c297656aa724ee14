"""What stands only during a change gets a priority that nobody on its listener has or wants."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan
from elbplan.planner.rollback import rollback_target

from .kit import alive, desired, id_of, plan, step

HEAD = """
name: shop
region: eu-west-1
zones: [a, c]
servers: {web: {count: 1}, api: {count: 1}}
groups: {web: {servers: web, port: 80}, api: {servers: api, port: 81}}
listeners:
"""
CLOSED = """
name: shop
region: eu-west-1
zones: [a, c]
listeners:
  - listen: 80/http
    respond: 503
    rules:
"""
OPEN = HEAD + "  - listen: 80/http\n    forward: web\n    rules:\n"
A_SHUT = "      - {name: one, path: /a/*, respond: 503}\n"
A_OPEN = "      - {name: one, path: /a/*, forward: api}\n"
MAINTENANCE, SITE = CLOSED + A_SHUT, OPEN + A_OPEN
LISTENER = Address("listener", "80")


def priorities(plan: Plan) -> dict[str, int]:
    """Of every rule, at every moment of the plan; fails where two of them would have one."""
    state: dict[Address, Any] = {a: live.model for a, live in plan.lives.items() if a.kind == "rule"}
    seen: dict[str, int] = {}
    for one in plan.steps:
        if one.do == "delete":
            state.pop(one.address, None)
        elif one.address.kind == "rule" and one.after is not None:
            state[one.address] = one.after
        for address, priority in one.moves.items():
            state[address] = state[address].model_copy(update={"priority": priority})
        places = [model.priority for model in state.values()]
        assert len(set(places)) == len(places), one.id
        seen |= {address.name: model.priority for address, model in state.items()}
    return seen


def test_a_maintenance_page_becomes_a_site_though_two_rules_need_help_at_once() -> None:
    drawn = plan(desired(SITE), alive(desired(MAINTENANCE)))
    assert "priority" not in {hazard.name for hazard in drawn.hazards}
    found = priorities(drawn)
    assert found["80-gate"] != found["80-one-gate"]


@pytest.mark.parametrize("held", [50000, 49999])
def test_a_users_rule_may_hold_the_last_priorities(held: int) -> None:
    more = f"      - {{name: last, path: /z, respond: 404, priority: {held}}}\n"
    drawn = plan(desired(SITE + more), alive(desired(MAINTENANCE + more)))
    assert not drawn.hazards
    assert priorities(drawn)["80-last"] == held


def test_a_priority_that_is_only_wanted_is_left_free() -> None:
    more = "      - {name: last, path: /z, respond: 404, priority: 50000}\n"
    assert priorities(plan(desired(SITE + more), alive(desired(MAINTENANCE))))["80-last"] == 50000


def test_a_strangers_priority_is_left_to_him() -> None:
    strangers = {f"{id_of(LISTENER)}/{number}": f"arn:aws:a-stranger-{number}" for number in (50000, 49999, 49998)}
    drawn = plan(desired(SITE), alive(desired(MAINTENANCE)), names_in_use={"rule": strangers})
    found = priorities(drawn)
    assert {found["80-gate"], found["80-one-gate"]} == {49997, 49996}


def test_rules_that_are_parked_stay_clear_of_helpers() -> None:
    """One rule's place is taken by a new one that comes early, a doomed one is in the way, and a helper stands by."""
    before = CLOSED + "      - {name: x, path: /x, respond: 404}\n      - {name: y, path: /y, respond: 404}\n"
    drawn = plan(desired(OPEN + A_OPEN + "      - {name: b, path: /b, forward: api}\n"), alive(desired(before)))
    priorities(drawn)
    assert "priority" not in {hazard.name for hazard in drawn.hazards}


def interrupted(drawn: Plan) -> list[LiveResource[Any]]:
    """What is there once all of the first stage is done: the next run finds its helpers by their tags."""
    lives = alive({**desired(MAINTENANCE)})
    made = [one for one in drawn.steps if one.do == "create" and one.phase == "expand"]
    return lives + alive({one.address: one.after for one in made if one.after is not None})


def test_an_interrupted_run_finds_its_helpers_again_where_they_are() -> None:
    drawn = plan(desired(SITE), alive(desired(MAINTENANCE)))
    again = plan(desired(SITE), interrupted(drawn))
    assert not [one.id for one in again.steps if one.do in ("create", "reorder") and one.address.name.endswith("-gate")]
    for name in ("80-gate", "80-one-gate"):
        going = step(again, f"delete rule.{name}")
        assert going.before == step(drawn, f"create rule.{name}").after
    priorities(again)


def test_helpers_go_when_the_change_is_taken_back_and_a_rule_that_is_called_like_one_stays() -> None:
    more = "      - {name: toll-gate, path: /z, respond: 404}\n"
    lives = {live.address: live for live in alive(desired(MAINTENANCE + more))}
    drawn = plan(desired(SITE + more), list(lives.values()))
    helpers = [one for one in drawn.steps if one.do == "create" and one.address.kind == "rule"]
    for one in helpers:
        lives[one.address] = LiveResource(one.address, str(one.address), one.after)
    back = {str(address) for address in rollback_target(lives)}
    assert {"rule.80-gate", "rule.80-one-gate"} & back == set()
    assert "rule.80-toll-gate" in back
