"""Rules without a name are told apart by what they say, not by where they stand."""

from __future__ import annotations

import re

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.kinds.aws.actions import Respond
from elbplan.kinds.aws.conditions import Condition
from elbplan.kinds.rule import Rule, attach_only_rule
from elbplan.kinds.unnamed_rules import kept_addresses, readdressed

from .kit import LISTENER


def rule(path: str, priority: int, status: str = "404") -> Rule:
    conditions = (Condition(field="path-pattern", values=(path,)),)
    return Rule(listener=AwsId(LISTENER), priority=priority, conditions=conditions, action=Respond(status=status))


def numbered(*paths: str, half: str = "") -> dict[Address, Rule]:
    """Rules as a spec numbers them: by their place."""
    return {Address("rule", f"80-r{n}{half}"): rule(path, n * 10) for n, path in enumerate(paths, 1)}


def names(wanted: dict[Address, Rule], there: dict[Address, Rule]) -> dict[str, str]:
    """What each path's rule is called."""
    kept = readdressed(wanted, kept_addresses(wanted, list(there.items())))
    return {r.conditions[0].values[0]: a.name.removeprefix("80-") for a, r in kept.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wanted", "there", "called"),
    [
        ("/a /b", "", "r1 r2"),
        ("/a /b", "/a /b", "r1 r2"),
        ("/new /a /b", "/a /b", "r3 r1 r2"),
        ("/a /new /b", "/a /b", "r1 r3 r2"),
        ("/b /a", "/a /b", "r2 r1"),
        ("/b", "/a /b", "r2"),
        ("/a /c", "/a /b", "r1 r2"),
        ("/new /newer /a", "/a", "r3 r2 r1"),
        ("/c /a", "/a /b", "r3 r1"),
    ],
)
def test_a_rule_keeps_its_address_wherever_it_stands(wanted: str, there: str, called: str) -> None:
    found = names(numbered(*wanted.split()), numbered(*there.split()))
    assert list(found.values()) == called.split()


def test_what_was_matched_once_is_matched_again() -> None:
    first, want = numbered("/a", "/b"), numbered("/new", "/a", "/b")
    there = readdressed(want, kept_addresses(want, list(first.items())))
    again = readdressed(want, kept_addresses(want, list(there.items())))
    assert set(again) == set(there)
    assert again == there


def test_another_action_leaves_a_rule_what_it_is() -> None:
    want = {Address("rule", "80-r2"): rule("/a", 20, "410"), Address("rule", "80-r1"): rule("/z", 10)}
    assert names(want, numbered("/a"))["/a"] == "r1"


def test_two_rules_of_the_same_conditions_stay_two() -> None:
    twice = numbered("/a", "/a")
    assert kept_addresses(twice, list(twice.items())) == {}
    assert len(readdressed(twice, kept_addresses(twice, list(numbered("/a").items())))) == 2


def test_a_rule_that_an_interrupted_run_has_hidden_so_far_is_found_again() -> None:
    hidden = {**numbered("/a"), Address("rule", "80-r2"): attach_only_rule(rule("/new", 5))}
    assert names(numbered("/new", "/a"), hidden) == {"/new": "r2", "/a": "r1"}


def test_named_rules_and_other_listeners_and_halves_are_left_alone() -> None:
    others = {Address("rule", "80-api"): rule("/a", 5), Address("rule", "443-r1"): rule("/a", 10)}
    assert names(numbered("/a"), others) == {"/a": "r1"}
    both = {**numbered("/x", half="-except"), **numbered("/a")}
    assert re.fullmatch(r"r1-except|r1", names(both, {})["/x"])
    assert kept_addresses(both, list(both.items())) == {}
