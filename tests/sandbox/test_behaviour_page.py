"""docs/aws-behaviour.md lists every rule of the simulator, with a source and a test that exists."""

from __future__ import annotations

import ast
import os

from .behaviour_page import PAGE, ROOT, load_rules, name_of, page_tests, rendered, sources_of


def test_the_page_lists_every_rule() -> None:
    tests = page_tests(PAGE.read_text(encoding="utf-8"))
    page = rendered(tests)
    if os.environ.get("ELBPLAN_GOLDEN") == "write":
        PAGE.write_text(page, encoding="utf-8")
    assert page == PAGE.read_text(encoding="utf-8")


def test_every_rule_has_a_source() -> None:
    assert [name_of(rule) for rules in load_rules().values() for rule in rules if not sources_of(rule)] == []


def functions_in(path: str) -> set[str]:
    file = ROOT / path
    if not file.is_file():
        return set()
    return {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}


def test_the_test_of_every_rule_exists() -> None:
    missing = []
    for rule, test in page_tests(PAGE.read_text(encoding="utf-8")).items():
        path, _, name = test.partition("::")
        if name not in functions_in(path):
            missing.append(f"{rule}: write the test that fails without it in the last column of {PAGE.name}")
    assert missing == []
