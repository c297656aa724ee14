"""Every text becomes a valid name of a stack."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elbplan.spec import load_text
from elbplan.spec.yaml.tree import Source
from elbplan.starter.names import is_stack_name, stack_name
from elbplan.starter.write import text_value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my-web", "my-web"),
        ("My Shop", "my-shop"),
        ("한글", "my-web"),
        ("한글 shop", "shop"),
        ("Müller & Söhne", "muller-sohne"),
        ("2024-07 site", "site"),
        ("12345", "my-web"),
        ("a" * 40, "a" * 24),
        ("abcdefghijklmnopqrstuvw-xyz", "abcdefghijklmnopqrstuvw"),
        ("---", "my-web"),
        ("", "my-web"),
        ("sg-123", "sg-123-2"),
        ("web_v2.0", "web-v2-0"),
        ("False", "false"),
    ],
)
def test_a_folder_gives_a_name(text: str, name: str) -> None:
    assert stack_name(text) == name


@settings(deadline=None)
@given(st.text(max_size=60), st.sets(st.sampled_from(["my-web", "a", "my-web-2", "a-2"])))
def test_every_text_gives_a_name_that_is_free(text: str, in_use: set[str]) -> None:
    name = stack_name(text, in_use)
    assert name not in in_use
    assert is_stack_name(name)
    spec = f"name: {text_value(name)}\nregion: eu-west-1\ntargets: {{instances: [i-0aaaaaaaa]}}\n"
    assert load_text(Source("spec.yaml", spec))[0].name == name


def test_a_long_name_that_is_in_use_gets_a_number_and_stays_short() -> None:
    assert stack_name("x" * 30, {"x" * 24}) == "x" * 22 + "-2"
