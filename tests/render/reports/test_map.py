"""The model of the map: columns, what changes, and what leads to what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elbplan.core.address import Address
from elbplan.core.plan import ServerLabel
from elbplan.kinds.target_states import TargetState
from elbplan.render.reports.build import stack_map
from elbplan.render.reports.live import live_plan
from elbplan.render.reports.map import StackMap
from tests.render.plans import SERVERS, WEB, WEB_8080, WEB_INTERNAL, plan
from tests.render.reports.kit import SHOP, named, shop, shop_change


def titles(map: StackMap, column: str) -> list[str]:
    return [node.title for node in map.nodes if node.column == column]


def changes(map: StackMap) -> dict[str, str]:
    return {node.id: node.change for node in map.nodes if node.change != "keep"}


def test_the_columns_are_those_of_a_request():
    map = stack_map(shop())
    assert titles(map, "name") == ["shop.example.com", "api.shop.example.com"]
    assert titles(map, "balancer") == ["my-web"]
    assert sorted(titles(map, "listener")) == ["443/HTTPS", "80/HTTP"]
    assert titles(map, "group") == ["api", "web"]
    assert len(titles(map, "target")) == 2
    assert {"lb", "api.shop.example.com, shop.example.com"} <= set(titles(map, "other"))


def test_rules_stand_by_listener_and_priority_with_the_default_last():
    map = stack_map(shop())
    rules = [(map.arriving[node.id][0].source, node.title) for node in map.column("rule")]
    assert rules == [
        ("listener.80", "default"), ("listener.443", "10"), ("listener.443", "20"), ("listener.443", "30"),
        ("listener.443", "40"), ("listener.443", "50"), ("listener.443", "default"),
    ]  # fmt: skip


def test_weights_are_shares():
    map = stack_map(shop())
    rule = map.by_id["rule.443-v1"]
    assert rule.lines == ("path /v1 or /v1/*", "forward to api 90 %, web 10 %")
    assert {edge.target: edge.label for edge in map.leaving[rule.id]} == {
        "target_group.api": "90 %",
        "target_group.web": "10 %",
    }


def test_a_replacement_is_one_box_with_both_sides():
    map = stack_map(plan(WEB_8080, WEB))
    group = map.by_id["target_group.web"]
    assert group.change == "replace"
    assert [(row.before, row.after) for row in group.fields if row.name == "port"] == [("80", "8080")]
    assert [row.name for row in group.fields if row.changed] == ["name in AWS", "port"]
    assert titles(map, "group") == ["web"]
    assert changes(map)["listener.443/default"] == "update"
    assert "listener.80" not in changes(map)


def test_what_is_deleted_is_shown_with_its_connections():
    map = stack_map(plan(None, WEB))
    assert set(changes(map).values()) == {"delete"}
    assert titles(map, "target") == [*SERVERS]
    assert {edge.change for edge in map.edges} == {"delete"}


def test_a_rule_that_goes_and_a_weight_that_moves():
    map = stack_map(shop_change())
    assert changes(map)["rule.443-beta"] == "delete"
    assert changes(map)["target_group.web"] == "replace"
    weights = {edge.target: (edge.label, edge.change) for edge in map.leaving["rule.443-v1"]}
    assert weights["target_group.api"] == ("90 % → 50 %", "update")


def test_a_new_load_balancer_is_a_replacement_and_its_children_too():
    map = stack_map(plan(WEB_INTERNAL, WEB))
    assert changes(map)["load_balancer.main"] in ("replace", "recreate")


def test_servers_have_their_names_and_their_health():
    lives = live_plan(named(plan(WEB, WEB)))
    group = Address("target_group", "web")
    found = [
        TargetState(SERVERS[0], 80, "ap-northeast-2a", "healthy"),
        TargetState(SERVERS[1], 80, "ap-northeast-2c", "unhealthy", "Target.Timeout", "Request timed out"),
    ]
    map = stack_map(lives, {group: found})
    first, second = map.column("target")
    assert (first.title, first.state, first.tone) == ("server-a", "healthy", "good")
    assert (second.title, second.state, second.tone) == ("server-c", "unhealthy", "bad")
    assert second.notes == ("Target.Timeout: Request timed out",)
    assert first.lines == (":80", SERVERS[0], "ap-northeast-2a")
    assert not changes(map)


def test_what_a_plan_would_replace_is_not_old_yet():
    map = stack_map(live_plan(plan(WEB_8080, WEB)))
    assert map.by_id["target_group.web"].lines[0] == "HTTP:80"
    assert [edge.target for edge in map.leaving["listener.443/default"]] == ["target_group.web"]
    assert not [node for node in map.nodes if "@old" in node.id]
    assert map.column("target")[0].lines == (":80",)


def test_targets_that_others_register_are_shown_too():
    spec = SHOP.replace("api: {instances: [i-0bbbbbbbbbbbbbbbb], port", "api: {port")
    lives = live_plan(plan(spec, spec))
    (box,) = [node for node in stack_map(lives).column("target") if node.address == "target_group.api"]
    assert box.title == "filled by others"
    found = {Address("target_group", "api"): [TargetState("10.0.0.7", 80, "ap-northeast-2a", "healthy")]}
    (target,) = [node for node in stack_map(lives, found).column("target") if node.address == "target_group.api"]
    assert (target.title, target.state) == ("10.0.0.7", "healthy")


def test_a_stopped_server_is_bad_news():
    made = plan(WEB)
    map = stack_map(named(made))
    assert {node.state for node in map.column("target")} == {""}
    stopped = replace(made, servers={SERVERS[0]: ServerLabel("server-a", "stopped")})
    assert next((node.state, node.tone) for node in stack_map(stopped).column("target")) == ("stopped", "bad")


@pytest.mark.parametrize("made", [plan(WEB), plan(WEB_8080, WEB), plan(None, WEB), shop(), shop_change()])
def test_every_connection_ends_at_two_boxes_and_ids_differ(made):
    map = stack_map(made)
    assert len(map.by_id) == len(map.nodes)
    assert all(edge.source in map.by_id and edge.target in map.by_id for edge in map.edges)


@pytest.mark.parametrize("made", [plan(WEB), plan(WEB_8080, WEB), plan(None, WEB), shop(), shop_change()])
def test_every_change_of_the_plan_is_in_the_map(made):
    map = stack_map(made)
    shown = {node.address for node in map.nodes if node.change != "keep"}
    assert {str(change.address) for change in made.changes} <= shown
