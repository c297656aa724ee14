"""Runs the commands of every page in their order on the local AWS simulator, and compares what they print.

ELBPLAN_GOLDEN=write writes the outputs anew, except those with a gap (`...`); then read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .compare import comparable, has_gaps, matches
from .pages import ORIGINALS, ROOT, Block, blocks
from .reader import Output, Reader

WRITE = os.environ.get("ELBPLAN_GOLDEN") == "write"
WITH_COMMANDS = [page for page in ORIGINALS if "\n```sh\n" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_work_and_print_what_it_shows(page: Path, reader: Reader) -> None:
    text = page.read_text(encoding="utf-8")
    written: list[tuple[Block, str]] = []
    for block in blocks(text):
        if block.not_run:
            continue
        output = reader.carry_out(block)
        assert output.code == block.exit, f"exit code {output.code}:\n{block.commands}\n{output.out}{output.err}"
        printed = _printed(block, output)
        if not block.shown or matches(block.shown, printed):
            continue
        if WRITE and not has_gaps(block.shown):
            written.append((block, printed.strip() + "\n"))
        else:
            assert comparable(printed) == comparable(block.shown)
    if written:
        page.write_text(_with_outputs(text, written), encoding="utf-8")


def _printed(block: Block, output: Output) -> str:
    """Returns stdout; for a command that fails, also stderr."""
    return output.out + output.err if block.exit else output.out


def _with_outputs(text: str, written: list[tuple[Block, str]]) -> str:
    for block, printed in reversed(written):
        text = text[: block.start] + printed + text[block.end :]
    return text
