"""Every case applies a spec, sweeps a change with crashes, and destroys its stack."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("test_[0-9]*.py"))
NUMBERS = range(1, 31)
EVERY_CASE = {"apply", "crash_sweep", "destroy"}


def called_in_tests(file: Path) -> set[str]:
    """The methods of `case` that the tests of a file call."""
    tests = [
        node
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    calls = [node.func for test in tests for node in ast.walk(test) if isinstance(node, ast.Call)]
    methods = [call for call in calls if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name)]
    return {call.attr for call in methods if isinstance(call.value, ast.Name) and call.value.id == "case"}


def test_there_is_a_file_for_each_number() -> None:
    assert sorted({int(file.name[5:7]) for file in FILES}) == list(NUMBERS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem.removeprefix("test_"))
def test_a_case_is_applied_killed_and_destroyed(file: Path) -> None:
    assert sorted(EVERY_CASE - called_in_tests(file)) == [], "the file has no test that does this"
