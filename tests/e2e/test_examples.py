"""Every example in specs/ can be applied and destroyed, and leaves nothing.

Its long form has the same plan, and its migration leads to the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.rehearsal.observer import WELCOME
from elbplan.spec import expand_text

from .example_surroundings import EXAMPLES, prepare, specs_of
from .migration_replay import Replay
from .stage import Stage


def test_there_are_examples_for_each_way_of_use() -> None:
    names = {file.stem for file in EXAMPLES}
    assert {"quickstart", "blue-green", "grpc", "function", "auto-scaling", "network-with-elastic-ips"} <= names
    assert {
        "login",
        "mutual-tls",
        "canary-blue",
        "canary-green",
        "world-asia",
        "web-acl-and-logs",
        "multivalue",
        "certificates",
    } <= names


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_short_and_begins_with_its_purpose(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= 40


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_applied_by_spec_and_by_file_and_its_long_form_is_the_same(
    slow_stage: Stage, file: Path, tmp_path: Path
) -> None:
    stage = slow_stage
    for spec in specs_of(file):
        stacks = stage.stacks(spec)
        prepare(stage, stacks[0])
        by_files, long = Replay(stage, tmp_path, stacks[0].name), expand_text(stacks)
        plan = stage.plan(spec)
        assert steps(plan)
        assert steps(stage.plan(long)) == steps(plan)
        by_files.save(spec)
        plan = stage.apply(spec)
        assert {change.action for change in plan.changes} == {"create"}
        by_files.note()
        for name in (domain.replace("*", "any") for domain in stacks[0].domains):
            assert stage.box.traffic(name, 443, name, "/", **WELCOME)["ok"]
        stage.destroy(spec)
        by_files.replay()
        assert stage.plan(long).empty
        stage.destroy(long)


def steps(plan: Plan) -> list[tuple[Any, ...]]:
    """The steps in their order, with the resources as they will be."""
    return [(step.id, step.after, step.needs, step.why) for step in plan.steps]
