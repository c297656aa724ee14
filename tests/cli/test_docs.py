"""The examples of the docs work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from elbplan.cli.main import ENTRIES
from elbplan.cli.options import OPTIONS

ROOT = Path(__file__).parents[2]


def test_the_spec_of_the_readme_is_a_spec(shell):
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shell.run("validate", "-", typed=text).code == 0


def test_servers_can_be_named_as_the_readme_says(shell):
    for instances in ("[i-0aaaaaaaa, i-0bbbbbbbb]", "{tag: app=web}"):
        text = f"name: x\nregion: us-east-1\ntargets: {{instances: {instances}, port: 80, health: /}}\n"
        assert shell.run("validate", "-", typed=text).code == 0


@pytest.mark.parametrize("command", ENTRIES)
def test_every_command_is_in_the_docs(command):
    assert f"elbplan {command}" in (ROOT / "docs" / "commands.md").read_text()


@pytest.mark.parametrize("names", [names for names, _ in OPTIONS])
def test_every_shared_option_is_in_the_docs(names):
    assert f"`{names[-1]}" in (ROOT / "docs" / "commands.md").read_text()


def test_links_lead_somewhere():
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page}: {target}"
