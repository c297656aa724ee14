"""Every example in specs/ can be planned, applied and destroyed, and leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.live.client import Aws

from .stage import Stage
from .surroundings import prepare

FOLDER = Path(__file__).parents[2] / "specs"
EXAMPLES = sorted(file for file in FOLDER.rglob("*") if file.suffix in (".yaml", ".yml"))


def test_there_are_examples() -> None:
    assert "quickstart.yaml" in [file.name for file in EXAMPLES]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_applied_settles_and_leaves_nothing(slow_stage: Stage, file: Path) -> None:
    stage = slow_stage
    for spec in file.read_text(encoding="utf-8").split("\n---\n"):
        (stack,) = stage.stacks(spec)
        stage.box.create_defaults(stack.region, hosted_zones=stack.domains)
        prepare(stage.box, stack.region, spec)
        stage.aws = Aws(stack.region, endpoint=stage.box.url, session=stage.aws._session)
        plan = stage.apply(spec)
        assert {change.action for change in plan.changes} == {"create"}
        for name in stack.domains:
            assert stage.box.traffic(name, 443, name, "/")["ok"]
        stage.destroy(_unprotected(stage, spec))


def _unprotected(stage: Stage, spec: str) -> str:
    """The spec without deletion protection, applied if the example has it: elbplan destroys no protected stack."""
    without = spec.replace("protect: true", "protect: false")
    if without != spec:
        stage.apply(without)
    return without
