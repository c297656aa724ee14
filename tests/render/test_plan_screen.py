"""The screen of a plan at common widths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from elbplan.core.address import Lookup
from elbplan.kinds import KINDS
from elbplan.kinds.server_endings import NO_ENDINGS
from elbplan.render.documents import stack_document
from elbplan.render.plan import PlanView, counts, plan_screen
from elbplan.render.style import Style

from .golden import assert_golden
from .plans import WEB, WEB_8080, WEB_INTERNAL, WEB_OTHER_CHECK, endings, plan

ZONE = Lookup("hosted_zone", "api.example.com")
TAKEN = {"record": {f"{ZONE}/api.example.com/CNAME": "CNAME old.example.org (TTL 300)"}}
REPLACED = [{"Name": "api.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "127.179.93.113"}]}]
PLANS: Mapping[str, tuple[Any, ...]] = {
    "create": (WEB, None),
    "nothing": (WEB, WEB),
    "update": (WEB_OTHER_CHECK, WEB),
    "replace": (WEB_8080, WEB),
    "destroy": (None, WEB),
    "hazards": (WEB, WEB_INTERNAL),
    "take-over": (WEB + "take_over: true\n", None, TAKEN),
    "restored": (None, WEB, None, NO_ENDINGS, REPLACED, True),
    "not-restored": (None, WEB, None, NO_ENDINGS, REPLACED, False),
    "destroy-keep": (None, WEB, None, endings("keep")),
    "destroy-stop": (None, WEB, None, endings("stop")),
    "destroy-terminate": (None, WEB, None, endings("terminate")),
}
COMMAND = " aws "
"""A line with a command is not wrapped, so that it can be copied."""


def screen(name, width, *, ascii=False, detail=False, **view):
    stack_plan = plan(*PLANS[name])
    style = Style(width, ascii)
    verb = "destroy" if PLANS[name][0] is None else "plan"
    lines = plan_screen(stack_plan, KINDS, style, PlanView(verb, 1.8, detail, **view))
    return [
        *lines,
        style.line(""),
        *counts([stack_plan], style, "elbplan apply specs/web.yaml" if not stack_plan.empty else ""),
    ]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", PLANS)
def test_the_screen_is_the_approved_one(name, width):
    assert_golden(f"{name}-{width}", screen(name, width))


@pytest.mark.parametrize("width", [80, 120])
def test_detail_shows_every_step_with_what_it_waits_for(width):
    assert_golden(f"replace-detail-{width}", screen("replace", width, detail=True))


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("detail", [False, True])
@pytest.mark.parametrize("name", PLANS)
def test_no_line_is_wider_than_the_screen(name, width, detail):
    wide = [line.plain for line in screen(name, width, detail=detail) if line.cell_len > width]
    assert [line for line in wide if COMMAND not in line] == []


@pytest.mark.parametrize("name", PLANS)
def test_ascii_has_no_other_characters(name):
    assert all(line.plain.isascii() for line in screen(name, 80, ascii=True, detail=True))


@pytest.mark.parametrize("width", [20, 40])
def test_a_very_narrow_screen_is_no_reason_to_fail(width):
    assert screen("replace", width, detail=True)


def test_the_counts_come_last_and_once():
    lines = [line.plain for line in screen("create", 120)]
    assert [line for line in lines if line.startswith("Plan:")] == [lines[-1]]


def test_every_action_is_told_by_symbol_and_by_word():
    text = "\n".join(line.plain for line in screen("replace", 120))
    assert "Replace 2" in text
    assert "-/+ target group" in text
    assert "Change 1" in text
    assert "~   listener" in text


def test_a_replacement_says_why_and_in_which_order():
    text = " ".join(" ".join(line.plain.split()) for line in screen("replace", 80))
    assert "why: port 80 → 8080 cannot change in place" in text
    assert text.index("expand create target_group.web") < text.index("gate wait until the targets are healthy")
    assert text.index("gate wait") < text.index("switch move traffic at listener.443") < text.index("contract delete")


def test_others_can_add_lines_about_what_it_costs():
    text = "\n".join(line.plain for line in screen("create", 80, notes=[("Cost", "$0.0325/h")]))
    assert "Cost        $0.0325/h\nDowntime" in text


def test_several_stacks_are_counted_together():
    (line,) = counts([plan(WEB), plan(None, WEB)], Style(120))
    assert line.plain == "Plan: 8 to create, 0 to change, 0 to replace, 8 to delete."


def test_control_characters_of_a_resource_do_not_reach_the_terminal():
    hostile = WEB.replace("health: /health", 'health: "/h\\e[2Jx"')
    assert "\x1b" not in "".join(line.plain for line in plan_screen(plan(hostile), KINDS, Style(120), PlanView()))


def test_a_record_that_take_over_replaces_is_shown_with_its_type_ttl_and_values():
    stack_plan = plan(*PLANS["take-over"])
    lines = [line.plain for line in plan_screen(stack_plan, KINDS, Style(100), PlanView())]
    (row,) = [index for index, line in enumerate(lines) if "A alias to load_balancer.main" in line]
    assert lines[row + 1].strip() == "replaces: CNAME old.example.org (TTL 300)"
    (text,) = stack_document(stack_plan)["replaced"].values()
    assert text == "CNAME old.example.org (TTL 300)"


RECORD = "record.api.example.com"


@pytest.mark.parametrize(("name", "restored"), [("restored", True), ("not-restored", False)])
def test_the_document_says_what_comes_back_and_what_does_not(name, restored):
    document = stack_document(plan(*PLANS[name]))
    old, why = "A 127.179.93.113 (TTL 60)", "without `restore: true` it does not come back"
    back, gone = ({RECORD: old}, {}) if restored else ({}, {RECORD: f"{old}; {why}"})
    assert (document["restored"], document["not_restored"]) == (back, gone)


def test_a_server_that_a_destroy_ends_is_shown_with_its_name_and_what_it_is_now():
    text = "\n".join(line.plain for line in screen("destroy-stop", 120))
    assert "■ instance        i-0aaaaaaaaaaaaaaaa  server-a, t3.micro, running, not created by elbplan" in text
    assert text.splitlines()[-1].startswith("Plan: 0 to create, 0 to change, 0 to replace, 8 to delete, 2 to stop.")


def test_a_destroy_without_anything_to_do_still_says_what_is_billed():
    stack_plan = plan(None, None, None, endings("keep"))
    text = "\n".join(line.plain for line in plan_screen(stack_plan, KINDS, Style(120), PlanView("destroy")))
    assert "Nothing to do: AWS has no resources of this stack." in text
    assert "aws ec2 release-address --region ap-northeast-2 --allocation-id eipalloc-0123456789abcdef0" in text
