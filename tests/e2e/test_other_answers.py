"""AWS may answer in other words than the simulator: what elbplan plans does not depend on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.live.client import Aws
from tests.knobs.sent import versions
from tests.knobs.surroundings import prepare, write_files

from . import other_answers as answers
from .stage import REGION, Stage

RICHEST = ["listeners-application", "lb-application", "certificates-requested", "records-policies", "edge-logs-own"]
CHANGES = {
    "another order, unknown attributes, other case, times without zone": (
        answers.reversed_lists,
        answers.more_attributes,
        answers.other_case,
        answers.times_without_zone,
    ),
    "nothing empty": (answers.nothing_empty,),
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("name", RICHEST)
def test_a_stack_lives_and_dies_with_answers_in_other_words(
    stage: Stage, tmp_path: Path, name: str, changes: tuple[answers.Change, ...]
) -> None:
    write_files(tmp_path)
    texts = list(versions(name, prepare(stage) | {"FILES": str(tmp_path)}))
    stage.aws = Aws(REGION, endpoint=stage.box.url, session=answers.session(*changes), parallel=8)
    for text in texts:
        stage.apply(text)
    stage.destroy(texts[-1])
