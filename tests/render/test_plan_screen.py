"""The screen of a plan at common widths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from elbplan.core.address import Address, Lookup
from elbplan.kinds import KINDS
from elbplan.kinds.aws.actions import Forward
from elbplan.kinds.server_endings import NO_ENDINGS
from elbplan.planner.reconcile import reconcile
from elbplan.render.documents import stack_document
from elbplan.render.downtime import downtime
from elbplan.render.plan import PlanView, counts, plan_screen
from elbplan.render.style import Style

from .golden import assert_golden
from .plans import (
    ACCOUNT,
    BIG,
    BIG_CHANGED,
    PINNED,
    PINNED_CROSSWISE,
    PINNED_ELSEWHERE,
    REGION,
    WEB,
    WEB_8080,
    WEB_INTERNAL,
    WEB_OTHER_CHECK,
    endings,
    lives,
    plan,
    stack,
)

ZONE = Lookup("hosted_zone", "api.example.com")
TAKEN = {"record": {f"{ZONE}/api.example.com/CNAME": "CNAME old.example.org (TTL 300)"}}
WEB_RESTORED = WEB.replace("domain: api.example.com", "domain: {name: api.example.com, take_over: true, restore: true}")
REPLACED = [{"Name": "api.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "127.179.93.113"}]}]
PLANS: Mapping[str, tuple[Any, ...]] = {
    "create": (WEB, None),
    "nothing": (WEB, WEB),
    "update": (WEB_OTHER_CHECK, WEB),
    "replace": (WEB_8080, WEB),
    "destroy": (None, WEB),
    "hazards": (WEB, WEB_INTERNAL),
    "recreate": (PINNED_CROSSWISE, PINNED),
    "moved-address": (PINNED_ELSEWHERE, PINNED),
    "take-over": (WEB + "take_over: true\n", None, TAKEN),
    "take-over-restore": (WEB_RESTORED, None, TAKEN),
    "big": (BIG_CHANGED, BIG),
    "restored": (None, WEB, None, NO_ENDINGS, REPLACED, True),
    "not-restored": (None, WEB, None, NO_ENDINGS, REPLACED, False),
    "destroy-keep": (None, WEB, None, endings("keep")),
    "destroy-stop": (None, WEB, None, endings("stop")),
    "destroy-terminate": (None, WEB, None, endings("terminate")),
}
COMMAND = "elbplan apply specs/web.yaml"
UNDO = f"{COMMAND} --rollback"


def screen(name, width, *, ascii=False, detail=False, **view):
    stack_plan = plan(*PLANS[name])
    style = Style(width, ascii)
    verb = "destroy" if PLANS[name][0] is None else "plan"
    undo = "" if verb == "destroy" else UNDO
    lines = plan_screen(stack_plan, KINDS, style, PlanView(verb, 1.8, detail, undo=undo, **view))
    return [*lines, style.line(""), *counts([stack_plan], style, COMMAND if stack_plan.steps and undo else "")]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", PLANS)
def test_the_screen_is_the_approved_one(name, width):
    assert_golden(f"{name}-{width}", screen(name, width))


@pytest.mark.parametrize("width", [60, 200])
def test_a_big_plan_is_the_approved_one_on_very_narrow_and_very_wide_screens(width):
    assert_golden(f"big-{width}", screen("big", width))


@pytest.mark.parametrize("name", ["replace", "take-over"])
def test_the_ascii_screen_is_the_approved_one(name):
    assert_golden(f"{name}-ascii-80", screen(name, 80, ascii=True))


@pytest.mark.parametrize("width", [80, 120])
def test_detail_shows_every_step_with_what_it_waits_for(width):
    assert_golden(f"replace-detail-{width}", screen("replace", width, detail=True))


@pytest.mark.parametrize("name", PLANS)
def test_ascii_has_no_other_characters(name):
    assert all(line.plain.isascii() for line in screen(name, 80, ascii=True, detail=True))


@pytest.mark.parametrize("width", [20, 40])
def test_a_very_narrow_screen_is_no_reason_to_fail(width):
    assert screen("replace", width, detail=True)


def test_the_counts_come_last_and_once():
    lines = [line.plain for line in screen("create", 120)]
    assert [line for line in lines if line.startswith("Plan:")] == [lines[-1]]


def text_of(lines):
    return "\n".join(line.plain for line in lines)


@pytest.mark.parametrize(("name", "symbol", "legend"), [
    ("create", "  + load balancer", "+ create"),
    ("update", "  ~ target group", "~ change in place"),
    ("replace", "  +/- target group", "+/- create new, then delete old"),
    ("recreate", "  -/+ load balancer", "-/+ delete old, then create new"),
    ("take-over", "  +/- record", "+/- take the name over"),
    ("destroy-stop", "  ■ instance", "■ stop"),
    ("destroy", "  - listener", "- delete"),
])  # fmt: skip
def test_a_row_begins_with_the_symbol_that_the_legend_explains(name, symbol, legend):
    lines = [line.plain for line in screen(name, 120)]
    assert [line for line in lines if line.startswith(symbol)]
    assert legend in lines[1]


def test_the_legend_has_only_the_symbols_of_this_plan():
    assert screen("replace", 120)[1].plain == "  +/- create new, then delete old"


def test_what_follows_a_replacement_is_one_line_below_it_and_counts():
    lines = [line.plain for line in screen("replace", 80)]
    row = lines.index("  +/- target group  web  port 80 → 8080 (AWS cannot change it in place)")
    assert lines[row + 1].strip() == "└ targets, listener 443 follow"
    assert lines[-1] == "Plan: 0 to create, 1 to change, 2 to replace, 0 to delete."


def test_detail_shows_what_follows_in_rows_of_its_own():
    text = text_of(screen("replace", 80, detail=True))
    assert "follow" not in text.partition("Steps")[0]
    assert "  ~   listener      443" in text
    assert "  +/- targets       web" in text


def test_the_order_is_one_numbered_line():
    text = " ".join(text_of(screen("replace", 80)).split())
    assert (
        "Order 1 create new target group 2 wait until 2 of 2 targets are healthy 3 switch listener 443 "
        "4 drain old (5 min) 5 delete old target group Undo until step 3: elbplan apply specs/web.yaml --rollback"
    ) in text


def test_the_old_side_goes_first_in_the_order_where_both_cannot_exist_together():
    assert "Order       1 delete old load balancer  2 create new load balancer" in text_of(screen("recreate", 120))


PRIVATE = ("expand", "gate", "contract", "insync", "tidy", "@old", "In this order", "target_group.", "listener.")


@pytest.mark.parametrize("name", PLANS)
def test_the_screen_has_no_word_of_the_code(name):
    text = text_of(screen(name, 120))
    assert [word for word in PRIVATE if word in text] == []


@pytest.mark.parametrize(("name", "text"), [
    ("create", "none: the stack is new"),
    ("replace", "none expected: listener 443 moves after 2 of 2 targets are healthy"),
    ("take-over", "none expected: api.example.com moves after 2 of 2 targets are healthy"),
    ("update", "none expected, but see the hazards above"),
    ("destroy", "permanent: the stack is deleted"),
])  # fmt: skip
def test_the_downtime_says_what_the_steps_do(name, text):
    assert f"Downtime    {text}\n" in text_of(screen(name, 120))


def test_a_change_of_a_security_group_alone_replaces_nothing():
    named = WEB + "tags: {team: web}\n"
    text = text_of(plan_screen(plan(named, WEB), KINDS, Style(120), PlanView()))
    assert "Downtime    none expected: all changes are in place" in text


def test_a_name_that_moves_without_a_health_check_promises_none():
    stack_plan = plan(*PLANS["take-over"])
    steps = [step for step in stack_plan.steps if step.until != "healthy"]
    assert downtime(replace(stack_plan, steps=steps)) == "none"


def test_the_cost_stands_between_the_undo_and_the_downtime():
    text = text_of(screen("replace", 80, cost=[("Cost", "$0.0325/h")]))
    assert f"Undo        until step 3: {UNDO}\nCost        $0.0325/h\nDowntime" in text


def test_warnings_are_counted_once():
    stack_plan = replace(plan(*PLANS["update"]), warnings=("first", "second"))
    text = text_of(plan_screen(stack_plan, KINDS, Style(80), PlanView()))
    assert "Warnings 2  first\n            second\n" in text


def test_a_wait_for_a_person_has_its_command_on_a_line_of_its_own():
    filled = WEB.replace("  instances: [i-0aaaaaaaaaaaaaaaa, i-0bbbbbbbbbbbbbbbb]\n", "")
    lines = [line.plain for line in plan_screen(plan(filled.replace("80", "81"), filled), KINDS, Style(80), PlanView())]
    assert [line for line in lines if line.startswith("            aws autoscaling attach-traffic-sources --auto")]


def test_a_group_left_over_from_a_replacement_says_whether_it_serves():
    (new,) = [live for live in lives(stack(WEB_8080).resources) if live.address == Address("target_group", "web")]
    there = [*lives(stack(WEB).resources), replace(new, id=f"{new.id}-2")]
    half = reconcile("my-web", stack(WEB_8080).resources, there, KINDS, region=REGION, account=ACCOUNT)
    lines = text_of(plan_screen(half, KINDS, Style(120), PlanView())).splitlines()
    row = next(line for line in lines if line.startswith("  -   target group"))
    assert row.endswith("(it serves until the new one takes over)")
    after = [live if live.address.kind != "listener" else moved(live, f"{new.id}-2") for live in there]
    late = reconcile("my-web", stack(WEB_8080).resources, after, KINDS, region=REGION, account=ACCOUNT)
    assert "(left over: nothing uses it)" in text_of(plan_screen(late, KINDS, Style(120), PlanView()))


def moved(live, group):
    """Returns the listener as it forwards to another group; the redirect stays as it is."""
    if live.model.action.type != "forward":
        return live
    action = Forward.model_validate({"groups": [{"group": group}]})
    return replace(live, model=live.model.model_copy(update={"action": action}))


@pytest.mark.parametrize(("name", "later"), [
    ("take-over", "without `restore: true`, destroy does not bring it back"),
    ("take-over-restore", "destroy brings it back"),
])  # fmt: skip
def test_a_record_that_take_over_replaces_is_shown_with_its_type_ttl_and_values(name, later):
    stack_plan = plan(*PLANS[name])
    lines = [line.plain for line in plan_screen(stack_plan, KINDS, Style(120), PlanView())]
    (row,) = [index for index, line in enumerate(lines) if "A     api.example.com → load balancer" in line]
    assert lines[row].startswith("  +/- record")
    assert lines[row + 1].strip() == f"was CNAME old.example.org (TTL 300), not elbplan's; {later}"
    (text,) = stack_document(stack_plan)["replaced"].values()
    assert text == "CNAME old.example.org (TTL 300)"


def test_a_record_that_elbplan_cannot_keep_never_comes_back():
    text = "A 1.2.3.4 (TTL 60); elbplan cannot keep it: it is too long"
    stack_plan = replace(plan(*PLANS["take-over-restore"]), replaced={Address("record", "api.example.com"): text})
    shown = text_of(plan_screen(stack_plan, KINDS, Style(200), PlanView()))
    why = "elbplan cannot keep it: it is too long; destroy does not bring it back"
    assert f"was A 1.2.3.4 (TTL 60), not elbplan's; {why}" in shown


def test_the_record_of_another_stack_is_not_called_somebody_elses():
    stack_plan = replace(
        plan(*PLANS["take-over"]),
        replaced={Address("record", "api.example.com"): "the record of stack `shop`, record.x"},
    )
    text = text_of(plan_screen(stack_plan, KINDS, Style(120), PlanView()))
    assert "was the record of stack `shop`, record.x; without `restore: true`, destroy does not bring it back" in text


RECORD = "record.api.example.com"


@pytest.mark.parametrize(("name", "restored"), [("restored", True), ("not-restored", False)])
def test_the_document_says_what_comes_back_and_what_does_not(name, restored):
    document = stack_document(plan(*PLANS[name]))
    old, why = "A 127.179.93.113 (TTL 60)", "without `restore: true` it does not come back"
    back, gone = ({RECORD: old}, {}) if restored else ({}, {RECORD: f"{old}; {why}"})
    assert (document["restored"], document["not_restored"]) == (back, gone)


def test_a_server_that_a_destroy_ends_is_shown_with_its_name_and_what_it_is_now():
    text = "\n".join(line.plain for line in screen("destroy-stop", 120))
    assert "■ instance        server-a  i-0aaaaaaaaaaaaaaaa, t3.micro, running, not created by elbplan" in text
    assert text.splitlines()[-1].startswith("Plan: 0 to create, 0 to change, 0 to replace, 8 to delete, 2 to stop.")


def test_a_destroy_without_anything_to_do_still_says_what_is_billed():
    stack_plan = plan(None, None, None, endings("keep"))
    text = "\n".join(line.plain for line in plan_screen(stack_plan, KINDS, Style(120), PlanView("destroy")))
    assert "Nothing to do: AWS has no resources of this stack." in text
    assert "aws ec2 release-address --region ap-northeast-2 --allocation-id eipalloc-0123456789abcdef0" in text
