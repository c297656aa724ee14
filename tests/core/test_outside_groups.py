"""When a group that others fill is waited for: where requests that are answered today come to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from elbplan.core.address import Address
from elbplan.core.kind import LiveResource

from .kit import alive, desired, ids, plan

HEAD = "name: shop\nregion: eu-west-1\nzones: [a, c]\n"
NAMED = HEAD + "domain: api.example.com\ntake_over: true\ngroups: {web: {port: 80}}\n"
BARE = HEAD + "groups: {web: {port: 80}}\n"
OTHER_PORT = BARE.replace("port: 80", "port: 8080")
RECORD = "Z0123456789ABC/api.example.com/A"
WAIT, LEFT = "wait target_group.web healthy", "empty"


def counted(spec: str, registered: str) -> list[LiveResource[Any]]:
    """A stack of which AWS says how many targets its group has."""
    group = Address("target_group", "web")
    facts = {"registered": registered, "healthy": registered}
    return [replace(one, facts=facts) if one.address == group else one for one in alive(desired(spec))]


def test_a_name_that_is_answered_by_something_else_today_moves_only_to_healthy_targets() -> None:
    drawn = plan(desired(NAMED), [], names_in_use={"record": {RECORD: "arn:aws:an-instance"}})
    assert ids(drawn).index(WAIT) < ids(drawn).index("create record.api.example.com")
    assert WAIT not in ids(plan(desired(NAMED), []))


def test_a_group_that_may_serve_counts_as_one_that_does() -> None:
    """Files are planned without AWS, so nobody knows how many targets there are."""
    drawn = plan(desired(OTHER_PORT), alive(desired(BARE)))
    assert WAIT in ids(drawn)
    assert [id for id in ids(drawn) if id.endswith(LEFT)]
    assert not drawn.hazards


def test_an_empty_group_makes_way_at_once() -> None:
    drawn = plan(desired(OTHER_PORT), counted(BARE, "0"))
    assert not [id for id in ids(drawn) if id.startswith("wait target_group")]
    assert not drawn.hazards
    assert WAIT in ids(plan(desired(OTHER_PORT), counted(BARE, "2")))


def test_a_new_port_of_the_balancer_waits_for_nobody() -> None:
    groups = BARE.replace("web: {port: 80}", "web: {port: 80}, api: {port: 81}")
    listeners = "listeners:\n  - {listen: 80/http, forward: web}\n"
    more = listeners + "  - {listen: 8080/http, forward: api}\n"
    drawn = plan(desired(groups + more), alive(desired(BARE + listeners)))
    assert not [id for id in ids(drawn) if id.startswith("wait target_group")]
    assert not drawn.hazards


def test_a_maintenance_page_gives_way_only_to_healthy_targets_of_others() -> None:
    page = HEAD + "listeners: [{listen: 80/http, respond: 503}]\n"
    drawn = plan(desired(BARE), alive(desired(page)))
    switch = next(step.id for step in drawn.steps if step.do == "update" and step.phase == "switch")
    assert ids(drawn).index(WAIT) < ids(drawn).index(switch)
    assert not drawn.hazards
