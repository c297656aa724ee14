"""Every hazard is found at its step, can be taken on purpose with a reason, and has a safe form that is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.hazards import HAZARDS

from ..migrations.lint_kit import Yard, allowing, marked
from .hazard_cases import CASES


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


ONLY_AWS_KNOWS = {
    "deletes-foreign-children",
    "revokes-foreign-rules",
    "takes-record-of-stack",
    "targets-unreachable",
    "server-in-use",
}
"""What others have around a stack stands in no file; the end-to-end tests meet these."""


def test_there_is_a_case_for_every_hazard() -> None:
    assert {case.name for case in CASES.values()} == set(HAZARDS) - ONLY_AWS_KNOWS


@pytest.mark.parametrize("case", CASES)
def test_it_is_found_at_its_step_and_nothing_else(yard: Yard, case: str) -> None:
    one = CASES[case]
    file = yard.folder.path / yard.write(*one.before, one.bad).file
    ran = yard.lint("--json")
    blocking = [found for found in ran.document["findings"] if not found["allowed"]]
    line, column = marked(one.bad)
    told = [(found["name"], found["file"], found["line"], found["column"]) for found in blocking]
    assert told == [(one.name, str(file), line, column)]
    assert (ran.code, ran.document["exit"]) == (5, 5)
    assert all(found["remedy"] and found["text"] for found in blocking)


@pytest.mark.parametrize("case", CASES)
def test_it_is_lifted_by_its_name_and_a_reason(yard: Yard, case: str) -> None:
    one = CASES[case]
    found = yard.inspected(*one.before, allowing(one.bad, one.name))
    assert (found.blocking, found.unused_allows, found.problems) == ([], [], [])
    assert one.name in {finding.hazard.name for finding, _ in found.findings if finding.allowed}


@pytest.mark.parametrize("case", CASES)
def test_the_safe_form_is_silent(yard: Yard, case: str) -> None:
    one = CASES[case]
    found = yard.inspected(*one.before, one.safe)
    assert (found.blocking, found.problems) == ([], [])
    assert one.name not in {finding.hazard.name for finding, _ in found.findings}
