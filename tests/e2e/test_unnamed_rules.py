"""A new unnamed rule at the top is one create; the other rules move and no target group is detached."""

from __future__ import annotations

import pytest

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.migrations.files.loader import load
from elbplan.rehearsal.environment import RehearsalEnvironment
from elbplan.rehearsal.rehearsal import rehearse
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from . import specs
from .crashing_aws import CrashingAws
from .stage import Stage, _aws
from .test_migrations import MigrationTest

RULES = specs.SERVICES + specs.RULES
NEW = "      - {path: /new, respond: 404}\n"
OLD = "      - {path: /old, respond: 410}\n"
API = "      - {path: /api/*, forward: api}\n"
BEFORE, AFTER = RULES + OLD + API, RULES + NEW + OLD + API
ROUTES = [specs.NAMED, specs.API]


def writes(plan: Plan) -> list[str]:
    return [step.do for step in plan.steps if step.writes]


def addresses(stage: Stage) -> dict[str, str]:
    """Returns the address tag of each rule by path."""
    elb, tags_by_path = stage.client("elbv2"), {}
    for tags in stage.box.tagged("my-web").items():
        arn, rule_tags = tags
        if ":listener-rule/" in arn:
            (rule,) = elb.describe_rules(RuleArns=[arn])["Rules"]
            tags_by_path[rule["Conditions"][0]["Values"][0]] = rule_tags["elbplan:address"]
    return tags_by_path


def test_a_rule_inserted_at_the_top_is_made_and_the_others_only_move(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(BEFORE)
    before = addresses(stage)
    plan = stage.apply(AFTER, watch=ROUTES)
    assert sorted(writes(plan)) == ["create", "reorder"]
    assert not plan.hazards
    after = addresses(stage)
    assert {path: after[path] for path in before} == before, "what stays keeps its address"
    assert sorted(writes(stage.apply(BEFORE.replace(OLD, ""), watch=ROUTES))) == ["delete", "delete", "reorder"]
    stage.destroy(BEFORE)


def test_a_changed_action_and_a_changed_condition_are_changes_of_the_rule(stage: Stage) -> None:
    stage.apply(BEFORE)
    assert writes(stage.apply(BEFORE.replace("410", "404"))) == ["update"]
    assert writes(stage.apply(BEFORE.replace("path: /old", "path: /older"))) == ["update"]
    stage.destroy(BEFORE)


def test_killed_after_each_write_it_goes_on_with_the_rule_it_began(box: Box) -> None:
    for write in range(1, 30):
        stage = Stage(box)
        stage.apply(BEFORE)
        plan = stage.plan(RULES + API.replace("/api/*", "/first/*") + OLD + API)
        if workflow.apply(
            CrashingAws(stage.aws, write), plan, KINDS, lambda event: None, stage.clock, parallel=1
        ).complete:
            break
        again = stage.plan(RULES + API.replace("/api/*", "/first/*") + OLD + API)
        assert len([step for step in plan.steps if step.do == "create"]) >= len(
            [step for step in again.steps if step.do == "create"]
        )
        assert not [step for step in again.steps if step.do == "delete"]
        assert stage.run(again).complete
    assert write > 1
    assert len(addresses(stage)) == 3


@pytest.fixture(scope="module")
def story(box: Box, tmp_path_factory: pytest.TempPathFactory) -> MigrationTest:
    story = MigrationTest(Stage(box), tmp_path_factory.mktemp("rules"))
    story.save(BEFORE, "first")
    story.apply(BEFORE)
    story.save(AFTER, "new_rule")
    story.apply(AFTER)
    return story


def test_a_file_calls_the_rules_as_aws_has_them(story: MigrationTest, box: Box) -> None:
    chain = load(story.folder)
    assert [(one.do, one.what.name) for one in chain[1].entries if one.what] == [
        ("reorder", "443"),
        ("create", "443-r3"),
    ]
    (stack,) = story.stage.stacks(AFTER)
    with Box(slow=20, virtual=True) as double:
        scene = RehearsalEnvironment(double, _aws(double.url), stack, chain, KINDS)
        for migration in chain:
            for proof in rehearse(scene, migration):
                assert proof.holds, (proof.text, proof.wrong)
