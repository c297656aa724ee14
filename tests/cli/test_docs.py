"""The examples of the docs work."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from elbplan.cli.main import ENTRIES, cli
from elbplan.cli.options import OPTIONS, SharedOption

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
USE = re.compile(rf"\b({'|'.join(ENTRIES)}) (?:[\w./,$|\[\] -]*? )??(--[a-z][a-z-]+[^`\n]*)")
"""A command with options, as the pages write it: `apply --yes`, `elbplan plan specs/web.yaml --sandbox --save NAME`."""


def section(command: str) -> str:
    """Returns the section of docs/commands.md about this command."""
    (text,) = re.findall(rf"^## [^\n]*\b{command}\b[^\n]*\n(.*?)^##? ", COMMANDS, re.DOTALL | re.MULTILINE)
    return str(text)


def options(name: str) -> set[str]:
    """Returns the options that belong to the command alone, and that its help shows."""
    command = cli.get_command(click.Context(cli), name)
    group = command if isinstance(command, click.Group) else None
    subcommands = (
        [group.get_command(click.Context(group), name) for name in group.list_commands(click.Context(group))]
        if group
        else []
    )
    parameters = [parameter for part in (command, *subcommands) for parameter in part.params]
    own = [option for option in parameters if isinstance(option, click.Option) and not isinstance(option, SharedOption)]
    return {text for option in own if not option.hidden for text in option.opts if text.startswith("--")}


def test_the_spec_of_the_readme_is_a_spec(shell):
    (text,) = re.findall(r"<<'EOF'\n(.*?)EOF\n", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shell.run("validate", "-", typed=text).code == 0


def test_servers_can_be_named_as_the_readme_says(shell):
    for instances in ("[i-0aaaaaaaa, i-0bbbbbbbb]", "{tag: app=web}"):
        text = f"name: x\nregion: us-east-1\ntargets: {{instances: {instances}, port: 80, health: /}}\n"
        assert shell.run("validate", "-", typed=text).code == 0


@pytest.mark.parametrize("command", ENTRIES)
def test_every_command_is_in_the_docs(command):
    assert f"elbplan {command}" in (ROOT / "docs" / "commands.md").read_text()


@pytest.mark.parametrize("command", ENTRIES)
def test_every_option_of_a_command_is_in_its_section_of_the_docs(command):
    assert options(command) <= set(re.findall(r"--[a-z-]+", section(command)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_that_a_page_names_exists(page):
    shared = {name for names, _ in OPTIONS for name in names} | {"--help", "--version"}
    for command, words in USE.findall(page.read_text(encoding="utf-8")):
        assert set(re.findall(r"--[a-z][a-z-]+", words)) <= options(command) | shared, f"{command} {words}"


@pytest.mark.parametrize("names", [names for names, _ in OPTIONS])
def test_every_shared_option_is_in_the_docs(names):
    assert f"`{names[-1]}" in (ROOT / "docs" / "commands.md").read_text()


def test_links_lead_somewhere():
    for page in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#:]*)(#[^)]*)?\)", page.read_text(encoding="utf-8")):
            file = page.parent / target if target else page
            assert file.exists(), f"{page}: {target}"
            assert not anchor or anchor in anchors(file), f"{page}: {target}{anchor}"


def anchors(page: Path) -> set[str]:
    """Returns the anchors that GitHub gives to the page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
