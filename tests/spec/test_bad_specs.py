"""Golden cases: each file in `bad/` ends with the list of all its problems.

A line `# -> LINE:COLUMN  WHAT  |  HINT` is one problem.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.errors import SpecProblem
from elbplan.spec import load

from .kit import BAD

MARK = "# -> "


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_spec_gets_all_its_problems_at_their_places(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    expected = [line.removeprefix(MARK) for line in path.read_text().splitlines() if line.startswith(MARK)]
    with pytest.raises(SpecProblem) as caught:
        load([path.name], env={})
    actual = [f"{p.line}:{p.column}  {p.what}  |  {p.hint}".rstrip() for p in caught.value.problems]
    assert actual == expected


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_problem_shows_its_line_and_a_caret_within_it(path: Path) -> None:
    lines = path.read_text().splitlines()
    with pytest.raises(SpecProblem) as caught:
        load([str(path)], env={})
    for problem in caught.value.problems:
        assert problem.file == str(path)
        assert problem.source == lines[problem.line - 1].replace("\t", " ")
        assert 1 <= problem.column <= problem.column + problem.width - 1 <= max(1, len(problem.source))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_no_message_has_the_words_of_a_library(path: Path) -> None:
    with pytest.raises(SpecProblem) as caught:
        load([str(path)], env={})
    text = str(caught.value)
    for word in ("Input should", "pydantic", "validation error", "NoneType", "instance of", "Address(", "dictionary"):
        assert word not in text
