"""A difference between AWS and the spec as a sentence."""

from __future__ import annotations

import pytest

from elbplan.render.drift import drift_sentences

from .plans import WEB, plan

LISTENERS = WEB + "listeners: [443]\n"
CASES = {
    "path": (WEB, WEB.replace("/health", "/up"), ["health check path is /up, the spec says /health"]),
    "codes": (
        WEB.replace("health: /health", "health: {path: /health, codes: 200-204}"),
        WEB,
        ["health check codes are 200-299, the spec says 200-204"],
    ),
    "servers": (
        WEB,
        WEB.replace(", i-0bbbbbbbbbbbbbbbb", ""),
        ["targets: i-0bbbbbbbbbbbbbbbb is not registered"],
    ),
    "one server too many": (
        WEB.replace(", i-0bbbbbbbbbbbbbbbb", ""),
        WEB,
        ["targets: i-0bbbbbbbbbbbbbbbb is registered, and the spec does not name it"],
    ),
    "tags": (
        WEB + "tags: {team: shop}\n",
        WEB + "tags: {team: web}\n",
        ["tag team is web, the spec says shop"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_sentence_for_each_difference(name: str) -> None:
    after, before, sentences = CASES[name]
    found = drift_sentences(plan(after, before))
    assert [sentence for sentence in sentences if not any(each.endswith(sentence) for each in found)] == [], found


def test_a_missing_resource_and_one_too_many() -> None:
    http_only = WEB.replace("domain: api.example.com\n", "")
    missing = drift_sentences(plan(WEB, http_only))
    assert "listener 443 does not exist" in missing
    assert "certificate does not exist" in missing
    assert "listener 443 is not in the spec" in drift_sentences(plan(http_only, WEB))


def test_nothing_to_tell_about_a_stack_in_sync() -> None:
    assert drift_sentences(plan(WEB, WEB)) == []
