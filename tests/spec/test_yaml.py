"""The usual traps of YAML do not exist in specs."""

from __future__ import annotations

import pytest

from elbplan.spec.yaml.scalars import scalar_value

from .kit import problems, resource, stack, stacks

BASE = "name: x\ntargets: {instances: [i-0aaa]}\n"


@pytest.mark.parametrize(
    "text", ["on", "off", "yes", "no", "y", "22:30", "1:2:3", "2026-01-01", "010", "0o17", "0x1F", "1_000", "1e3", ".5"]
)
def test_words_that_only_yaml_1_1_converts_stay_text(text: str) -> None:
    assert scalar_value(text) == text
    assert resource(f"{BASE}tags: {{a: {text}}}", "load_balancer.main").tags == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("False", False), ("12", 12), ("-3", -3), ("1.5", 1.5), ("~", None), ("", None)]
)
def test_yaml_1_2_words_and_plain_numbers_have_their_meaning(text: str, value: object) -> None:
    assert scalar_value(text) == value


def test_keys_are_text_whatever_they_look_like() -> None:
    text = BASE + 'tags: {on: a, 443: b, "null": c, 1.0: d}'
    assert resource(text, "load_balancer.main").tags == {"on": "a", "443": "b", "null": "c", "1.0": "d"}


def test_the_problem_of_a_duplicate_key_has_both_lines() -> None:
    (problem,) = problems(BASE + "region: eu-west-1\nregion: eu-west-2\n")
    assert (problem.line, problem.what) == (4, 'this map has the key "region" twice')
    assert "line 3" in problem.hint


def test_the_keys_of_a_map_override_merged_keys() -> None:
    text = "name: x\nx-a: &a {port: 81, drain: 5s}\ntargets: {<<: *a, port: 82, instances: [i-0aaa]}\n"
    group = resource(text, "target_group.web")
    assert (group.port, group.attributes) == (82, {"deregistration_delay.timeout_seconds": "5"})


def test_several_documents_are_several_stacks_each_with_its_line() -> None:
    loaded = stacks(f"{BASE}---\n# two\n{BASE.replace('x', 'y')}")
    assert [(stack.name, stack.line) for stack in loaded] == [("x", 1), ("y", 5)]


def test_a_byte_order_mark_is_not_part_of_the_first_key() -> None:
    assert stack("\ufeff" + BASE).name == "x"


def test_windows_line_ends_do_not_shift_lines() -> None:
    (problem,) = problems(BASE.replace("\n", "\r\n") + "prot: 80\r\n")
    assert (problem.line, problem.source) == (3, "prot: 80")


def test_deep_nesting_is_refused_at_the_place_where_it_gets_too_deep() -> None:
    (problem,) = problems("name: " + "[" * 5000)
    assert (problem.line, problem.column, problem.what) == (1, 37, "nested more than 30 levels deep")


def test_too_many_aliases_are_refused_before_they_are_copied() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 20)]
    (problem,) = problems("\n".join(lines))
    assert "after all aliases are copied" in problem.what


def test_too_many_merges_are_refused_before_they_are_done() -> None:
    keys = ", ".join(f"k{i}: v" for i in range(100))
    (problem,) = problems(f"a: &a {{{keys}}}\nb: {{<<: [{', '.join(['*a'] * 1000)}]}}\n")
    assert "after all aliases are copied" in problem.what


@pytest.mark.parametrize("bad", ["&a [*a]", "&a {b: *a}"])
def test_an_alias_inside_its_own_anchor_is_refused(bad: str) -> None:
    (problem,) = problems(f"{BASE}tags: {bad}\n")
    assert problem.what == "the alias *a has no anchor &a before it"


@pytest.mark.parametrize("escape", [r"\UFFFFFFFF", r"\ud800", r"\q"])
def test_escapes_that_are_not_characters_are_refused(escape: str) -> None:
    assert problems(f'{BASE}tags: {{a: "{escape}"}}\n')[0].line == 3


def test_a_number_that_is_too_large_is_refused() -> None:
    (problem,) = problems("name: x\ntargets: {instances: [i-0aaa], port: " + "9" * 5000 + "}\n")
    assert problem.what == "this number is too large"


def test_a_message_has_the_code_of_a_control_character_and_not_the_character() -> None:
    (problem,) = problems("name: \x1b[31mx\n")
    assert (problem.line, problem.column) == (1, 7)
    assert "U+001B" in problem.what
    assert "\x1b" not in str(problem)


def test_the_hint_for_an_unquoted_star_at_or_bang_is_to_quote_it() -> None:
    for text, hint in (("*.x.com", '"*.x.com"'), ("@x", '"@x"'), ("!x", '"!x"')):
        (problem,) = problems(f"name: x\ndomain: {text}\n")
        assert hint in problem.hint


def test_a_quoted_number_is_accepted_as_a_number() -> None:
    assert resource('name: x\ntargets: {instances: [i-0aaa], port: "81"}', "target_group.web").port == 81
