"""JSON documents for programs. Their fields are stable."""

from __future__ import annotations

import json

from elbplan.render.documents import event_document, plan_document, summary_document
from elbplan.run.outcome import Event, Outcome

from .plans import WEB, WEB_8080, WEB_OTHER_CHECK, plan


def test_a_plan_is_one_document_with_all_its_stacks():
    document = json.loads(json.dumps(plan_document([plan(WEB), plan(None, WEB)])))
    assert document["schema"] == 1
    assert [stack["summary"] for stack in document["stacks"]] == [
        {"create": 8, "update": 0, "replace": 0, "delete": 0},
        {"create": 0, "update": 0, "replace": 0, "delete": 8},
    ]
    (first, _) = document["stacks"]
    assert (first["stack"], first["account"], first["region"]) == ("my-web", "123456789012", "ap-northeast-2")


def test_a_step_tells_everything_a_program_could_ask():
    (stack,) = plan_document([plan(WEB)])["stacks"]
    steps = {step["id"]: step for step in stack["steps"]}
    create = steps["create target_group.web"]
    assert create == {
        "id": "create target_group.web",
        "phase": "expand",
        "do": "create",
        "address": "target_group.web",
        "why": "in the spec, not in AWS",
        "needs": [],
        "name": "my-web-web",
    }
    gate = steps["wait targets.web healthy"]
    assert (gate["phase"], gate["do"], gate["until"], gate["timeout"]) == ("gate", "wait", "healthy", 900)
    assert "create targets.web" in gate["needs"]


def test_an_update_tells_each_field_before_and_after():
    (stack,) = plan_document([plan(WEB_8080, WEB)])["stacks"]
    updates = [step for step in stack["steps"] if step["do"] == "update"]
    assert all(set(step["changes"]) == {"action"} for step in updates)
    before, after = updates[0]["changes"]["action"]
    assert {share["group"]: share["weight"] for share in before["groups"]} == {"target_group.web@old": 1}
    assert {share["group"]: share["weight"] for share in after["groups"]} == {
        "target_group.web@old": 1,
        "target_group.web": 0,
    }


def test_a_hazard_tells_its_step_and_the_way_without_it():
    (stack,) = plan_document([plan(WEB_OTHER_CHECK, WEB)])["stacks"]
    (hazard,) = stack["hazards"]
    assert (hazard["name"], hazard["address"]) == ("health-check-changes", "target_group.web")
    assert hazard["step"] in {step["id"] for step in stack["steps"]}
    assert "/health → /up" in hazard["text"]
    assert "new group" in hazard["remedy"]
    assert plan_document([plan(WEB_8080, WEB)])["stacks"][0]["hazards"] == []


def test_steps_stand_in_an_order_in_which_they_could_be_done():
    for stack_plan in (plan(WEB), plan(WEB_8080, WEB), plan(None, WEB)):
        (stack,) = plan_document([stack_plan])["stacks"]
        seen: set[str] = set()
        for step in stack["steps"]:
            assert set(step["needs"]) <= seen
            seen.add(step["id"])


NOON = "2026-11-30T12:00:00.000Z"


def test_an_event_is_one_object():
    step = plan(WEB).steps[0]
    document = event_document("my-web", Event("failed", step, "AWS refused", "ask for more", 2.0004, 1.5), NOON)
    assert document == {
        "schema": 1,
        "type": "failed",
        "at": NOON,
        "stack": "my-web",
        "step": {"id": step.id, "phase": step.phase, "do": step.do, "address": str(step.address)},
        "text": "AWS refused",
        "seconds": 2.0,
        "took": 1.5,
        "hint": "ask for more",
    }


def test_the_summary_counts_and_says_where_it_answers():
    one = plan(WEB)
    outcome = Outcome(done=list(one.steps), seconds=3.25)
    told = summary_document(one, outcome, 0, ["https://api.example.com"])
    assert told["type"] == "summary"
    assert (told["done"], told["failed"], told["skipped"], told["exit"]) == (len(one.steps), 0, 0, 0)
    assert told["answers"] == ["https://api.example.com"]
