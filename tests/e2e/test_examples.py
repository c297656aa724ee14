"""Every example in specs/ can be applied and destroyed, and leaves nothing. Its long form has the same plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.spec import expand_text

from .example_surroundings import EXAMPLES, prepare, specs_of
from .stage import Stage


def test_there_are_examples_for_each_way_of_use() -> None:
    names = {file.stem for file in EXAMPLES}
    assert {"quickstart", "blue-green", "grpc", "function", "auto-scaling", "network-with-elastic-ips"} <= names
    assert {"login", "mutual-tls", "canary-blue", "canary-green", "world-asia", "web-acl-and-logs"} <= names


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_short_and_begins_with_its_purpose(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= 40


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_applied_settles_and_leaves_nothing(slow_stage: Stage, file: Path) -> None:
    stage = slow_stage
    for spec in specs_of(file):
        (stack,) = stage.stacks(spec)
        prepare(stage, stack)
        plan = stage.apply(spec)
        assert {change.action for change in plan.changes} == {"create"}
        for name in stack.domains:
            assert stage.box.traffic(name, 443, name, "/")["ok"]
        stage.destroy(spec)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_long_form_of_an_example_has_the_same_plan(slow_stage: Stage, file: Path) -> None:
    stage = slow_stage
    for spec in specs_of(file):
        stacks = stage.stacks(spec)
        prepare(stage, stacks[0])
        long = expand_text(stacks)
        plan = stage.plan(spec)
        assert steps(plan)
        assert steps(stage.plan(long)) == steps(plan)
        stage.run(plan)
        assert stage.plan(long).empty
        stage.destroy(long)


def steps(plan: Plan) -> list[tuple[Any, ...]]:
    """The steps in their order, with the resources as they will be."""
    return [(step.id, step.after, step.needs, step.why) for step in plan.steps]
