"""Every hazard is found at its step, can be taken on purpose with a reason, and has a safe form that is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.core.hazards import HAZARDS

from .hazard_cases import CASES
from .lint_kit import Yard, allowing, marked


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


def test_there_is_a_case_for_every_hazard() -> None:
    assert {case.name for case in CASES.values()} == set(HAZARDS)


@pytest.mark.parametrize("case", CASES)
def test_it_is_found_at_its_step_and_nothing_else(yard: Yard, case: str) -> None:
    one = CASES[case]
    files = yard.write(*one.before, one.bad)
    line, column = marked(one.bad)
    assert yard.findings() == (5, [(one.name, line, column, files[-1].name)])


@pytest.mark.parametrize("case", CASES)
def test_it_is_lifted_by_its_name_and_a_reason(yard: Yard, case: str) -> None:
    one = CASES[case]
    yard.write(*one.before, allowing(one.bad, one.name))
    assert yard.findings() == (0, [])


@pytest.mark.parametrize("case", CASES)
def test_the_safe_form_is_silent(yard: Yard, case: str) -> None:
    one = CASES[case]
    yard.write(*one.before, one.safe)
    assert yard.findings() == (0, [])
