"""docs/commands.md names every field of the documents that --json prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from elbplan.sandbox.box import Box
from tests.e2e.console import Console, course
from tests.e2e.stage import REGION, Stage

from .kit import Shell

DOCS = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8").partition("\n## JSON\n")[2]
WORDS: Mapping[str, list[list[str]]] = {
    "list": [["list"]],
    "leftovers": [["leftovers"]],
    "import": [["import", "server", "-o", "imported.yaml"], ["import", "--all", "-o", "all"]],
    "init": [["init", "shop", "--defaults"]],
    "doctor": [["doctor"]],
    "permissions": [["permissions", "specs/web.yaml"]],
    "lint": [["lint", "specs/web.yaml"]],
}
"""By command, how it is called with --json."""


@pytest.fixture
def shell(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    stage = Stage(box)
    course(Console(stage))
    stage.client("ec2").allocate_address(Domain="vpc")
    shell = Shell(box, tmp_path)
    shell.environ["AWS_REGION"] = REGION
    Path("web.yaml").rename("specs/web.yaml")
    return shell


def section(command: str) -> str:
    """The parts of the chapter whose heading names the command."""
    parts = re.split(r"(?m)^### ", DOCS)
    return "\n".join(part for part in parts if f"{command} --json" in part.partition("\n")[0])


def fields(document: Any, deep: int) -> set[str]:
    """The names of the fields, down to this depth."""
    if isinstance(document, Mapping) and deep:
        inner = [fields(value, deep - 1) for value in document.values()]
        return set(document).union(*inner)
    if isinstance(document, list):
        return set().union(*(fields(value, deep) for value in document))
    return set()


def documented(names: set[str], text: str) -> set[str]:
    """Those that the text has as code."""
    code = " ".join(re.findall(r"`[^`]+`|```.*?```", text, re.DOTALL))
    return {name for name in names if re.search(rf"\b{name}\b", code)}


@pytest.mark.parametrize("command", WORDS)
def test_every_field_is_in_the_docs(shell: Shell, command: str) -> None:
    text = section(command)
    assert text, f"docs/commands.md has no `{command} --json` under JSON"
    for words in WORDS[command]:
        document = shell.run(*words, "--json").document
        assert document["schema"] == 1
        deep = 1 if "adopt" in document else 2  # the keys below are addresses
        names = fields(document, deep) - {"schema"}
        assert names, words
        assert names - documented(names, text) == set(), words


def test_an_adoption_is_in_the_docs_of_plan(shell: Shell) -> None:
    shell.run("import", "server", "-o", "imported.yaml")
    (stack,) = shell.run("plan", "imported.yaml", "--json").document["stacks"]
    assert {change["action"] for change in stack["changes"]} == {"adopt"}
    assert {step["do"] for step in stack["steps"]} == {"adopt"}
    text = section("plan")
    assert stack["summary"]["adopt"] == len(stack["changes"])
    assert "has the `action` `adopt`" in text
    names = fields(stack, 1)
    assert names - documented(names, text) == set()
