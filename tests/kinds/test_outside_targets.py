"""A group that others fill: as many healthy targets as the older one has, and gone only when it is empty."""

from __future__ import annotations

import pytest

from elbplan.kinds.target_group import KIND, TargetGroup

from .kit import GROUP, OTHER, at, play

WEB = TargetGroup(port=80)


def look(name, *answers, beside=()):
    gate = next(gate for gate in KIND.gates if gate.name == name)
    healths = [{"TargetHealthDescriptions": [target(f"i-{n}", s) for n, s in enumerate(a)]} for a in answers]
    return play(gate.probe(WEB, at(KIND, id=GROUP, beside=beside)), {"DescribeTargetHealth": healths})[1]


def target(id, state):
    return {"Target": {"Id": id, "Port": 80}, "TargetHealth": {"State": state}}


H, U, D = "healthy", "unhealthy", "draining"


@pytest.mark.parametrize(
    ("new", "old", "state", "saw"),
    [
        ([], [H, H], "waiting", "0 of 2 healthy"),
        ([H, U], [H, H], "waiting", "1 of 2 healthy"),
        ([H, H], [H, H, U, D], "ready", "2 of 2 healthy"),
        ([H], [U, U], "ready", "1 of 1 healthy"),
        ([U], [], "waiting", "0 of 1 healthy"),
        (["unavailable"], ["unavailable"], "ready", "1 of 1 healthy"),
    ],
)
def test_a_new_group_needs_as_many_healthy_targets_as_the_older_one_has(new, old, state, saw):
    sight = look("healthy", new, old, beside=(OTHER,))
    assert sight.state == state
    assert sight.saw.startswith(saw)


def test_a_group_that_has_no_older_one_needs_one_healthy_target():
    assert look("healthy", [H]).state == "ready"
    sight = look("healthy", [])
    assert "web has no targets" in sight.saw
    assert GROUP in sight.cause
    assert "attach-traffic-sources" in sight.cause
    assert look("healthy", [U]).causes[0].targets == ("i-0",)


def test_a_group_is_empty_when_nothing_drains_either():
    assert look("empty", []).state == "ready"
    sight = look("empty", [D])
    assert (sight.state, sight.saw) == ("waiting", "web still has 1 targets")
    assert "detach-traffic-sources" in sight.cause


def test_the_gates_leave_time_for_people():
    assert all(gate.timeout >= 3600 and gate.ask for gate in KIND.gates)
