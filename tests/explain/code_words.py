"""The words that the code has, found in the code itself: error classes, error codes, exit codes, findings of lint."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import elbplan
from elbplan.errors import ElbplanError

HOUSE = Path(elbplan.__file__).parent
SILENT = ("elbplan.sandbox", "elbplan.__main__")
"""The simulator raises errors of AWS, and is no part of a run."""


def modules() -> Iterator[str]:
    """The names of all modules of elbplan outside the simulator."""
    for file in sorted(HOUSE.rglob("*.py")):
        name = ".".join(["elbplan", *file.relative_to(HOUSE).with_suffix("").parts]).removesuffix(".__init__")
        if not name.startswith(SILENT):
            yield name


def error_classes() -> dict[str, int]:
    """Every class of errors, with its exit code."""
    for name in modules():
        importlib.import_module(name)
    found, waiting = {ElbplanError}, [ElbplanError]
    while waiting:
        more = [each for each in waiting.pop().__subclasses__() if each.__module__.startswith("elbplan.")]
        found |= {*more}
        waiting += more
    return {each.__name__: each.exit_code for each in found}


def made_codes() -> set[str]:
    """The codes that elbplan writes into problems: `AwsProblem(..., code="NoCredentials")`."""
    return {
        keyword.value.value
        for tree in trees("code=")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("AwsProblem", "AwsUnavailable")
        for keyword in call.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }  # fmt: skip


def trees(text: str) -> Iterator[ast.Module]:
    """The modules that contain a text: parsing all of them takes seconds in each process of the tests."""
    for name in modules():
        file = HOUSE.parent / Path(*name.split("."))
        path = file.with_suffix(".py") if file.with_suffix(".py").exists() else file / "__init__.py"
        if text in (source := path.read_text(encoding="utf-8")):
            yield ast.parse(source)


def awaited_codes() -> set[str]:
    """The codes after which a step waits and tries again, which the screen shows: `not yet: ResourceInUse`."""
    return {code for tree in trees("retry_on") for code in _retried(tree)}


def _retried(tree: ast.Module) -> Iterator[str]:
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "retry_on":
            yield from _texts(node.value, constants)


def _texts(value: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(value, ast.Name):
        yield from _texts(constants[value.id], {}) if value.id in constants else ()
    else:
        yield from (node.value for node in ast.walk(value) if isinstance(node, ast.Constant) and node.value)


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in ast.walk(tree) if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
    }  # fmt: skip


def documented_exit_codes() -> set[str]:
    """The codes in the table of docs/exit-codes.md."""
    page = (HOUSE.parent / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| (\d+) \|", page, re.MULTILINE))


def lint_findings() -> set[str]:
    """The names that `lint --json` gives to findings that are no hazards."""
    text = (HOUSE / "cli" / "commands" / "lint.py").read_text(encoding="utf-8")
    names = set(re.findall(r'"name": "([\w-]+)"', text))
    return names | ({"unused-allow"} if '"unused_allows"' in text else set())
