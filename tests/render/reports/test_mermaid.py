"""Mermaid: valid ids, quoted labels, a class for each change."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from elbplan.render.reports.build import stack_map
from elbplan.render.reports.mermaid import MOST_NODES, escaped_label, mermaid, mermaid_of_all
from tests.render.plans import WEB, WEB_8080, plan
from tests.render.reports.kit import HOSTILE, hostile, shop, shop_change
from tests.render.reports.test_markdown import many_rules

LABEL = r'"(?:[^"<>`{}|%\\\[\]]|<br/>)*"'
LINE = re.compile(
    rf"flowchart LR|  subgraph s\d+\[{LABEL}\]|  end|\s+(?:n|more)\d+\[{LABEL}\]:::[a-z]+"
    rf"|  n\d+ (?:-->|-\.->)(?:\|{LABEL}\|)? n\d+|  classDef [a-z]+ [a-z0-9#:,\- ]+"
)


def assert_valid(text: str) -> None:
    lines = text.splitlines()
    assert lines[0] == "flowchart LR"
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    defined = set(re.findall(r"^\s+(n\d+)\[", text, re.MULTILINE))
    used = set(re.findall(r"^  (n\d+) -", text, re.MULTILINE)) | set(re.findall(r" (n\d+)$", text, re.MULTILINE))
    assert used <= defined
    assert set(re.findall(r":::(\w+)", text)) == set(re.findall(r"classDef (\w+)", text))


@pytest.mark.parametrize("made", [plan(WEB), plan(WEB_8080, WEB), plan(None, WEB), shop(), shop_change()])
def test_every_flowchart_is_valid(made):
    assert_valid(mermaid(stack_map(made)))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_others_stays_in_its_label(text):
    assert_valid(mermaid(stack_map(hostile(text))))


def test_changes_have_symbol_and_class():
    text = mermaid(stack_map(plan(WEB_8080, WEB)))
    assert re.search(r'\["#?\S*\+/- target group web<br/>HTTP:8080<br/>check /health every 30 s"\]:::replace', text)
    assert ":::keep" in text


def test_what_goes_has_a_dotted_arrow():
    assert "-.->" in mermaid(stack_map(plan(None, WEB)))


def test_several_stacks_have_a_frame_each():
    text = mermaid_of_all([stack_map(plan(WEB)), stack_map(replace(plan(WEB), stack="two"))])
    assert_valid(text)
    assert 'subgraph s1["my-web"]' in text
    assert 'subgraph s2["two"]' in text


def test_a_large_map_leaves_out_boxes_and_says_so():
    text = mermaid(stack_map(plan(many_rules(300))))
    assert_valid(text)
    assert text.count("[") == MOST_NODES + 1
    assert re.search(r"\d+ more unchanged or not shown", text)


def test_letters_of_other_scripts_stay():
    assert escaped_label("웹 서버 ü") == "웹 서버 ü"
    assert escaped_label('a"b') == "a#34;b"
