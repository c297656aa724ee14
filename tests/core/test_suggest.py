"""Hints for misspelled names."""

from __future__ import annotations

import pytest

from elbplan.core.suggest import closest, did_you_mean

KNOWN = ["web", "api", "Blog"]


@pytest.mark.parametrize(
    ("word", "near"), [("wbe", "web"), ("WEB", "web"), ("blgo", "Blog"), ("apis", "api"), ("shop", None), ("", None)]
)
def test_the_closest_name_is_found_in_any_case(word: str, near: str | None) -> None:
    assert closest(word, KNOWN) == near


def test_a_name_that_is_less_close_needs_a_lower_cutoff() -> None:
    assert (closest("wxyb", KNOWN), closest("wxyb", KNOWN, cutoff=0.5)) == (None, "web")


def test_a_hint_names_the_closest_or_lists_a_few() -> None:
    assert did_you_mean("wbe", KNOWN) == "did you mean web?"
    assert did_you_mean("shop", KNOWN) == "one of: Blog, api, web"
    assert did_you_mean("shop", KNOWN, most=2) == ""
    assert did_you_mean("shop", []) == ""
