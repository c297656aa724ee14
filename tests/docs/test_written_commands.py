"""Every command that a page shows is run by a test, or says why not; then its command and options exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from elbplan.cli.main import cli
from elbplan.errors import UsageProblem

from .pages import PAGES, ROOT, Block, blocks, fences

COMMAND = re.compile(r"^ *(?:\$ )?(?:[A-Z_]+=\S* )*elbplan +(?:-|[a-z])", re.MULTILINE)
"""A line that a reader would copy into a shell."""
TYPED = re.compile(r"^ *\$ ", re.MULTILINE)
INDENTED = re.compile(r"(?:^|\n)\n((?:    [^\n]*\n)+)")
OPERATORS = {"|", "||", "&&", ";", ">", ">>", "<", "&"}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def command_lines(block: Block) -> Iterator[list[str]]:
    """Yields the words after each `elbplan` of a block."""
    for line in block.commands.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        for position, word in enumerate(words):
            if word == "elbplan" and (position == 0 or words[position - 1] in OPERATORS or "=" in words[position - 1]):
                rest = words[position + 1 :]
                ends = [number for number, text in enumerate(rest) if text in OPERATORS]
                yield rest[: ends[0]] if ends else rest


def parse(words: list[str]) -> None:
    """Raises click's and elbplan's errors for a wrong command line."""
    command: click.Command = cli
    parent = None
    while isinstance(command, click.Group):
        context = command.make_context(command.name, list(words), parent)
        _, found, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        command, parent = found, context
    command.make_context(command.name, list(words), parent)


NOT_RUN = [
    (name(page), words)
    for page in PAGES
    for block in blocks(page.read_text(encoding="utf-8"))
    if block.not_run
    for words in command_lines(block)
]


@pytest.mark.parametrize(("page", "words"), NOT_RUN, ids=lambda value: value if isinstance(value, str) else value[0])
def test_a_command_that_no_test_runs_exists_with_its_options(page: str, words: list[str]) -> None:
    try:
        parse(words)
    except (click.UsageError, UsageProblem) as error:
        pytest.fail(f"{page}: elbplan {' '.join(words)}: {error}")


def test_a_wrong_command_line_is_found() -> None:
    (block,) = blocks("<!-- not run: an example -->\n```sh\nA=1 elbplan plan --exit-codes | cat\n```\n")
    ((words),) = command_lines(block)
    assert words == ["plan", "--exit-codes"]
    with pytest.raises(click.UsageError):
        parse(words)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_stand_in_blocks_that_are_run(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for fence in fences(text):
        if fence.language in ("", "bash", "console", "shell", "shell-session"):
            assert not COMMAND.search(fence.text), f"{name(page)}:{fence.line}: write ```sh, or ```text for output"
        elif fence.language == "text":
            assert not TYPED.search(fence.text), f"{name(page)}:{fence.line}: a command stands in a ```sh block"
    for part in INDENTED.findall(re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)):
        assert not COMMAND.search(part), f"{name(page)}: commands stand in ```sh blocks:\n{part}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_block_of_commands_begins_at_the_margin(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    commands = [block for block in blocks(text) if not (block.file or block.insert)]
    assert text.count("```sh\n") == len(commands)
