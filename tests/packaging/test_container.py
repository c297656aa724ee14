"""The container image: what its file copies and runs exists. No engine is needed."""

from __future__ import annotations

import json
import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import pytest

from elbplan.cli.main import cli

ROOT = Path(__file__).parents[2]
FILE = ROOT / "Containerfile"
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "ENTRYPOINT", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """The instructions and their arguments, without comments."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def of(name: str) -> list[str]:
    return [argument for instruction, argument in instructions() if instruction == name]


def test_every_instruction_is_known() -> None:
    assert {name for name, _ in instructions()} == INSTRUCTIONS


def test_it_copies_what_exists_and_what_the_build_may_see() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    visible = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert ignored[0] == "*"
    copied = [name for line in of("COPY") if "--from" not in line for name in line.split()[:-1]]
    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert any(fnmatch(name, pattern) for pattern in visible), name


def test_the_second_stage_takes_only_the_wheel_of_the_first() -> None:
    first, second = of("FROM")
    assert first.endswith(" AS build")
    assert second == first.removesuffix(" AS build")
    assert [line for line in of("COPY") if "--from" in line] == ["--from=build /wheels /wheels"]
    assert "python:3.12-slim" in second


def test_it_runs_elbplan_as_a_user_without_rights() -> None:
    names = [name for name, _ in instructions()]
    assert json.loads(of("ENTRYPOINT")[0]) == ["elbplan"]
    assert json.loads(of("CMD")[0]) == ["--help"]
    (user,) = of("USER")
    assert any(f"useradd --create-home --uid 10001 {user}" in line for line in of("RUN"))
    assert names.index("USER") > max(index for index, name in enumerate(names) if name == "RUN")


def test_the_build_installs_the_simulator() -> None:
    setup = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    (install,) = (line for line in of("RUN") if " install " in line)
    extras = re.findall(r"\.whl\)\[(\w+)\]", install)
    assert extras == ["sandbox"]
    assert re.search(r"^sandbox =$", setup, re.MULTILINE)


@pytest.mark.parametrize(
    "line", re.findall(r"^docker run .*$", (ROOT / "docs" / "container.md").read_text(), re.MULTILINE)
)
def test_the_documented_commands_exist(line: str) -> None:
    words = shlex.split(line)
    command = words[words.index("elbplan") + 1]
    assert command in cli.list_commands(None) or command == "--version"  # type: ignore[arg-type]
