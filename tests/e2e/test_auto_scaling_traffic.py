"""The traffic of stacks whose targets an Auto Scaling group registers: no change drops a request."""

from __future__ import annotations

import pytest

from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from . import specs
from .crashing_aws import CrashingAws
from .stage import REGION, Stage
from .test_auto_scaling import ROUTES, SPEC, instances, targets
from .test_simulation import watched

NEXT = SPEC.replace("fleet", "next")
BOTH = SPEC.replace("auto_scaling_group: fleet", "auto_scaling_group: [fleet, next]")
CANDIDATES = (
    specs.HEAD + specs.DOMAIN + "groups:\n"
    "  blue: {auto_scaling_group: fleet, port: 80}\n"
    "  green: {auto_scaling_group: next, port: 80}\n"
    "listeners:\n  - {listen: 80/http, redirect: 443/https}\n  - {listen: 443/https, forward: {blue: 100, green: 0}}\n"
)


@pytest.fixture
def stage(slow_stage: Stage) -> Stage:
    """Two Auto Scaling groups with two instances each."""
    return with_groups(slow_stage)


def with_groups(stage: Stage) -> Stage:
    for name in ("fleet", "next"):
        stage.box.create_fixture("auto_scaling_group", name, region=REGION)
    stage.box.clear_calls()
    return stage


def sweep(stage: Stage, before: str, after: str) -> int:
    """Changes a stack with a kill after each write. Returns the number of runs. No request is dropped."""
    if before:
        assert stage.run(stage.plan(before)).complete
    stage.box.watch(ROUTES)
    runs = 0
    while not (plan := stage.plan(after)).empty:
        workflow.apply(CrashingAws(stage.aws, 1), plan, KINDS, stage.events.append, stage.clock, parallel=1)
        runs += 1
        assert runs < 60, "every run gets a write further"
    assert stage.box.unanswered() == []
    stage.assert_settled(after)
    return runs


def test_a_create_that_is_killed_after_each_write_answers_as_soon_as_its_name_exists(stage: Stage) -> None:
    assert sweep(stage, "", SPEC) > 10
    assert targets(stage) == instances(stage)
    stage.box.create_fixture("auto_scaling_instance", "fleet", region=REGION)
    for _ in range(2):
        stage.box.advance(600)
    assert targets(stage) == instances(stage), "an instance that starts later gets requests too"
    assert stage.plan(SPEC).empty
    stage.destroy(SPEC)
    first = stage.box.unanswered()[0]
    assert (first[1], first[3]) == ("ChangeResourceRecordSets", "api.example.com does not resolve")


SWEPT = {
    "another group": (SPEC, NEXT),
    "a group more, in a new target group": (SPEC, BOTH.replace("port: 80", "port: 8080")),
    "the weights of two target groups": (
        CANDIDATES,
        CANDIDATES.replace("{blue: 100, green: 0}", "{blue: 0, green: 100}").replace("port: 80}", "port: 8080}"),
    ),
}


@pytest.mark.parametrize("change", SWEPT)
def test_killed_after_each_write_no_request_is_dropped(stage: Stage, change: str) -> None:
    before, after = SWEPT[change]
    assert sweep(stage, before, after) >= 1
    stage.destroy(after)


def test_after_each_step_aws_is_as_simulated(box: Box) -> None:
    stage = with_groups(Stage(box))
    for spec in (SPEC, BOTH, NEXT.replace("port: 80", "port: 8080")):
        watched(stage, spec)
    stage.destroy(NEXT.replace("port: 80", "port: 8080"))
