"""Runs the commands of the README in their order on the local AWS simulator, and compares what they print.

ELBPLAN_GOLDEN=write writes the outputs anew; then read the diff.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
NOT_RUN = "<!-- not run by tests/test_readme.py -->"
BLOCK = re.compile(rf"({NOT_RUN}\n)?```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
CHANGING = [
    (r"\d+(\.\d+)? s\b", "N s"),
    (r"\d+ ms\b", "N ms"),
    (r"my-web-\d+\.", "my-web-N."),
    (r"s1-[0-9a-f]{8}", "s1-N"),
    (r"sha256:[0-9a-f]+", "sha256:N"),
    (r" +read ", " read "),
]
"""Times, the number in a load balancer's DNS name, fingerprints, digests, and spaces that depend on their length."""


@dataclass(frozen=True)
class Block:
    """One block of commands, and the output that the README shows below it."""

    commands: str
    shown: str


def blocks(text: str) -> list[Block]:
    """Returns every block of commands that a reader runs after the installation."""
    return [Block(commands, shown) for marker, commands, shown in BLOCK.findall(text) if not marker]


def comparable(output: str) -> str:
    for pattern, instead in CHANGING:
        output = re.sub(pattern, instead, output)
    return output.strip()


def run(commands: str, folder: Path, environment: dict[str, str]) -> tuple[str, Path]:
    """Runs the commands up to the first failure. Returns the output, and the folder in which the shell ended."""
    script = f"set -eu\n{commands}\npwd >{environment['HOME']}/pwd"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, f"exit code {done.returncode}:\n{commands}\n{done.stdout}{done.stderr}"
    return done.stdout, Path((Path(environment["HOME"]) / "pwd").read_text().strip())


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Yields the environment of a reader without AWS variables, with a home folder and a fast simulator of its own."""
    (tmp_path / "bin").mkdir()
    elbplan = tmp_path / "bin" / "elbplan"
    elbplan.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m elbplan "$@"\n')
    elbplan.chmod(0o755)
    mine = {
        "PATH": f"{elbplan.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "COLUMNS": "100",
        "USER": "reader",
        "PYTHONPATH": str(README.parent),
    }
    run("elbplan sandbox start --slow 0.2", tmp_path, mine)
    yield mine
    run("elbplan sandbox stop", tmp_path, mine)


def test_the_commands_of_the_readme_work_and_print_what_it_shows(environment: dict[str, str], tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    story = blocks(text)
    assert len(story) > 6, "the README has commands"
    folder = tmp_path
    for block in story:
        output, folder = run(block.commands, folder, environment)
        if block.shown and os.environ.get("ELBPLAN_GOLDEN") == "write":
            text = text.replace(block.shown, output.strip() + "\n")
            README.write_text(text, encoding="utf-8")
        elif block.shown:
            assert comparable(output) == comparable(block.shown)


def test_the_readme_writes_the_spec_of_the_quickstart() -> None:
    (spec,) = re.findall(r"<<'EOF'\n(.*?)EOF\n", README.read_text(encoding="utf-8"), re.DOTALL)
    quickstart = (README.parent / "specs" / "quickstart.yaml").read_text(encoding="utf-8")
    without_comments = re.sub(r"^# .*\n", "", quickstart, flags=re.MULTILINE)
    assert re.sub(r" +# .*", "", spec) == without_comments
